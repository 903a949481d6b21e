"""The process that syncs while a console is open, where a source is connected.

What it is told is the workspace, and by a pipe the secrets that a person gave for this run, which live in memory alone.
"""

import os
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from typing_extensions import override

from console.companion import Companion, Start, start_apart
from desk.errors import Refused
from storage.workspace import Workspace
from sync import lock

if TYPE_CHECKING:
    from sync.secret import Secret


class SyncProcess(Companion):
    """A console's hold on the sync of its workspace; there is one process for each workspace (`sync.lock`)."""

    def __init__(
        self, workspace: Workspace, *, start: Start = start_apart, seconds: Callable[[], float] = monotonic
    ) -> None:
        super().__init__(workspace, start=start, seconds=seconds)
        self._secrets: dict[str, Secret] = {}

    @property
    @override
    def words(self) -> tuple[str, ...]:
        return ("sync", "--for-consoles")

    @override
    def taken(self) -> bool:
        return lock.is_synced(self._workspace)

    @override
    def begun(self) -> None:
        for name, secret in self._secrets.items():
            self._hand_over(name, secret)

    def give(self, name: str, secret: "Secret") -> None:
        """Let the process log in to that source with this secret, and each that takes its place in this run.

        BadInput where it is too long, Refused where the process is another's, which nothing can be told.
        """
        from console.credentials.handed import as_line

        as_line(name, secret)
        self._secrets[name] = secret
        if self._runs():
            self._hand_over(name, secret)
            return
        self.hurry()
        self.attend()
        if self._process is None:
            # One line of 80 cells has to tell it.
            raise Refused("Another process syncs: give it there", f"Or for all: `heard secret store {name}`.")

    @override
    def leave(self) -> None:
        self._secrets.clear()
        super().leave()

    def _hand_over(self, name: str, secret: "Secret") -> None:
        """Into the pipe, where it is there at once; one that has just ended is told when it is started again."""
        from console.credentials.handed import as_line

        assert self._process is not None
        assert self._process.stdin is not None
        line = as_line(name, secret)
        try:
            os.set_blocking(self._process.stdin.fileno(), False)
            os.write(self._process.stdin.fileno(), line)
        except OSError:
            return
