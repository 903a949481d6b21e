"""What an answer's body may be: packed or not, but never so large that it harms; and files, from elsewhere too."""

import gzip
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest

from sync.errors import Broken, Denied, Throttled, Unreachable
from sync.http import Ask, Http, line
from tests.servers.service import Response
from tests.sync.http.conftest import Answering, Speaking

MB = 1 << 20


@pytest.fixture
def elsewhere() -> Iterator[Answering]:
    """Another host, as where services keep their files."""
    with Answering() as running:
        yield running


def packed(body: bytes) -> Response:
    return Response(200, body, {"Content-Encoding": "gzip"})


def test_a_packed_answer_is_unpacked(service: Answering, http: Http) -> None:
    service.said = lambda _: packed(gzip.compress(b"[" + b"1," * 300_000 + b"1]"))
    answer = http.ask(Ask("/a"))
    assert len(answer.body) == 600_003
    assert answer.body.endswith(b"1,1]")


def test_a_packing_without_a_name_is_none(service: Answering, http: Http) -> None:
    service.said = lambda _: Response(200, b"{}", {"Content-Encoding": ""})
    assert http.ask(Ask("/a")).json() == {}


def test_an_empty_body_needs_no_unpacking(service: Answering, http: Http) -> None:
    service.said = lambda _: packed(b"")
    assert http.ask(Ask("/a")).body == b""


@pytest.mark.parametrize(
    "body",
    [b"plain", gzip.compress(b"x" * 90_000)[:-9], gzip.compress(b"x") + b"more", gzip.compress(b"x") * 2],
    ids=["no gzip", "cut short", "more behind it", "two in a row"],
)
def test_what_can_not_be_unpacked_is_said_so(service: Answering, http: Http, body: bytes) -> None:
    service.said = lambda _: packed(body)
    with pytest.raises(Broken, match="unpacked"):
        http.ask(Ask("/a"))


def test_another_packing_than_was_asked_for_is_refused(service: Answering, http: Http) -> None:
    service.said = lambda _: Response(200, zlib.compress(b"x"), {"Content-Encoding": "gzip, gzip"})
    with pytest.raises(Broken, match="packed its answer"):
        http.ask(Ask("/a"))


def test_a_bomb_is_given_up_before_it_goes_off(service: Answering, http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would be a hundred times the limit is never in memory, nor much more than the limit."""
    monkeypatch.setattr(line, "LARGEST", MB)
    bomb = gzip.compress(bytes(100 * MB), 1)
    service.said = lambda _: packed(bomb)
    tracemalloc.start()
    try:
        with pytest.raises(Broken, match="larger than 1 MB"):
            http.ask(Ask("/a"))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 8 * MB


def test_a_file_comes_in_pieces(service: Answering, http: Http) -> None:
    content = bytes(range(256)) * 2_000
    service.said = lambda _: Response(200, content)
    pieces = list(http.stream(Ask("/file")))
    assert b"".join(pieces) == content
    assert len(pieces) > 1


def test_who_has_enough_of_a_file_stops(service: Answering, http: Http) -> None:
    service.said = lambda request: Response(200, bytes(30 * MB)) if "file" in request.path else None
    stream = http.stream(Ask("/file"))
    assert next(stream)
    stream.close()
    assert http.ask(Ask("/a")).status == 200
    stream = http.stream(Ask("/file"))
    next(stream)
    http.close()
    stream.close()
    assert http.ask(Ask("/a")).status == 200


def test_something_else_can_be_asked_while_a_file_is_read(service: Answering, speaking: Speaking) -> None:
    service.said = lambda request: Response(200, bytes(30 * MB)) if "file" in request.path else None
    http = speaking(service, connections=1)
    stream = http.stream(Ask("/file"))
    begun = len(next(stream))
    assert http.ask(Ask("/a")).status == 200
    assert begun + sum(len(piece) for piece in stream) == 30 * MB


def test_a_packed_file_comes_as_it_was(service: Answering, http: Http) -> None:
    service.said = lambda _: packed(gzip.compress(bytes(5 * MB)))
    assert max(len(piece) for piece in http.stream(Ask("/file"))) <= MB


def test_a_file_may_lie_elsewhere_and_no_login_goes_there(service: Answering, http: Http, elsewhere: Answering) -> None:
    elsewhere.said = lambda _: Response(200, b"drawing")
    assert b"".join(http.stream(Ask(f"{elsewhere.url}/drawing?signed=1"))) == b"drawing"
    service.said = lambda _: Response(302, b"", {"Location": f"{elsewhere.url}/drawing?signed=2"})
    assert b"".join(http.stream(Ask("/file/7"))) == b"drawing"
    assert [request.headers.get("authorization") for request in elsewhere.asked] == [None, None]
    assert [request.params["signed"] for request in elsewhere.asked] == ["1", "2"]


def test_a_file_is_not_sent_on_for_ever(service: Answering, http: Http) -> None:
    service.said = lambda request: Response(302, b"", {"Location": f"{request.path}/on"})
    with pytest.raises(Denied, match="sends us on"):
        list(http.stream(Ask("/file")))
    assert len(service.asked) == 4


def test_a_file_has_troubles_like_all_else(service: Answering, http: Http, speaking: Speaking) -> None:
    service.said = lambda _: Response(200, bytes(300_000))
    service.faults.refuse(502)
    service.faults.refuse(401)
    assert len(b"".join(http.stream(Ask("/file")))) == 300_000
    service.faults.cut(within=True)
    with pytest.raises(Unreachable):
        list(http.stream(Ask("/file")))
    service.faults.refuse(404)
    with pytest.raises(Broken, match="404"):
        list(http.stream(Ask("/file")))
    service.faults.refuse(429, retry_after=60)
    with pytest.raises(Throttled):
        list(http.stream(Ask("/file")))


@pytest.mark.parametrize("where", ["http://192.0.2.1/file", "ftp://files.example/file", "file:///etc/passwd"])
def test_a_file_is_not_fetched_from_just_anywhere(service: Answering, http: Http, where: str) -> None:
    service.said = lambda _: Response(302, b"", {"Location": where})
    with pytest.raises((Broken, Denied)):
        list(http.stream(Ask("/file")))


def test_nothing_but_files_may_lie_elsewhere(service: Answering, http: Http, elsewhere: Answering) -> None:
    """A next page that leads to another host would carry the login there."""
    with pytest.raises(Broken, match="another host"):
        http.ask(Ask(f"{elsewhere.url}/next"))
    with pytest.raises(Broken, match="another host"):
        http.write(Ask(f"{elsewhere.url}/next", method="POST"), lambda: None)
    assert elsewhere.asked == service.asked == []


def test_a_next_page_may_be_named_as_a_whole(service: Answering, http: Http) -> None:
    http.ask(Ask(f"{service.url}/tickets?page=2", {"limit": 5}))
    assert service.asked[0].path == "/tickets"
    assert service.asked[0].params == {"page": "2", "limit": "5"}
