"""A console's ear without a console: listens as one does, in a thread of its own, and keeps what it hears."""

import asyncio
import threading
from types import TracebackType
from typing import Self

from console.listening import Listening, open_socket
from desk.calls import Popped
from storage.workspace import Workspace
from tests.servers.processes import PATIENCE


class Ear:
    """As a context; `heard` grows while it lasts."""

    def __init__(self, workspace: Workspace, handle: str) -> None:
        self.heard: list[Popped] = []
        self._opened = open_socket(workspace, handle)
        self._loop = asyncio.new_event_loop()
        self._ending = asyncio.Event()
        self._listens = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._listens.wait(PATIENCE)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join(PATIENCE)
        self._loop.close()

    def _run(self) -> None:
        self._loop.run_until_complete(self._listen())

    async def _listen(self) -> None:
        listening = Listening(*self._opened, self.heard.append)
        await listening.begin()
        self._listens.set()
        await self._ending.wait()
        listening.end()
