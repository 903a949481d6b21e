"""Whoever opens lines and says nothing: so many and no more, and each ends by itself."""

import asyncio
import socket
from contextlib import ExitStack, closing, suppress

import pytest
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from console.serving import lines
from console.serving.lines import Line, Listening
from console.serving.listen import Server, Wanted, configured, take
from tests.terminal.term import DEADLINE

ASKED = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"


async def waits_for_all(_: Scope, receive: Receive, __: Send) -> None:
    """An application that answers only whoever has said all."""
    while (await receive()).get("more_body"):
        pass


def listening() -> Listening:
    """One that listens on a free port, as asyncio wants it."""
    place = Listening(socket.AF_INET)
    place.bind(("127.0.0.1", 0))
    place.listen()
    place.setblocking(False)
    return place


def test_who_comes_while_all_are_there_is_hung_up_on_and_comes_in_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MOST", 2)
    with ExitStack() as stack:
        place = stack.enter_context(closing(listening()))
        come = [stack.enter_context(socket.create_connection(place.getsockname())) for _ in range(3)]
        first, _ = place.accept()
        second, _ = place.accept()
        stack.enter_context(second)
        # asyncio takes this for an end of whoever waits, and goes on with its work.
        with pytest.raises(BlockingIOError):
            place.accept()
        assert come[2].recv(1) == b""
        first.close()
        stack.enter_context(socket.create_connection(place.getsockname()))
        third, _ = place.accept()
        stack.enter_context(third)
        with pytest.raises(BlockingIOError):
            place.accept()


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nHost: ", ASKED[:-2] + b"Content-Length: 9\r\n\r\nslow"])
async def test_a_line_that_hangs_ends_by_itself(said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "HTTP_SECONDS", 0.05)
    wanted, begun = Wanted("127.0.0.1", 0), asyncio.Event()
    place = take(wanted)
    server = Server(configured(waits_for_all, wanted), begun.set)
    serving = asyncio.create_task(server.serve(sockets=[place.socket]))
    await begun.wait()
    reader, writer = await asyncio.open_connection(*place.socket.getsockname())
    try:
        writer.write(said)
        async with asyncio.timeout(DEADLINE):
            # What it didn't hear makes the end a hard one.
            with suppress(ConnectionResetError):
                assert await reader.read() == b""
    finally:
        writer.close()
        with suppress(ConnectionResetError):
            await writer.wait_closed()
        server.should_exit = True
        await serving
        place.socket.close()


async def test_a_line_that_has_become_a_tabs_is_left_alone() -> None:
    line = Line(configured(waits_for_all, Wanted("127.0.0.1", 0)), ServerState(), {})
    here, there = socket.socketpair()
    with closing(there):
        transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, sock=here)
        line._end(transport)
        assert not transport.is_closing()
        transport.set_protocol(line)
        line.connection_made(transport)
        line._end(transport)
        assert transport.is_closing()
        # Its connection_lost comes with the next turn.
        await asyncio.sleep(0)
