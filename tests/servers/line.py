"""The line between a client and a server, which a test can cut, stop, slow down or speak into.

The invariant: bytes keep their order, and none is made up but those of `say`.
"""

import socket
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Self

from tests.servers.processes import HOST

_CHUNK = 1 << 14


class Line:
    """Listens on `port` and passes everything on to a port of the loopback, and back."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self.pause = 0.0  # seconds after every piece that comes from the server
        self.cut_after: int | None = None  # so many bytes from the server, then the line breaks
        self.is_down = False
        self.passed = 0  # bytes that came from the server
        self.connections = 0
        self._flows = threading.Event()
        self._flows.set()
        self._ended = threading.Event()
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ended.set()
        self._flows.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        for thread in self._threads:
            thread.join(60)

    def cut(self) -> None:
        """Break every connection; new ones may be made."""
        lines, self._open = self._open, []
        for line in lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()

    def go_down(self) -> None:
        """Break every connection and whatever is tried from now on: a network that says that it is gone."""
        self.is_down = True
        self.cut()

    def come_back(self) -> None:
        """Let connections through again, after `go_down`."""
        self.is_down = False

    def stop(self) -> None:
        """Let nothing through any more, without a word to either side: a network that is gone."""
        self._flows.clear()

    def go_on(self) -> None:
        """Let everything through again."""
        self._flows.set()

    def say(self, words: bytes) -> None:
        """Speak to the clients as if it were the server."""
        for client in self._open[::2]:
            client.sendall(words)

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.is_down:
                client.close()
                continue
            try:
                server = socket.create_connection((HOST, self._target), 10)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            self.connections += 1
            self._open += [client, server]
            for source, target, comes_back in ((client, server, False), (server, client, True)):
                thread = threading.Thread(target=self._pass_on, args=(source, target, comes_back), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _pass_on(self, source: socket.socket, target: socket.socket, comes_back: bool) -> None:
        with suppress(OSError):
            while piece := source.recv(_CHUNK):
                self._flows.wait()
                if comes_back:
                    self.passed += len(piece)
                    time.sleep(self.pause)
                    piece = self._shortened(piece)
                target.sendall(piece)
                if self.cut_after == 0:
                    self.cut_after = None
                    self.cut()
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)

    def _shortened(self, piece: bytes) -> bytes:
        if self.cut_after is None:
            return piece
        piece = piece[: self.cut_after]
        self.cut_after -= len(piece)
        return piece
