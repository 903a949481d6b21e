"""The helpdesk that records come from, and what is at hand while a batch of them is taken in."""

from dataclasses import dataclass

from storage.connect import Connection
from storage.elsewhere import Elsewhere
from storage.helpdesk.colleagues import Colleagues
from storage.ingest.batch import Batch
from storage.sources import SourceRow
from storage.tombstones import Tombstones
from storage.workspace import Workspace

_CHANNELS = "SELECT key, id FROM channel"
_CONNECTED_AT = "SELECT created_at FROM source WHERE id = ?"


@dataclass(frozen=True, slots=True)
class Helpdesk:
    """The helpdesk that records come from. `regions`: the countries whose national phone numbers are understood."""

    workspace: Workspace
    row: SourceRow
    regions: tuple[str, ...]


class Office:
    """What is needed of the workspace to take records in, for as long as one transaction lasts.

    `ahead`: by how much the service's clock is ahead of ours. `connected_at`: what came since then is work.
    """

    def __init__(self, connection: Connection, helpdesk: Helpdesk, now: int, ahead: int) -> None:
        self.connection = connection
        self.source_id = helpdesk.row.id
        self.where = helpdesk.row.name
        self.regions = helpdesk.regions
        self.now = now
        self.ahead = ahead
        self.batch = Batch(connection, helpdesk.row.id, helpdesk.regions, now)
        self.colleagues = Colleagues(connection, helpdesk.row.id, now)
        self.erased = Tombstones(connection)
        self.connected_at: int = connection.execute(_CONNECTED_AT, (self.source_id,)).fetchone()[0]
        self._channels: dict[str, int] = dict(connection.execute(_CHANNELS).fetchall())

    def channel(self, key: str) -> int:
        """The id of a channel; of one that this workspace doesn't have, that of mails."""
        return self._channels.get(key, self._channels["email"])

    def elsewhere(self, at: int) -> Elsewhere:
        """Where something was changed, `at` being the service's time."""
        return Elsewhere(self.where, self.now, at - self.ahead)
