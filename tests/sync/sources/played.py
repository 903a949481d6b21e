"""As far as all stages of helpdesks are alike: their weather is made by the faults of what stands there.

The invariant: a trouble meant for a change meets the next change below `changes`, and no reading.
"""

from collections.abc import Sequence

from sync.conformance.stage import Deed, Trouble
from tests.servers.service import Service
from tests.sync.sources import troubles


class Played:
    """A fake, or the gate before a real server. `changes`: what is in the path of whatever changes something there."""

    deeds: frozenset[Deed] = frozenset({Deed.DELETE, Deed.MERGE, Deed.HIDE, Deed.FILE, Deed.CUSTOMER})
    troubles = frozenset(Trouble)

    def __init__(self, service: Service, changes: str) -> None:
        self._service, self._changes = service, changes

    def hide(self, ticket: str) -> None:
        """Lists don't know of it."""
        self._service.faults.hidden.add(ticket)

    def add_checklist(self, ticket: str, items: Sequence[str]) -> None:
        """There are none."""
        raise NotImplementedError

    def ticked(self, ticket: str) -> Sequence[str]:
        """There are none."""
        raise NotImplementedError

    def requests(self) -> int:
        """What has come."""
        return len(self._service.asked)

    def make(self, trouble: Trouble) -> None:
        """Something goes wrong."""
        troubles.make(self._service.faults, trouble, self._changes)

    def calm(self) -> None:
        """Nothing goes wrong any more."""
        self._service.faults.clear()
