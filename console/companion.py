"""A process that a console keeps going beside itself: started where it is wanted, watched, started again.

The invariants: there is one, however many consoles are open, since it holds a lock of its own; it ends by itself with
the last console, since each holds a share of `consoles.lock`; nothing that it does, and no way it ends, reaches the
terminal.
"""

import subprocess
import sys
from abc import abstractmethod
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from threading import Thread
from time import monotonic

from storage.workspace import Workspace
from sync import lock

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
# One that ran for so long had begun well: its end is the first one again.
SETTLED_SECONDS = 60.0
# From so many ends in a row on, somebody should be told.
TOO_MANY = 3

Start = Callable[[Sequence[str]], "subprocess.Popen[bytes]"]


def start_apart(command: Sequence[str]) -> "subprocess.Popen[bytes]":
    """Start it in a session of its own, so that a closed terminal doesn't end it in the middle of its work."""
    nothing = subprocess.DEVNULL
    return subprocess.Popen(
        command, bufsize=0, stdin=subprocess.PIPE, stdout=nothing, stderr=nothing, start_new_session=True
    )


class Companion:
    """A console's hold on one such process. `attend` is called every second, and never waits."""

    def __init__(
        self, workspace: Workspace, *, start: Start = start_apart, seconds: Callable[[], float] = monotonic
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

    @property
    @abstractmethod
    def words(self) -> tuple[str, ...]:
        """The command of `heard` that is kept going."""

    @abstractmethod
    def taken(self) -> bool:
        """Whether the process of another console, or one that a person started, does it."""

    def begun(self) -> None:
        """It was started, and may be told what it needs."""

    @property
    def command(self) -> tuple[str, ...]:
        """What is started. -P: a folder that happens to be named like a package of ours must not be run."""
        folder = str(self._workspace.folder.absolute())
        return (sys.executable, "-P", "-m", "console", "--workspace", folder, *self.words)

    @property
    def in_trouble(self) -> bool:
        """Whether it ended so often that somebody should be told."""
        return self._ends >= TOO_MANY

    def attend(self) -> None:
        """See that it runs, as this console's process or another's."""
        try:
            self._sit()
            if self._runs() or self._seconds() < self._next_at:
                return
            if self.taken():
                self._ends = 0
                return
            self._process = self._start(self.command)
        except OSError:
            # The folder has gone, or no process can be made: what is written stays here until there is a way.
            self._ended()
        else:
            self._started_at = self._seconds()
            self.begun()

    def hurry(self) -> None:
        """A person asked for it: no pause is kept."""
        self._next_at = 0.0

    def leave(self) -> None:
        """Give up this console's share. With the last one the process ends, once what it is at is done."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
        self._seat.close()
        self._seated = False

    def outlive(self) -> None:
        """Leave, and let it end by itself in its own time: whoever started it goes on to other things."""
        process = self._process
        self.leave()
        if process is not None:
            Thread(target=process.wait, name="companion", daemon=True).start()

    def _sit(self) -> None:
        if not self._seated:
            self._seat.enter_context(lock.seated(self._workspace))
            self._seated = True

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
