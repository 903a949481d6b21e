"""The process that syncs while a console is open: started where a source is connected, watched, started again.

The invariants: it is one process for each workspace however many consoles are open, since it holds `sync.lock`; it
ends by itself with the last console, since each holds a share of `consoles.lock`; what it is told is the workspace,
and by a pipe the secrets that a person gave for this run, which live in memory alone; nothing that it does, and no way
it ends, reaches the terminal.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from time import monotonic
from typing import TYPE_CHECKING

from desk.errors import Refused
from storage.workspace import Workspace
from sync import lock

if TYPE_CHECKING:
    from sync.secret import Secret

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
# One that ran for so long had begun well: its end is the first one again.
SETTLED_SECONDS = 60.0
# From so many ends in a row on, somebody should be told.
TOO_MANY = 3

Start = Callable[[Sequence[str]], "subprocess.Popen[bytes]"]


def _start(command: Sequence[str]) -> "subprocess.Popen[bytes]":
    """Start it in a session of its own, so that a closed terminal doesn't end it in the middle of a mail."""
    nothing = subprocess.DEVNULL
    return subprocess.Popen(
        command, bufsize=0, stdin=subprocess.PIPE, stdout=nothing, stderr=nothing, start_new_session=True
    )


class SyncProcess:
    """A console's hold on the sync of its workspace. `attend` is called every second, and never waits."""

    def __init__(
        self, workspace: Workspace, *, start: Start = _start, seconds: Callable[[], float] = monotonic
    ) -> None:
        self._workspace = workspace
        self._start = start
        self._seconds = seconds
        self._seat = ExitStack()
        self._seated = False
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._next_at = 0.0
        self._ends = 0
        self._secrets: dict[str, Secret] = {}

    @property
    def command(self) -> tuple[str, ...]:
        """What is started. -P: a folder that happens to be named like a package of ours must not be run."""
        folder = str(self._workspace.folder.absolute())
        return (sys.executable, "-P", "-m", "console", "--workspace", folder, "sync", "--for-consoles")

    @property
    def in_trouble(self) -> bool:
        """Whether it ended so often that somebody should be told."""
        return self._ends >= TOO_MANY

    def attend(self) -> None:
        """See that the workspace is being synced, by this console's process or another's."""
        try:
            self._sit()
            if self._runs() or self._seconds() < self._next_at:
                return
            if lock.is_synced(self._workspace):
                self._ends = 0
                return
            self._process = self._start(self.command)
        except OSError:
            # The folder has gone, or no process can be made: what is written stays here until there is a way.
            self._ended()
        else:
            self._started_at = self._seconds()
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

    def hurry(self) -> None:
        """A person asked for a round: no pause is kept."""
        self._next_at = 0.0

    def leave(self) -> None:
        """Give up this console's share. With the last one the process ends, once what it is at is done."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
        self._secrets.clear()
        self._seat.close()
        self._seated = False

    def _sit(self) -> None:
        if not self._seated:
            self._seat.enter_context(lock.seated(self._workspace))
            self._seated = True

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

    def _runs(self) -> bool:
        if self._process is None:
            return False
        if self._process.poll() is None:
            return True
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process = None
        self._ended()
        return False

    def _ended(self) -> None:
        now = self._seconds()
        self._ends = 1 if now - self._started_at >= SETTLED_SECONDS else self._ends + 1
        self._next_at = now + min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (self._ends - 1))
