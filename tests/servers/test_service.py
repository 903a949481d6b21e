"""The faults that fakes share do what they say, once, and to the request that they were meant for."""

import http.client

import pytest

from tests.servers.processes import HOST, until
from tests.servers.service import Request, Response, Service


class Counter(Service):
    """Counts what was done."""

    done = 0

    def answer(self, request: Request) -> Response:
        """One more."""
        self.done += 1
        return Response.of({"done": self.done, "path": request.path, **request.params})


def ask(service: Service, path: str = "/tickets?a=%C3%A4", method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    """The status, the headers and the body of an answer."""
    line = http.client.HTTPConnection(HOST, service.port, timeout=30)
    try:
        line.request(method, path)
        said = line.getresponse()
        return said.status, {name.lower(): value for name, value in said.getheaders()}, said.read()
    finally:
        line.close()


def test_without_a_fault_it_answers() -> None:
    """The query is read, and the request is kept."""
    with Counter() as service:
        status, _, body = ask(service)
        assert (status, body) == (200, b'{"done": 1, "path": "/tickets", "a": "\\u00e4"}')
        assert [request.path for request in service.asked_for("tickets", "GET")] == ["/tickets"]


def test_a_refusal_does_nothing_and_is_used_up() -> None:
    """Only the request that it was meant for meets it."""
    with Counter() as service:
        service.faults.refuse(429, retry_after=7, path="/tickets", method="GET")
        assert ask(service, "/users")[0] == 200
        status, headers, _ = ask(service)
        assert (status, headers["retry-after"], service.done) == (429, "7", 1)
        assert ask(service)[0] == 200
        assert service.faults.left == 0


def test_a_failure_after_the_write_has_done_it() -> None:
    """And says that it hasn't."""
    with Counter() as service:
        service.faults.fail_after(500)
        assert ask(service)[0] == 500
        assert service.done == 1


@pytest.mark.parametrize(("after", "within", "done"), [(False, False, 0), (True, False, 1), (False, True, 1)])
def test_a_line_breaks_where_it_was_said(after: bool, within: bool, done: int) -> None:
    """Before the write, after it, or within its answer; the next line is whole."""
    with Counter() as service:
        service.faults.cut(after=after, within=within)
        with pytest.raises((ConnectionError, http.client.HTTPException)):
            ask(service)
        assert service.done == done
        assert ask(service)[0] == 200


def test_something_happens_meanwhile() -> None:
    """Before the request is answered."""
    with Counter() as service:
        service.faults.meanwhile(lambda: setattr(service, "done", 40))
        assert b'"done": 41' in ask(service)[2]


def test_rows_and_clock_stand_until_they_are_cleared() -> None:
    """What a list shows, and what time it is there."""
    with Counter() as service:
        before = ask(service)[1]["date"]
        service.faults.clock_ahead = 86400.0
        service.faults.hidden.add("2")
        assert ask(service)[1]["date"] != before
        assert service.faults.shown([1, 2, 3], str) == [1, 3]
        service.faults.clear()
        assert service.faults.shown([1, 2, 3], str) == [1, 2, 3]


def test_a_slow_answer_is_waited_for_no_longer_than_somebody_waits() -> None:
    """It is done once whoever asked has hung up, and not before."""
    with Counter() as service:
        service.faults.slow(3600)
        line = http.client.HTTPConnection(HOST, service.port, timeout=30)
        line.request("GET", "/tickets")
        until(lambda: service.asked, "the request")
        assert service.done == 0
        line.close()
        until(lambda: service.done, "the end of the wait")
