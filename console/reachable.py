"""What makes a console reachable from outside: its socket, and the process that watches the agent's telephone.

Begun after the first frame, and attended every second. The invariant: neither is worth a console; what fails here is
said once, and all else goes on.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from socket import socket
from threading import Lock

from console.config import Config
from console.listening import Listening, close_socket, open_socket, used
from console.phone_process import PhoneProcess
from desk.calls import Popped
from desk.errors import HeardError, NotFound, WorkspaceError
from screens.jobs import Jobs
from storage.connect import Connection


class Reachable:
    """A console's hold on its socket. `popped` hears what comes in; `failed` what went wrong."""

    def __init__(
        self,
        jobs: Jobs,
        config: Config,
        popped: Callable[[Popped], object],
        failed: Callable[[HeardError], object],
    ) -> None:
        self._jobs = jobs
        self._handle = config.agent_handle
        self._phone = PhoneProcess(jobs.workspace, self._handle) if config.phone else None
        self._popped = popped
        self._failed = failed
        self._turn = Lock()
        self._opened: tuple[socket, Path] | None = None
        self._left = False
        self._listening: Listening | None = None
        self._beginning: asyncio.Task[None] | None = None
        self._used_at = 0.0
        self._again = False
        self._ask()

    def attend(self, last_key: float) -> None:
        """A second has passed; `last_key` is when a key came last."""
        if self._again:
            self._again = False
            self._ask()
        if self._listening is not None and last_key > self._used_at:
            self._used_at = last_key
            path = self._listening.path
            self._jobs.read("used", lambda _: used(path), _nothing)
        if self._phone is not None:
            told = self._phone.in_trouble
            self._phone.attend()
            if self._phone.in_trouble and not told:
                what = "The telephone isn't watched: the process for it ends by itself"
                self._failed(HeardError(what, "`heard phone --watch` says why."))

    def leave(self) -> None:
        """The console ends."""
        if self._phone is not None:
            self._phone.leave()
        with self._turn:
            self._left = True
            if self._listening is not None:
                self._listening.end()
            elif self._opened is not None:
                close_socket(*self._opened)

    def _ask(self) -> None:
        self._jobs.read("socket", self._open, self._begin, self._not_opened)

    def _not_opened(self, error: HeardError) -> None:
        """A workspace that is just being made, or brought up to date, is there in a moment."""
        self._again = isinstance(error, NotFound | WorkspaceError)
        if not self._again:
            self._failed(error)

    def _open(self, _connection: Connection) -> None:
        """In a reader's thread; the console may be gone before it comes to be used."""
        with self._turn:
            if self._left:
                return
            try:
                self._opened = open_socket(self._jobs.workspace, self._handle)
            except OSError as error:
                what = f"Telephones can't reach this console: {error.strerror}"
                raise HeardError(what, "`heard doctor` says more.") from error

    def _begin(self, _answer: None) -> None:
        if self._opened is not None and not self._left:
            self._listening = Listening(*self._opened, self._popped)
            self._beginning = asyncio.get_running_loop().create_task(self._listening.begin())


def _nothing(_answer: None) -> None:
    """Nobody waits for it."""
