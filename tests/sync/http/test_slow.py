"""A service that never ends, and never falls silent for long: it may not keep anybody for ever."""

import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from sync.errors import Broken, Unreachable
from sync.http import Ask, Http, Site, client, line
from sync.protocol import Unclear
from sync.tickets import OutgoingFile
from tests.servers.processes import HOST, PATIENCE

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n"


def _begun_gzip() -> bytes:
    packing = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    begun = packing.compress(b"") + packing.flush(zlib.Z_FULL_FLUSH)
    return b"%x\r\n%b\r\n" % (len(begun), begun)


# What is sent first, and what again and again: blocks of a gzip that hold nothing are five bytes long.
DRIPPING = {
    "head": (HEAD + b"X-Slow: ", b"y"),
    "continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body": (HEAD + b"Content-Length: 1000000\r\n\r\n", b"z"),
    "nothing in a gzip": (CHUNKED + b"Content-Encoding: gzip\r\n\r\n" + _begun_gzip(), b"5\r\n\0\0\0\xff\xff\r\n"),
}


@contextmanager
def dripping(first: bytes, again: bytes) -> Iterator[Http]:
    """Somebody who speaks to a service that drips."""
    ended = threading.Event()
    lines: list[socket.socket] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                lines.append(listener.accept()[0])
                with suppress(OSError):
                    lines[-1].recv(65536)
                    lines[-1].sendall(first)
                    while not ended.wait(0.01):
                        lines[-1].sendall(again)

    with socket.create_server((HOST, 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        site = Site("desk", f"http://{HOST}:{listener.getsockname()[1]}", ssl.create_default_context())
        http = Http(site, dict, pauses=())
        try:
            yield http
        finally:
            http.close()
            ended.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(PATIENCE)
            for each in lines:
                each.close()


def _asked(http: Http) -> object:
    return http.ask(Ask("/a"))


def _fetched(http: Http) -> object:
    return list(http.stream(Ask("/file")))


@pytest.mark.parametrize("does", [_asked, _fetched], ids=["an answer", "a file"])
@pytest.mark.parametrize("way", DRIPPING)
def test_what_drips_is_given_up(monkeypatch: pytest.MonkeyPatch, way: str, does: Callable[[Http], object]) -> None:
    monkeypatch.setattr(line, "LONGEST", 0.3)
    with dripping(*DRIPPING[way]) as http, pytest.raises(Unreachable, match="did not answer in time"):
        does(http)


def test_a_file_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of its pieces comes soon enough."""
    monkeypatch.setattr(client, "FILE", 0.3)
    with dripping(CHUNKED + b"\r\n", b"10000\r\n%b\r\n" % bytes(65536)) as http, pytest.raises(Broken, match="slowly"):
        _fetched(http)


def test_a_file_that_goes_along_has_more_time_but_not_for_ever(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(line, "LONGEST", 0.0)
    monkeypatch.setattr(line, "FILE", 0.3)
    path = tmp_path / "stored"
    path.write_bytes(b"drawing")
    ask = Ask("/a", method="POST", upload=OutgoingFile("a.bin", "image/png", path))
    with dripping(*DRIPPING["body"]) as http:
        assert isinstance(http.write(ask, lambda: None), Unclear)
