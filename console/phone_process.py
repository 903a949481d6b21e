"""The process that watches an agent's telephone while a console is open, where one is configured."""

from collections.abc import Callable
from time import monotonic

from typing_extensions import override

from console.companion import Companion, Start, start_apart
from console.telephony.state import lock_name
from storage.workspace import Workspace
from sync import lock


class PhoneProcess(Companion):
    """A console's hold on it; there is one process for each agent of a workspace."""

    def __init__(
        self,
        workspace: Workspace,
        handle: str,
        *,
        start: Start = start_apart,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__(workspace, start=start, seconds=seconds)
        self._handle = handle

    @property
    @override
    def words(self) -> tuple[str, ...]:
        return ("phone", "--for-consoles")

    @override
    def taken(self) -> bool:
        return lock.is_held(self._workspace, lock_name(self._handle))
