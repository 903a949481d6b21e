"""The states of a call and its arithmetic: news in any order and number comes to the same."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.call_figures import figures
from desk.calls import (
    ELSEWHERE,
    TWO_RINGS,
    CallEvent,
    CallEventKind,
    CallRow,
    CallState,
    after,
    clock,
    hold_seconds,
    pick_up_seconds,
    picked_up_in_time,
    talk_seconds,
    wrap_up_seconds,
)
from desk.times import MINUTE, SECOND
from tests.factories import NOW


def ringing(*, rang_at: int = NOW, way: str = "baresip", direction: str = "in") -> CallRow:
    return CallRow(
        id=1, uid=b"u", direction=direction, state=CallState.RINGING, way=way, external_id="a", number="+4930123456",
        caller="", customer_id=None, ticket_id=None, message_id=None, agent_id=None, rang_at=rang_at,
    )  # fmt: skip


def told(kind: CallEventKind, at: int = NOW) -> CallEvent:
    return CallEvent("baresip", "a", kind, at, number="+4930123456", caller="Erika")


def through(call: CallRow, *events: CallEvent) -> CallRow:
    for event in events:
        call = after(call, event)
    return call


STORIES: tuple[tuple[tuple[CallEvent, ...], CallState], ...] = (
    ((told("ringing"), told("answered", NOW + 5 * SECOND), told("ended", NOW + 65 * SECOND)), CallState.WRAPPING),
    ((told("ringing"), told("ended", NOW + 9 * SECOND)), CallState.MISSED),
    ((told("ringing"), told("elsewhere", NOW + 9 * SECOND), told("ended", NOW + 9 * SECOND)), CallState.DONE),
    ((told("ringing"), told("elsewhere", NOW + SECOND), told("answered", NOW + 2 * SECOND)), CallState.TALKING),
)


@pytest.mark.parametrize(("story", "state"), STORIES, ids=lambda each: str(each) if isinstance(each, str) else "")
def test_the_order_of_the_news_changes_nothing(story: tuple[CallEvent, ...], state: CallState) -> None:
    ends = {through(ringing(rang_at=NOW + 9 * SECOND), *order) for order in permutations(story)}
    assert {end.state for end in ends} == {state}
    assert len(ends) == 1


KINDS: tuple[CallEventKind, ...] = ("ringing", "answered", "elsewhere", "held", "resumed", "ended")
EVENTS = st.builds(told, st.sampled_from(KINDS), st.integers(0, 600).map(lambda second: NOW + second * SECOND))


@given(st.lists(EVENTS, max_size=12))
def test_news_twice_is_news_once(events: list[CallEvent]) -> None:
    call = ringing()
    for event in events:
        call = after(call, event)
        if event.kind not in ("held", "resumed"):
            assert after(call, event) == call


@given(st.lists(st.builds(told, st.sampled_from(("ringing", "answered", "elsewhere", "ended")),
                          st.integers(0, 600).map(lambda second: NOW + second * SECOND)), max_size=6),
       st.randoms(use_true_random=False))  # fmt: skip
def test_a_call_without_holds_is_the_same_in_every_order(events: list[CallEvent], dice: "st.DataObject") -> None:
    shuffled = sorted(events, key=lambda _: dice.random())  # type: ignore[attr-defined]
    assert through(ringing(), *events) == through(ringing(), *shuffled)


@given(st.lists(EVENTS, max_size=14), st.integers(0, 700))
def test_no_clock_ever_runs_backwards(events: list[CallEvent], later: int) -> None:
    call, now = through(ringing(), *events), NOW + later * SECOND
    parts = (pick_up_seconds(call, now), talk_seconds(call, now), hold_seconds(call, now), wrap_up_seconds(call, now))
    assert min(parts) >= 0
    if call.state is CallState.WRAPPING and call.answered_at is not None and call.ended_at is not None:
        assert talk_seconds(call, now) <= max(0, call.ended_at - call.answered_at) // SECOND


def test_talk_and_hold_are_told_apart() -> None:
    call = through(
        ringing(),
        told("answered", NOW + 4 * SECOND),
        told("held", NOW + 64 * SECOND),
        told("resumed", NOW + 94 * SECOND),
        told("held", NOW + 104 * SECOND),
    )
    now = NOW + 109 * SECOND
    assert (call.state, pick_up_seconds(call, now), hold_seconds(call, now)) == (CallState.HELD, 4, 35)
    assert talk_seconds(call, now) == 70
    ended = after(call, told("ended", NOW + 114 * SECOND))
    assert (ended.state, ended.held_at, hold_seconds(ended, now + MINUTE)) == (CallState.WRAPPING, None, 40)
    assert talk_seconds(ended, now + MINUTE) == 70
    assert wrap_up_seconds(ended, NOW + 144 * SECOND) == 30


def test_a_hold_before_the_answer_is_none() -> None:
    call = through(ringing(), told("answered", NOW + 9 * SECOND), told("held", NOW + 4 * SECOND))
    assert (call.state, hold_seconds(call, NOW + 60 * SECOND)) == (CallState.TALKING, 0)


def test_within_two_rings_means_twelve_seconds() -> None:
    assert picked_up_in_time(after(ringing(), told("answered", NOW + TWO_RINGS)))
    assert not picked_up_in_time(after(ringing(), told("answered", NOW + TWO_RINGS + 1)))
    assert not picked_up_in_time(ringing())


def test_who_is_on_the_line_is_said_as_well_as_it_is_known() -> None:
    call = ringing()
    assert call.title == "+4930123456"
    assert call._replace(caller="Erika").title == "Erika"
    assert call._replace(caller="Erika", customer="Erika Muster").title == "Erika Muster"
    assert call._replace(number="").title == "Number withheld"


def test_a_timer_reads_as_people_say_it() -> None:
    assert [clock(each) for each in (0, 7, 754, 3750, -3)] == ["0:00", "0:07", "12:34", "1:02:30", "0:00"]


def test_figures_leave_out_what_never_rang_here() -> None:
    quick = through(ringing(), told("answered", NOW + 3 * SECOND), told("ended", NOW + 63 * SECOND))
    slow = through(ringing(), told("answered", NOW + 30 * SECOND), told("ended", NOW + 630 * SECOND))
    written = slow._replace(wrapped_at=NOW + 690 * SECOND, state=CallState.DONE)
    missed = through(ringing(), told("ended", NOW + 20 * SECOND))
    elsewhere = through(ringing(), told("elsewhere", NOW))
    by_hand = through(ringing(way="console"), told("answered"))._replace(external_id="")
    outbound = through(ringing(direction="out"), told("ended", NOW + 9 * SECOND))
    found = figures([quick, written, missed, elsewhere, by_hand, outbound, ringing()])
    assert elsewhere.outcome == ELSEWHERE
    assert (found.calls, found.inbound, found.outbound) == (7, 6, 1)
    assert (found.picked_up, found.in_time, found.missed, found.in_time_share) == (2, 1, 1, 1 / 3)
    assert (found.pick_up, found.talk, found.hold, found.wrap_up) == ((3, 30), (60, 600), None, (60, 60))
    assert figures([]).in_time_share is None
