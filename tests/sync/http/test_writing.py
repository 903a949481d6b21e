"""Writing to a service: once, told what came of it, and stoppable until the first byte leaves."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from sync.errors import Broken, Denied, Offline, SourceError
from sync.http import Answer, Ask, Http
from sync.protocol import Later, Unclear
from sync.tickets import OutgoingFile
from tests.servers.service import Response
from tests.sync.http.conftest import Answering, Speaking, bearer

REPLY = Ask("/tickets/7/messages", method="POST", json={"text": "Turn the valve."})


class Stopped(Exception):
    pass


class Hand:
    """Remembers what the service had been asked when something was handed over."""

    def __init__(self, service: Answering) -> None:
        self.seen: list[int] = []
        self._service = service

    def __call__(self) -> None:
        self.seen.append(len(self._service.asked))


def test_it_is_handed_over_before_it_leaves(service: Answering, http: Http) -> None:
    hand = Hand(service)
    answer = http.write(REPLY, hand)
    assert isinstance(answer, Answer)
    assert answer.status == 200
    assert hand.seen == [0]
    assert service.asked[0].json() == {"text": "Turn the valve."}


def test_it_can_be_stopped(service: Answering, http: Http) -> None:
    def stop() -> None:
        raise Stopped

    for _ in range(2):  # on a new line, and on one that is there
        with pytest.raises(Stopped):
            http.write(REPLY, stop)
        http.ask(Ask("/a"))
    assert [request.method for request in service.asked] == ["GET", "GET"]


def test_whatever_stops_it_leaves_no_doubt(service: Answering, http: Http) -> None:
    def stop() -> None:
        raise Broken("The disk is full")

    with pytest.raises(Broken, match="disk is full"):
        http.write(REPLY, stop)
    assert service.asked == []


def test_a_service_that_ends_after_it_refused_leaves_no_doubt(speaking: Speaking) -> None:
    """The login had expired; before the second try nobody listens any more."""
    with ExitStack() as running:
        service = running.enter_context(Answering())
        service.said = lambda _: Response(401, b"", {"Connection": "close"})
        logins = iter([lambda: None, running.close])

        def login() -> dict[str, str]:
            next(logins)()
            return bearer()

        with pytest.raises(Offline):
            speaking(service, login=login).write(REPLY, Hand(service))
        assert len(service.asked) == 1


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_trouble_after_it_left_is_unclear(service: Answering, http: Http, status: int) -> None:
    service.faults.fail_after(status)
    hand = Hand(service)
    assert isinstance(http.write(REPLY, hand), Unclear)
    assert len(service.asked) == len(hand.seen) == 1


@pytest.mark.parametrize(("after", "within"), [(False, False), (True, False), (False, True)])
def test_a_cut_line_is_unclear(service: Answering, http: Http, after: bool, within: bool) -> None:
    service.faults.cut(after=after, within=within)
    assert isinstance(http.write(REPLY, Hand(service)), Unclear)
    assert len(service.asked) == 1


def test_silence_is_unclear(service: Answering, speaking: Speaking) -> None:
    service.faults.slow(3600)
    assert isinstance(speaking(service, patience=0.2).write(REPLY, Hand(service)), Unclear)
    assert len(service.asked) == 1


def test_an_answer_that_can_not_be_unpacked_is_unclear(service: Answering, http: Http) -> None:
    service.said = lambda _: Response(200, b"no gzip", {"Content-Encoding": "gzip"})
    assert isinstance(http.write(REPLY, Hand(service)), Unclear)


@pytest.mark.parametrize("status", [429, 503])
def test_too_often_is_later(service: Answering, http: Http, status: int) -> None:
    service.faults.refuse(status, retry_after=7)
    assert http.write(REPLY, Hand(service)) == Later(7, "127.0.0.1 asks for a pause")
    assert len(service.asked) == 1


def test_what_is_too_early_does_not_leave(service: Answering, http: Http) -> None:
    service.faults.refuse(429, retry_after=100)
    hand = Hand(service)
    http.write(REPLY, hand)
    assert isinstance(http.write(REPLY, hand), Later)
    assert len(service.asked) == len(hand.seen) == 1


def test_a_token_that_expired_is_asked_for_anew_and_handed_over_once(service: Answering, speaking: Speaking) -> None:
    tokens = iter(["old", "new"])
    http = speaking(service, login=lambda: {"Authorization": f"Bearer {next(tokens)}"})
    service.said = lambda request: Response(401) if request.headers["authorization"] == "Bearer old" else None
    hand = Hand(service)
    assert isinstance(http.write(REPLY, hand), Answer)
    assert hand.seen == [0]
    assert len(service.asked) == 2


def test_a_login_that_fails_in_between_is_no_doubt(service: Answering, speaking: Speaking) -> None:
    """The first try was refused, and there was no second one: nothing can have arrived."""
    logins = iter([{"Authorization": "Bearer old"}, {"Authorization": "two\nlines"}])
    service.said = lambda _: Response(401)
    with pytest.raises(Denied):
        speaking(service, login=lambda: next(logins)).write(REPLY, Hand(service))
    assert len(service.asked) == 1


@pytest.mark.parametrize(("status", "kind"), [(401, Denied), (403, Denied), (422, Broken), (301, Denied)])
def test_a_refusal_is_an_error(service: Answering, http: Http, status: int, kind: type[SourceError]) -> None:
    service.said = lambda _: Response(status)
    with pytest.raises(kind):
        http.write(REPLY, Hand(service))


def test_a_refusal_that_was_foreseen_is_an_answer(service: Answering, http: Http) -> None:
    service.said = lambda _: Response(422, b'"no such status"')
    answer = http.write(Ask("/a", method="PUT", json={}, accept=(422,)), Hand(service))
    assert isinstance(answer, Answer)
    assert answer.json() == "no such status"


def test_without_a_line_nothing_was_handed_over(service: Answering, speaking: Speaking) -> None:
    with Answering() as away:
        http = speaking(away)
    hand = Hand(service)
    with pytest.raises(Offline):
        http.write(REPLY, hand)
    assert hand.seen == []


def test_a_form_with_files_goes_out_as_one(service: Answering, http: Http, tmp_path: Path) -> None:
    drawing = tmp_path / "stored"
    drawing.write_bytes(bytes(range(256)))
    file = OutgoingFile('dra"wing.bin', "application/x-pump", drawing)
    form = {"body": "Here it is.", "cc[]": ["a@example.com", "b@example.com"]}
    http.write(Ask("/a", method="POST", form=form, files=(("attachments[]", file),)), Hand(service))
    asked = service.asked[0]
    assert asked.headers["content-type"].startswith("multipart/form-data")
    assert asked.body.count(b'name="cc[]"') == 2
    assert b'filename="dra%22wing.bin"' in asked.body
    assert b"application/x-pump" in asked.body
    assert bytes(range(256)) in asked.body


def test_a_form_alone_is_urlencoded(service: Answering, http: Http) -> None:
    http.write(Ask("/a", method="POST", form={"grant_type": "client_credentials", "a": "b c"}), Hand(service))
    assert service.asked[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert service.asked[0].body == b"grant_type=client_credentials&a=b+c"


def test_a_file_alone_is_the_whole_body(service: Answering, http: Http, tmp_path: Path) -> None:
    drawing = tmp_path / "stored"
    drawing.write_bytes(b"x" * 200_000)
    http.write(Ask("/a", method="POST", upload=OutgoingFile("a.bin", "image/png", drawing)), Hand(service))
    assert service.asked[0].body == b"x" * 200_000
    assert service.asked[0].headers["content-type"] == "image/png"


def test_a_file_that_is_gone_is_said_so(service: Answering, http: Http, tmp_path: Path) -> None:
    lost = OutgoingFile("a.bin", "image/png", tmp_path / "lost")
    for ask in (Ask("/a", method="POST", upload=lost), Ask("/a", method="POST", files=(("file", lost),))):
        with pytest.raises(Broken, match="can't be read here"):
            http.write(ask, Hand(service))
    assert service.asked == []
