"""What a service tells of its limits is kept to: in what it says, and in what is asked of it."""

from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import Throttled
from sync.http import Answer, Ask, Http, Limits
from sync.http.rates import LONGEST, Rates, seconds
from sync.http.skew import Skew
from tests.servers.service import Response
from tests.sync.http.conftest import Answering, Speaking


class Clock:
    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


def told(status: int, **headers: str) -> Answer:
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, b"")


@pytest.mark.parametrize(
    ("header", "span"),
    [("12", 12.0), ("0.5", 0.5), ("-3", 0.0), ("", None), ("soon", None), ("nan", None), ("inf", None),
     ("99999999", LONGEST), (formatdate(1_000_000_030, usegmt=True), 30.0), ("1000000045", 45.0)],
)  # fmt: skip
def test_a_span_is_read_as_it_is_told(header: str, span: float | None) -> None:
    assert seconds({"retry-after": header, "date": formatdate(1_000_000_000, usegmt=True)}, "retry-after") == span


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_header_is_too_odd(header: str, date: str) -> None:
    span = seconds({"retry-after": header, "date": date}, "retry-after")
    assert span is None or 0 <= span <= LONGEST


def test_a_pause_is_over_when_it_is() -> None:
    clock = Clock()
    rates = Rates(Limits(), clock)
    assert rates.heed(told(429, retry_after="30"))
    assert rates.closed_for(reading=False) == 30
    clock.time += 29
    assert rates.closed_for(reading=True) == 1
    clock.time += 2
    assert rates.closed_for(reading=True) == 0


def test_a_shorter_pause_ends_no_longer_one() -> None:
    rates = Rates(Limits(), Clock())
    rates.heed(told(429, retry_after="30"))
    rates.heed(told(429, retry_after="1"))
    assert rates.closed_for(reading=True) == 30


def test_whoever_says_at_once_is_not_believed() -> None:
    """Before a read is given up, it would be asked forty times."""
    rates = Rates(Limits(), Clock())
    rates.heed(told(429, retry_after="0"))
    assert rates.closed_for(reading=True) == 1


def test_a_service_in_trouble_is_no_busy_one() -> None:
    rates = Rates(Limits(), Clock())
    assert not rates.heed(told(503))
    assert not rates.heed(told(200, retry_after="30"))
    assert rates.closed_for(reading=True) == 0
    assert rates.heed(told(503, retry_after="5"))


def test_a_refusal_without_a_time_has_the_span() -> None:
    rates = Rates(Limits(resets="x-reset", span=20), Clock())
    rates.heed(told(429))
    assert rates.closed_for(reading=True) == 20
    rates.heed(told(429, x_reset="45"))
    assert rates.closed_for(reading=True) == 45


def test_reading_leaves_some_to_what_is_written() -> None:
    rates = Rates(Limits(left="x-left", resets="x-reset", spare=5), Clock())
    rates.heed(told(200, x_left="6", x_reset="40"))
    assert rates.closed_for(reading=True) == 0
    rates.heed(told(200, x_left="5", x_reset="40"))
    assert rates.closed_for(reading=True) == 40
    assert rates.closed_for(reading=False) == 0


def test_a_short_pause_is_waited_out(service: Answering, http: Http) -> None:
    service.faults.refuse(429, retry_after=0)
    assert http.ask(Ask("/a")).status == 200
    assert len(service.asked) == 2


def test_a_long_one_is_told_and_kept(service: Answering, http: Http) -> None:
    service.faults.refuse(429, retry_after=90)
    for _ in range(3):
        with pytest.raises(Throttled, match="pause") as caught:
            http.ask_all([Ask("/a"), Ask("/b")])
        assert 60 < caught.value.again_in <= 90
    assert 1 <= len(service.asked) <= 2


def test_who_refuses_for_ever_is_not_asked_for_ever(
    service: Answering, http: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where the pause that it asks for is over whenever one looks."""
    monkeypatch.setattr("sync.http.rates.SHORTEST", 0.0)
    service.said = lambda _: Response(429, b"", {"Retry-After": "0"})
    with pytest.raises(Throttled):
        http.ask(Ask("/a"))
    assert len(service.asked) == 3


def test_who_always_says_soon_is_not_asked_for_ever(service: Answering, http: Http) -> None:
    service.said = lambda _: Response(429, b"", {"Retry-After": "4"})
    http.wake()  # the first wait ends at once
    with pytest.raises(Throttled):
        http.ask(Ask("/a"))
    assert len(service.asked) == 1


def test_a_call_that_ends_a_pause_is_left_for_the_next_wait(service: Answering, http: Http) -> None:
    service.faults.refuse(429, retry_after=5)
    http.wake()
    with pytest.raises(Throttled):
        http.ask(Ask("/a"))
    assert not http.wait(3600)


SECOND = 1_000_000


@given(
    st.integers(-(10**12), 10**12),
    st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 5 * SECOND), st.integers(0, 5 * SECOND)), min_size=1),
)
def test_the_difference_of_two_clocks_is_within_what_was_seen(ahead: int, answers: list[tuple[int, int, int]]) -> None:
    """The service's clock is `ahead`; its Date has whole seconds; answers take their time there and back."""
    skew, start = Skew(), 1_700_000_000 * SECOND
    for at, there, back in answers:
        stamp = (start + at + there + ahead) // SECOND
        skew.heed({"date": formatdate(stamp, usegmt=True)}, start + at, start + at + there + back)
    slack = SECOND + min(there + back for _, there, back in answers)
    assert abs(skew.ahead - ahead) <= slack


def test_clocks_that_may_agree_do() -> None:
    skew = Skew()
    skew.heed({"date": formatdate(1_700_000_000, usegmt=True)}, 1_700_000_000_400_000, 1_700_000_000_500_000)
    assert skew.ahead == 0


def test_a_clock_that_was_set_is_believed_anew() -> None:
    skew = Skew()
    for ahead in (0, 3600):
        skew.heed(
            {"date": formatdate(1_700_000_000 + ahead, usegmt=True)}, 1_700_000_000_000_000, 1_700_000_000_100_000
        )
    assert abs(skew.ahead - 3600 * SECOND) <= SECOND


def test_a_kept_answer_tells_no_time() -> None:
    skew = Skew()
    skew.heed(
        {"date": formatdate(1_600_000_000, usegmt=True), "age": "3"}, 1_700_000_000_000_000, 1_700_000_000_000_001
    )
    skew.heed({"date": "yesterday"}, 1_700_000_000_000_000, 1_700_000_000_000_001)
    assert skew.ahead == 0


def test_a_service_tells_by_its_date(service: Answering, speaking: Speaking) -> None:
    service.faults.clock_ahead = 7200
    http = speaking(service)
    assert http.ahead == 0
    http.ask(Ask("/a"))
    assert abs(http.ahead - 7200 * SECOND) < 60 * SECOND
