"""Reading from a service: answers in order, slips tried again, refusals in plain words."""

import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from pydantic import TypeAdapter

from sync.errors import Broken, Denied, Offline, SourceError, Unreachable
from sync.http import Ask, Http, Site
from tests.servers.processes import free_port
from tests.servers.service import Response
from tests.sync.http.conftest import SECRET, Answering, Speaking


def test_a_question_goes_out_as_it_is_meant(service: Answering, http: Http) -> None:
    http.ask(Ask("/tickets", {"id": ["1", "2"]}))
    answer = http.ask(Ask("/tickets/7", {"q": "a b&c", "n": 2}))
    assert answer.json() == {"path": "/tickets/7", "params": {"q": "a b&c", "n": "2"}, "body": ""}
    assert service.asked[0].params == {"id": "2"}  # the last of the two: the fake keeps no more
    asked = service.asked[0].headers
    assert asked["user-agent"].startswith("Heard/")
    assert asked["authorization"] == f"Bearer {SECRET}"
    assert asked["accept-encoding"] == "gzip"


def test_many_are_answered_in_their_order(http: Http) -> None:
    answers = http.ask_all([Ask(f"/{number}") for number in range(25)])
    assert [answer.read(TypeAdapter(dict[str, object]))["path"] for answer in answers] == [f"/{n}" for n in range(25)]


def test_as_many_are_asked_at_once_as_the_site_likes(service: Answering, speaking: Speaking) -> None:
    meeting = threading.Barrier(3, timeout=60)
    under_way: set[int] = set()
    most: list[int] = []

    def happens() -> None:
        under_way.add(threading.get_ident())
        most.append(len(under_way))
        meeting.wait()
        under_way.discard(threading.get_ident())
        meeting.wait()

    for _ in range(9):
        service.faults.meanwhile(happens)
    assert len(speaking(service, connections=3).ask_all([Ask(f"/{number}") for number in range(9)])) == 9
    assert max(most) == 3


def test_nothing_to_ask_is_no_request(service: Answering, http: Http) -> None:
    assert http.ask_all([]) == []
    assert service.asked == []


def test_slips_are_tried_again(service: Answering, http: Http) -> None:
    service.faults.refuse(502)
    service.faults.cut()
    assert http.ask(Ask("/a")).status == 200
    assert len(service.asked) == 3


def test_a_cut_within_the_answer_is_tried_again(service: Answering, http: Http) -> None:
    service.faults.cut(within=True)
    assert http.ask(Ask("/a")).json() == {"path": "/a", "params": {}, "body": ""}


def test_a_service_that_stays_broken_is_away(service: Answering, http: Http) -> None:
    service.faults.refuse(500, times=9)
    with pytest.raises(Unreachable, match="trouble of its own"):
        http.ask(Ask("/a"))
    assert len(service.asked) == 3


def test_slips_of_many_are_counted_in_a_row(service: Answering, speaking: Speaking) -> None:
    """A long list meets more slips than a single question may, as long as it gets on."""
    for number in range(6):
        service.faults.refuse(503, path=f"/{number * 4}")
    http = speaking(service, connections=1)
    assert len(http.ask_all([Ask(f"/{number:02}") for number in range(24)])) == 24


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (403, Denied, "does not allow it when asked for the agents"),
        (404, Broken, "status 404 when asked for the agents"),
        (422, Broken, "status 422"),
        (302, Denied, "sends us on to elsewhere.example"),
    ],
)
def test_a_status_that_is_no_answer(
    service: Answering, http: Http, status: int, kind: type[SourceError], words: str
) -> None:
    service.said = lambda _: Response(status, b"secret words", {"Location": "https://elsewhere.example/login?token=1"})
    with pytest.raises(kind, match=words) as caught:
        http.ask(Ask("/a", what="the agents"))
    assert "secret words" not in str(caught.value)
    assert "token" not in caught.value.message
    assert len(service.asked) == 1


def test_a_status_that_was_foreseen_is_an_answer(service: Answering, http: Http) -> None:
    service.said = lambda _: Response(404)
    assert http.ask(Ask("/a", accept=(404,))).status == 404


def test_the_first_error_ends_the_rest(service: Answering, speaking: Speaking) -> None:
    service.said = lambda request: Response(404) if request.path == "/03" else None
    with pytest.raises(Broken):
        speaking(service, connections=1).ask_all([Ask(f"/{number:02}") for number in range(40)])
    assert len(service.asked) == 4


def test_an_error_does_not_wait_for_who_is_silent(service: Answering, http: Http) -> None:
    service.faults.slow(3600, path="/slow")
    service.faults.refuse(404, path="/wrong")
    with pytest.raises(Broken):
        http.ask_all([Ask("/slow"), Ask("/wrong")])


def test_a_token_that_expired_is_asked_for_anew(service: Answering, speaking: Speaking) -> None:
    tokens = iter(["old", "new"])
    given: list[str] = []

    def login() -> dict[str, str]:
        given.append(next(tokens))
        return {"Authorization": f"Bearer {given[-1]}"}

    service.said = lambda request: Response(401) if request.headers["authorization"] == "Bearer old" else None
    answers = speaking(service, login=login).ask_all([Ask("/a"), Ask("/b"), Ask("/c")])
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert given == ["old", "new"]


def test_a_login_may_ask_the_service_itself(service: Answering, speaking: Speaking) -> None:
    """As where a token is given for a key (OAuth)."""
    outside = speaking(service, login=dict)
    http = speaking(service, login=lambda: {"Authorization": f"Bearer {outside.ask(Ask('/token')).status}"})
    http.ask(Ask("/a"))
    assert [request.headers.get("authorization") for request in service.asked] == [None, "Bearer 200"]


def test_a_refused_login_is_tried_twice_at_most(service: Answering, http: Http) -> None:
    service.said = lambda _: Response(401)
    with pytest.raises(Denied, match="refused the login"):
        http.ask(Ask("/a"))
    assert len(service.asked) == 2


@pytest.mark.parametrize("secret", ["two\nlines", "pässword", "\x00"])
def test_a_secret_that_no_header_can_carry_is_said_so(service: Answering, speaking: Speaking, secret: str) -> None:
    http = speaking(service, login=lambda: {"Authorization": f"Bearer {secret}"})
    with pytest.raises(Denied, match="no login can have"):
        http.ask(Ask("/a"))
    assert service.asked == []


def test_nobody_there_is_offline(speaking: Speaking) -> None:
    nobody = Http(Site("desk", f"http://127.0.0.1:{free_port()}", ssl.create_default_context()), dict)
    try:
        with pytest.raises(Offline, match=r"Nobody listens at 127\.0\.0\.1"):
            nobody.ask(Ask("/a"))
    finally:
        nobody.close()


def test_who_says_nothing_is_given_up(service: Answering, speaking: Speaking) -> None:
    service.faults.slow(3600)
    with pytest.raises(Unreachable, match="did not answer in time"):
        speaking(service, patience=0.2).ask(Ask("/a"))
    assert len(service.asked) == 1


def test_it_is_not_what_was_expected(service: Answering, http: Http) -> None:
    @dataclass(frozen=True)
    class Ticket:
        id: int
        subject: str

    service.said = lambda _: Response.of([{"id": 1, "subject": "Pump"}, {"id": "my secret id", "subject": "Valve"}])
    with pytest.raises(Broken, match=r"int_parsing at 1\.id") as caught:
        http.ask(Ask("/a")).read(TypeAdapter(list[Ticket]))
    assert "my secret id" not in str(caught.value)
    service.said = lambda _: Response(200, b"<html>my login page</html>")
    with pytest.raises(Broken, match="else than JSON") as caught:
        http.ask(Ask("/a")).json()
    assert "login page" not in str(caught.value)


def test_it_can_be_closed_and_used_again(service: Answering, http: Http) -> None:
    http.ask(Ask("/a"))
    http.close()
    http.close()
    assert http.ask(Ask("/b")).status == 200


def test_no_cookie_comes_back(service: Answering, http: Http) -> None:
    service.said = lambda _: Response(200, b"{}", {"Set-Cookie": "session=1; Path=/"})
    http.ask(Ask("/a"))
    http.ask(Ask("/a"))
    assert [request.headers.get("cookie") for request in service.asked] == [None, None]


def test_no_proxy_of_the_environment_is_used(service: Answering, http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert http.ask(Ask("/a")).status == 200


def test_it_is_used_by_one_thread_after_another(service: Answering, http: Http) -> None:
    """As by an engine that fetches a page ahead."""
    http.ask(Ask("/a"))
    with ThreadPoolExecutor(1) as other:
        assert other.submit(http.ask, Ask("/b")).result().status == 200
    assert http.ask(Ask("/c")).status == 200


def test_a_wait_ends_by_a_call(http: Http) -> None:
    http.wake()
    assert not http.wait(3600)
    assert not http.wait(0)


def test_an_answer_says_nothing_of_itself(service: Answering, http: Http) -> None:
    ask = Ask("/a", {"q": "a customer"}, json={"body": "her words"}, headers={"X": "y"})
    service.said = lambda _: Response.of("her words", x="her name")
    assert "her" not in repr(http.ask(ask)) + repr(ask)
    assert "a customer" not in repr(ask)
