"""An exchange that cuts lines, refuses logins and sends halves; web requests on a real port; calls come out right."""

import asyncio
import http.client
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress

import pytest

from console.telephony import lines, requests, state
from console.telephony.lines import AsteriskLine, hold
from console.telephony.requests import Requests
from console.telephony.telephone import Seat, Telephone
from desk.lookup import IdentityKind
from storage import calls
from storage.connect import Connection
from storage.search.index import index_customers
from storage.workspace import Workspace
from sync.errors import Denied
from sync.secret import Secret
from tests.factories import make_agent, make_customer, make_identity
from tests.servers.exchange import Exchange
from tests.servers.processes import HOST, PATIENCE, free_port

TOKEN = "t0ken-of-the-test"


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses are tried where they are what is tested."""
    monkeypatch.setattr(Telephone, "lost", _without_pause(Telephone.lost))
    monkeypatch.setattr(lines, "LONGEST_PAUSE", 0.01)
    monkeypatch.setattr(requests, "RETRY", 0.01)


def _without_pause(lost: Callable[..., float]) -> Callable[..., float]:
    def told(self: Telephone, said: str, mend: str = "") -> float:
        lost(self, said, mend)
        return 0.01

    return told


@pytest.fixture
def seat(workspace: Workspace, connection: Connection) -> Seat:
    return Seat(workspace, make_agent(connection, handle="ana"), "ana", ("DE",))


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    with Exchange() as running:
        yield running


class Watched:
    """A watch that runs beside the test, and what it has kept."""

    def __init__(self, connection: Connection, seat: Seat) -> None:
        self.connection, self.seat = connection, seat

    @property
    def states(self) -> list[str]:
        return [row[0] for row in self.connection.execute("SELECT state FROM call ORDER BY rang_at, id")]

    @property
    def said(self) -> str:
        known = state.read(self.seat.workspace, self.seat.handle)
        return known.said if known else ""

    async def until(self, fact: Callable[[], bool]) -> None:
        """Let the watch go on until that is so."""
        async with asyncio.timeout(PATIENCE):
            while not fact():
                await asyncio.sleep(0.002)


def beside(watching: Callable[[], Awaitable[None]], walk: Callable[[], Awaitable[None]]) -> None:
    """Walk through it while a watch runs."""

    async def both() -> None:
        task = asyncio.ensure_future(watching())
        try:
            await walk()
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    asyncio.run(both())


def at_exchange(
    connection: Connection, seat: Seat, exchange: Exchange, walk: Callable[[Watched], Awaitable[None]],
    *, password: str = "s3cret",
) -> Watched:  # fmt: skip
    watched, telephone = Watched(connection, seat), Telephone(connection, seat, "asterisk")
    line = AsteriskLine(telephone, "heard", "101", lambda: Secret(password))
    beside(lambda: hold(line, "the exchange", exchange.port, telephone), lambda: walk(watched))
    return watched


@pytest.mark.parametrize("piece", [0, 1, 7])
def test_a_call_at_an_exchange(connection: Connection, seat: Seat, exchange: Exchange, piece: int) -> None:
    exchange.piece = piece
    customer = make_customer(connection, "Erika Muster")
    make_identity(connection, customer, IdentityKind.PHONE, "+4930123456")
    index_customers(connection, [customer])

    async def walk(watched: Watched) -> None:
        await watched.until(lambda: watched.said == "the exchange is listened to")
        exchange.rings("29")
        exchange.rings("30", telephone="PJSIP/102")
        await watched.until(lambda: watched.states == ["ringing"])
        exchange.answers("29")
        await watched.until(lambda: watched.states == ["talking"])
        exchange.hangs_up("29")
        await watched.until(lambda: watched.states == ["wrapping"])

    at_exchange(connection, seat, exchange, walk)
    (call,) = calls.unfinished(connection, 0)
    assert (call.number, call.caller, call.customer, call.agent_id) == (
        "+4930123456", "Erika", "Erika Muster", seat.agent_id,
    )  # fmt: skip
    assert not any("s3cret" in line for line in exchange.said)


def test_a_line_that_is_cut_in_the_middle_of_a_message(connection: Connection, seat: Seat, exchange: Exchange) -> None:
    async def walk(watched: Watched) -> None:
        await watched.until(lambda: exchange.logins == 1 and watched.said == "the exchange is listened to")
        exchange.rings("29")
        await watched.until(lambda: watched.states == ["ringing"])
        exchange.cut_within = 20
        exchange.answers("29")
        await watched.until(lambda: exchange.logins == 2)
        exchange.hangs_up("29")
        exchange.rings("31")
        await watched.until(lambda: len(watched.states) == 2)
        exchange.answers("31")
        await watched.until(lambda: watched.states == ["missed", "talking"])

    at_exchange(connection, seat, exchange, walk)


def test_what_ended_while_the_line_was_cut_has_ended(connection: Connection, seat: Seat, exchange: Exchange) -> None:
    async def walk(watched: Watched) -> None:
        await watched.until(lambda: watched.said == "the exchange is listened to")
        for name in ("29", "31", "33"):
            exchange.rings(name)
        exchange.answers("29")
        exchange.answers("31")
        await watched.until(lambda: watched.states == ["talking", "talking", "ringing"])
        for name in ("29", "33"):
            exchange.forgets(name)
        exchange.cut()
        await watched.until(lambda: watched.states == ["wrapping", "talking", "missed"])
        exchange.hangs_up("31")
        await watched.until(lambda: watched.states == ["wrapping", "wrapping", "missed"])

    at_exchange(connection, seat, exchange, walk)


def test_a_watch_that_begins_in_the_middle_of_a_call_sees_its_end(
    connection: Connection, seat: Seat, exchange: Exchange
) -> None:
    async def first(watched: Watched) -> None:
        await watched.until(lambda: watched.said == "the exchange is listened to")
        exchange.rings("29")
        exchange.answers("29")
        await watched.until(lambda: watched.states == ["talking"])

    async def second(watched: Watched) -> None:
        await watched.until(
            lambda: any("CoreShowChannels" in line for line in exchange.said[-3:]) and exchange.logins == 2
        )
        await watched.until(lambda: watched.said == "the exchange is listened to")
        exchange.hangs_up("29")
        await watched.until(lambda: watched.states == ["wrapping"])

    at_exchange(connection, seat, exchange, first)
    at_exchange(connection, seat, exchange, second)


def test_a_call_that_nobody_heard_begin_is_taken_up_where_it_is_answered_and_not_where_it_ends(
    connection: Connection, seat: Seat, exchange: Exchange
) -> None:
    exchange.rings("29")
    exchange.rings("30", number="+4930999999", caller="Vera")
    exchange.answers("30")

    async def walk(watched: Watched) -> None:
        await watched.until(lambda: watched.said == "the exchange is listened to")
        exchange.hangs_up("30")
        exchange.answers("29")
        await watched.until(lambda: watched.states == ["talking"])

    at_exchange(connection, seat, exchange, walk)
    (call,) = calls.unfinished(connection, 0)
    assert (call.number, call.caller) == ("+4930123456", "Erika")


def test_a_wrong_password_is_said_and_tried_again(connection: Connection, seat: Seat, exchange: Exchange) -> None:
    exchange.refuses = True

    async def walk(watched: Watched) -> None:
        await watched.until(lambda: watched.said == "The exchange refused the login")
        known = state.read(seat.workspace, "ana")
        assert known is not None
        assert (known.ok, "secret store phone" in known.mend) == (False, True)
        exchange.refuses = False
        await watched.until(lambda: watched.said == "the exchange is listened to")

    at_exchange(connection, seat, exchange, walk)


def test_without_a_password_nothing_is_sent(connection: Connection, seat: Seat, exchange: Exchange) -> None:
    watched, telephone = Watched(connection, seat), Telephone(connection, seat, "asterisk")

    def none() -> Secret:
        raise Denied("There is no secret for “phone”", "Store it.")

    async def walk() -> None:
        await watched.until(lambda: watched.said == "There is no secret for “phone”")

    beside(lambda: hold(AsteriskLine(telephone, "heard", "101", none), "the exchange", exchange.port, telephone), walk)
    assert exchange.logins == 0


def test_nobody_there(connection: Connection, seat: Seat) -> None:
    port = free_port()
    watched, telephone = Watched(connection, seat), Telephone(connection, seat, "asterisk")
    line = AsteriskLine(telephone, "heard", "101", lambda: Secret("x"))

    async def walk() -> None:
        await watched.until(lambda: watched.said == f"the exchange doesn't answer at {HOST}:{port}")

    beside(lambda: hold(line, "the exchange", port, telephone), walk)


def post(port: int, path: str, body: bytes | str, kind: str = "application/json", **headers: str) -> int:
    with_length = {"Content-Type": kind, **headers}
    line = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
    try:
        line.request("POST", path, body, with_length)
        return line.getresponse().status
    finally:
        line.close()


def told(event: str, **more: object) -> str:
    return json.dumps({"event": event, "callId": "c1", "from": "4930123456", "to": "101", "direction": "in", **more})


def at_server(
    connection: Connection, seat: Seat, walk: Callable[[Watched, int], Awaitable[None]], extension: str = ""
) -> None:
    port, watched, telephone = free_port(), Watched(connection, seat), Telephone(connection, seat, "cti")
    server = Requests(telephone, extension, lambda: Secret(TOKEN))

    async def whole() -> None:
        await watched.until(lambda: watched.said.startswith("web requests are taken"))
        await walk(watched, port)

    beside(lambda: server.serve(port), whole)


def test_a_call_by_web_requests(connection: Connection, seat: Seat) -> None:
    async def walk(watched: Watched, port: int) -> None:
        path = f"/api/v1/cti/{TOKEN}"
        statuses = [
            await asyncio.to_thread(post, port, path, told(event))
            for event in ("newCall", "newCall", "answer", "hangup")
        ]
        assert statuses == [200] * 4
        assert watched.states == ["wrapping"]
        form = "event=newCall&callId=c2&from=anonymous&to=101&direction=in"
        assert await asyncio.to_thread(post, port, path, form, "application/x-www-form-urlencoded") == 200
        assert watched.states == ["wrapping", "ringing"]

    at_server(connection, seat, walk)


def test_calls_of_the_rest_of_the_house_are_left_alone(connection: Connection, seat: Seat) -> None:
    async def walk(watched: Watched, port: int) -> None:
        for event in ("newCall", "answer", "hangup"):
            assert await asyncio.to_thread(post, port, f"/{TOKEN}", told(event, to="102", callId="c9")) == 200
        assert watched.states == []
        await asyncio.to_thread(post, port, f"/{TOKEN}", told("newCall", user=["101", "102"]))
        await asyncio.to_thread(post, port, f"/{TOKEN}", told("answer", answeringNumber="102"))
        assert watched.states == ["done"]

    at_server(connection, seat, walk, "101")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/wrong", told("newCall"), 403),
        ("/", told("newCall"), 403),
        (f"/{TOKEN}", "{", 400),
        (f"/{TOKEN}", "[]", 400),
        (f"/{TOKEN}", "[" * 20_000, 400),
        (f"/{TOKEN}", told("dance"), 422),
        (f"/{TOKEN}", " " * 40_000, 413),
        (f"/{'x' * 20_000}", "{}", 431),
    ],
)
def test_what_is_refused(connection: Connection, seat: Seat, path: str, body: str, status: int) -> None:
    async def walk(watched: Watched, port: int) -> None:
        assert await asyncio.to_thread(post, port, path, body) == status
        assert watched.states == []
        assert await asyncio.to_thread(post, port, f"/{TOKEN}", told("newCall")) == 200

    at_server(connection, seat, walk)


def test_a_request_that_never_ends_is_left(connection: Connection, seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "PATIENCE", 0.05)

    async def walk(_watched: Watched, port: int) -> None:
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(b"POST /x HTTP/1.1\r\nContent-Le")
        assert await reader.read() == b""
        writer.close()

    at_server(connection, seat, walk)


def test_a_port_that_is_taken_is_said(connection: Connection, seat: Seat, exchange: Exchange) -> None:
    watched, telephone = Watched(connection, seat), Telephone(connection, seat, "cti")

    async def walk() -> None:
        await watched.until(lambda: f"can't be taken at {HOST}:{exchange.port}" in watched.said)

    beside(lambda: Requests(telephone, "", lambda: Secret(TOKEN)).serve(exchange.port), walk)


def test_no_secret_is_in_the_state(connection: Connection, seat: Seat, exchange: Exchange) -> None:
    async def walk(watched: Watched) -> None:
        await watched.until(lambda: exchange.logins == 1)

    at_exchange(connection, seat, exchange, walk)
    written = b"".join(path.read_bytes() for path in (seat.workspace.folder / "consoles").glob("*.json"))
    assert b"s3cret" not in written
