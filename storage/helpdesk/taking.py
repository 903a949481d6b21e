"""What a helpdesk tells, into the workspace: agents, tickets, what was said on them, and what else it keeps."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.connect import Connection
from storage.helpdesk.records import HelpdeskRecord
from storage.sources import SourceRow
from storage.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Helpdesk:
    """The helpdesk that records come from. `regions`: the countries whose national phone numbers are understood."""

    workspace: Workspace
    row: SourceRow
    regions: tuple[str, ...]


def take(
    connection: Connection, helpdesk: Helpdesk, records: Sequence[HelpdeskRecord], now: int, *, ahead: int = 0
) -> int:
    """Take these in, in their order and in transactions of their own; how many tickets and messages were new.

    `ahead`: by how much the service's clock is ahead of ours. Each record may come again.
    """
    raise NotImplementedError
