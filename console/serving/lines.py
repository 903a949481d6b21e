"""The connections to the front, whoever makes them: so many at once, and none that only hangs there.

The invariants: a stranger who opens lines and says nothing takes none of the files that tabs need, and what is open
goes on; a line that has become no tab's ends by itself.
"""

import asyncio
import socket
from weakref import WeakSet

from typing_extensions import override
from uvicorn.protocols.http.h11_impl import H11Protocol

# A browser opens six for a page; a system gives a process 1,024 files as a rule, and each tab needs four of them.
MOST = 256
# asyncio takes as many in one go, and where files run out it does nothing else any more.
WAITING = 64
# A page with its files comes in less, over the slowest line; a tab's own is as long as the tab.
HTTP_SECONDS = 60.0


class Listening(socket.socket):
    """A socket that hangs up on whoever comes while `MOST` are there, at once."""

    def __init__(self, family: socket.AddressFamily) -> None:
        super().__init__(family, socket.SOCK_STREAM)
        self._lines: WeakSet[socket.socket] = WeakSet()

    @override
    def accept(self) -> tuple[socket.socket, object]:
        line, address = super().accept()
        if sum(each.fileno() >= 0 for each in self._lines) >= MOST:
            line.close()
            raise BlockingIOError
        self._lines.add(line)
        return line, address


class Line(H11Protocol):
    """One connection. uvicorn waits for a request for as long as it takes."""

    _over: asyncio.TimerHandle | None = None

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self._over = self.loop.call_later(HTTP_SECONDS, self._end, transport)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if self._over is not None:
            self._over.cancel()
        super().connection_lost(exc)

    def _end(self, transport: asyncio.Transport) -> None:
        # A tab's has another protocol by now.
        if transport.get_protocol() is self:
            transport.abort()
