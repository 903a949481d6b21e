"""Tokens that expire: made anew before their end and once after a refusal, against a real server."""

import json
from pathlib import Path

import pytest

from console.credentials.access import MARGIN, Tokens, access
from console.credentials.exchange import Grant, exchange
from console.credentials.ladder import Ladder
from console.credentials.ring import Ring, RingAbsent
from console.credentials.rungs import NoSecret, Rung, Wanted
from desk.times import HOUR, MINUTE, SECOND
from sync.conformance.canary import all_of
from sync.errors import Broken, Denied, SourceError, Unreachable
from sync.secret import Secret
from tests.console.credentials.given import CANARY, Memory
from tests.servers.processes import HOST, free_port
from tests.servers.tokens import TokenServer


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.at = 1_790_000_000 * SECOND

    def __call__(self) -> int:
        return self.at


def absent() -> Memory:
    raise RingAbsent("This session has no keyring")


def wanted(url: str, **settings: str) -> Wanted:
    return Wanted("mail", {"user": "u", "token_url": url, "client_id": "heard", **settings})


def rig(server: TokenServer, folder: Path, **settings: str) -> tuple[Tokens, Clock, Ladder]:
    ladder = Ladder(folder, ring=Ring(absent), environment={})
    clock = Clock()
    asked = wanted(server.url, **settings)
    ladder.keep(asked, Secret(server.good))
    return Tokens(ladder, asked, clock), clock, ladder


def test_one_token_until_shortly_before_its_end(tmp_path: Path) -> None:
    with TokenServer(CANARY, seconds=3600) as server:
        tokens, clock, _ = rig(server, tmp_path, scope="mail.read mail.send")
        assert tokens().reveal() == "access-1"
        clock.at += HOUR - MARGIN - SECOND
        assert tokens().reveal() == "access-1"
        clock.at += 2 * SECOND
        assert tokens().reveal() == "access-2"
        assert server.asked[0] == {
            "grant_type": "refresh_token", "client_id": "heard", "scope": "mail.read mail.send",
            "refresh_token": CANARY,
        }  # fmt: skip


def test_a_refused_one_is_made_anew_once(tmp_path: Path) -> None:
    with TokenServer(CANARY) as server:
        tokens, clock, _ = rig(server, tmp_path)
        assert tokens().reveal() == "access-1"
        # Refused at once: it is as new as can be, so there is no better one.
        clock.at += SECOND
        assert tokens().reveal() == "access-1"
        clock.at += 10 * MINUTE
        assert tokens().reveal() == "access-1"
        clock.at += SECOND
        assert tokens().reveal() == "access-2"
        clock.at += SECOND
        assert tokens().reveal() == "access-2"


def test_a_short_life_is_used(tmp_path: Path) -> None:
    with TokenServer(CANARY, seconds=5) as server:
        tokens, clock, _ = rig(server, tmp_path)
        tokens()
        clock.at += 30 * SECOND
        assert tokens().reveal() == "access-1"
        clock.at += 31 * SECOND
        assert tokens().reveal() == "access-2"


def test_a_refresh_token_that_changes_is_followed_where_it_lay(tmp_path: Path) -> None:
    with TokenServer(CANARY, seconds=3600, rotates=True) as server:
        memory = Memory()
        ladder = Ladder(tmp_path, ring=Ring(lambda: memory), environment={})
        asked = wanted(server.url)
        ladder.store(asked, Secret(CANARY))
        clock = Clock()
        for number in range(1, 4):
            # A new process each time: nothing but the keyring remembers.
            assert Tokens(ladder, asked, clock)().reveal() == f"access-{number}"
        assert memory.kept["heard", "mail/u"] == f"{CANARY}+++"


def test_one_in_a_variable_is_followed_in_memory(tmp_path: Path) -> None:
    with TokenServer(CANARY, rotates=True) as server:
        clock = Clock()
        ladder = Ladder(tmp_path, ring=Ring(absent), environment={"HEARD_MAIL_TOKEN": CANARY})
        tokens = Tokens(ladder, wanted(server.url), clock)
        for number in range(1, 4):
            assert tokens().reveal() == f"access-{number}"
            clock.at += HOUR
        assert list(tmp_path.iterdir()) == []
        # One that was withdrawn is forgotten, so that the variable counts again.
        server.good = "another"
        with pytest.raises(Denied):
            tokens()
        server.good = CANARY
        assert tokens().reveal() == "access-4"


def test_the_application_s_own_secret(tmp_path: Path) -> None:
    with TokenServer(CANARY) as server:
        ladder = Ladder(tmp_path, ring=Ring(absent), environment={"HEARD_MAIL_TOKEN": CANARY})
        tokens = Tokens(ladder, wanted(server.url, client_secret="yes"), Clock())
        with pytest.raises(NoSecret) as caught:
            tokens()
        assert "HEARD_MAIL_CLIENT_TOKEN" in caught.value.mend
    with TokenServer(CANARY) as server:
        environment = {"HEARD_MAIL_TOKEN": CANARY, "HEARD_MAIL_CLIENT_TOKEN": "of the app"}
        ladder = Ladder(tmp_path, ring=Ring(absent), environment=environment)
        assert Tokens(ladder, wanted(server.url, client_secret="yes"), Clock())().reveal() == "access-1"
        assert server.asked[0]["client_secret"] == "of the app"


def test_what_the_person_gave_for_this_run_is_forgotten_when_it_is_refused(tmp_path: Path) -> None:
    with TokenServer("the good one") as server:
        answers = [Secret("a wrong one"), Secret("the good one")]
        ladder = Ladder(tmp_path, lambda _: answers.pop(0), Ring(absent), {})
        tokens = Tokens(ladder, wanted(server.url), Clock())
        with pytest.raises(Denied):
            tokens()
        assert tokens().reveal() == "access-1"


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (400, b'{"error": "invalid_grant", "error_description": "revoked"}', Denied, "invalid_grant, revoked"),
        (401, b'{"error": "invalid_client"}', Denied, "invalid_client"),
        (400, b"<html>", Denied, "status 400"),
        (404, b"", Broken, "404"),
        (302, b"", Broken, "302"),
        (429, b"", Unreachable, "429"),
        (503, b"", Unreachable, "503"),
        (200, b"<html>hello", Broken, "gave no token"),
        (200, b"[1]", Broken, "gave no token"),
        (200, b'{"access_token": ""}', Broken, "gave no token"),
        (200, b'{"access_token": "a\\nb"}', Broken, "gave no token"),
        (200, b"[" * 60_000, Broken, "gave no token"),
    ],
)
def test_each_way_not_to_get_one(status: int, body: bytes, kind: type[SourceError], words: str) -> None:
    with TokenServer(CANARY) as server:
        server.answers.append((status, body))
        with pytest.raises(kind) as caught:
            exchange(Grant(server.url, "heard"), Secret(CANARY), seconds=60)
        assert words in str(caught.value)


@pytest.mark.parametrize(("said", "seconds"), [(3599, 3599), ("3599", 3599), (None, 600), (0, 600), ("soon", 600)])
def test_how_long_it_is_good_for(said: object, seconds: int) -> None:
    with TokenServer(CANARY) as server:
        server.answers.append((200, json.dumps({"access_token": "x", "expires_in": said}).encode()))
        assert exchange(Grant(server.url, "heard"), Secret(CANARY), seconds=60).seconds == seconds


def test_no_token_follows_a_redirect() -> None:
    with TokenServer(CANARY) as other, TokenServer(CANARY) as server:
        for status in (301, 302, 303, 307, 308):
            server.answers.append((status, b""))
            server.moved_to = other.url
            with pytest.raises(Broken):
                exchange(Grant(server.url, "heard"), Secret(CANARY), seconds=60)
        assert other.asked == []


@pytest.mark.parametrize(
    "url", ["http://login.example.com/token", "ftp://x/y", "login.example.com", "", "https://[", "file:///etc/x"]
)
def test_where_a_token_never_goes(url: str) -> None:
    with pytest.raises(Broken):
        exchange(Grant(url, "heard"), Secret(CANARY))


def test_nobody_there() -> None:
    with pytest.raises(Unreachable):
        exchange(Grant(f"http://{HOST}:{free_port()}/token", "heard"), Secret(CANARY), seconds=60)


def test_no_error_holds_a_token(tmp_path: Path) -> None:
    bodies = [
        (400, json.dumps({"error": "invalid_grant", "error_description": f"bad {CANARY}"}).encode()),
        (200, json.dumps({"id_token": CANARY}).encode()),
        (503, CANARY.encode()),
        (302, CANARY.encode()),
    ]
    with TokenServer("good") as server:
        for body in bodies:
            server.answers.append(body)
            ladder = Ladder(tmp_path, ring=Ring(absent), environment={"HEARD_MAIL_TOKEN": CANARY})
            with pytest.raises(SourceError) as caught:
                Tokens(ladder, wanted(server.url), Clock())()
            assert CANARY not in all_of(caught.value, __file__)
    with pytest.raises(SourceError) as caught:
        exchange(Grant(f"http://{HOST}:{free_port()}/token", "heard"), Secret(CANARY), Secret(CANARY), seconds=60)
    assert CANARY not in all_of(caught.value, __file__)


def test_a_password_is_what_the_ladder_has(tmp_path: Path) -> None:
    memory = Memory()
    ladder = Ladder(tmp_path, ring=Ring(lambda: memory), environment={})
    plain = Wanted("mail", {"user": "u"})
    ladder.store(plain, Secret("first"))
    give = access(ladder, plain)
    assert give().reveal() == "first"
    ladder.store(plain, Secret("second"))
    assert give().reveal() == "second"
    assert ladder.look(plain).rung is Rung.KEYRING
    assert isinstance(access(ladder, wanted("https://login.example.com")), Tokens)
    assert (plain.is_token, wanted("https://x.example").is_token) == (False, True)
    assert Wanted("mail", {"token_command": "x"}).is_token
    assert Wanted("mail", {"login": "token"}).is_token
