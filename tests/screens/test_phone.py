"""The telephone as a seat knows it: who rings is one ring, however it is told, and rings no longer than a call may."""

from desk.callers import CallerMatch
from desk.calls import LONGEST_RING, CallRow, CallState, Popped
from desk.times import MINUTE, SECOND
from screens.phone import LATE_POP, Phone, Ring, same, stands
from screens.ring_words import facts_of
from tests.factories import NOW

NUMBER = "+4930123456"


def call(state: CallState = CallState.TALKING, *, number: str = NUMBER, direction: str = "in") -> CallRow:
    return CallRow(
        id=1, uid=b"u", direction=direction, state=state, way="pop", external_id="", number=number, caller="Erika",
        customer_id=None, ticket_id=None, message_id=None, agent_id=1, rang_at=NOW, answered_at=NOW + SECOND,
    )  # fmt: skip


def ring(text: str, *, call_id: int | None = None, direction: str = "in") -> Ring:
    return Ring(text, "", NOW, call_id, CallerMatch("none", text), None, direction)


def test_a_pop_rings_as_long_as_a_call_may() -> None:
    phone = Phone()
    assert phone.hear(Popped(NUMBER, at=NOW))
    phone.grow_old(NOW + LONGEST_RING - 1)
    assert not phone.hear(Popped("030 123456", at=NOW + LONGEST_RING - 1)), "it rings already"
    phone.grow_old(NOW + LONGEST_RING)
    assert phone.popped == ()
    assert phone.hear(Popped(NUMBER, at=NOW + LONGEST_RING))


def test_who_was_taken_this_moment_rings_no_second_time_and_whoever_calls_again_does() -> None:
    taken = NOW + SECOND
    assert not Phone(call=call()).hear(Popped("tel:+49-30-123456", at=taken + LATE_POP - 1))
    assert Phone(call=call()).hear(Popped(NUMBER, at=taken + LATE_POP))
    assert Phone(call=call()).hear(Popped("+4930999999", at=taken))
    assert Phone(call=call(CallState.WRAPPING)).hear(Popped(NUMBER, at=taken))


def test_forgetting_one_leaves_the_others_and_those_that_a_telephone_tells_of() -> None:
    phone = Phone(
        popped=(Popped(NUMBER), Popped("Erika")), rings=(ring(NUMBER), ring(NUMBER, call_id=7), ring("Erika"))
    )
    phone.forget("+49 30 123456")
    assert [each.text for each in phone.popped] == ["Erika"]
    assert [(each.text, each.call_id) for each in phone.rings] == [(NUMBER, 7), ("Erika", None)]


def test_words_are_the_same_caller_and_numbers_in_any_notation() -> None:
    assert same("Erika  Muster", "erika muster")
    assert same("0049 30 123456", "sip:+4930123456@pbx")
    assert not same("Erika", "Max")
    assert not same("", NUMBER)


def test_the_agent_s_own_call_is_told_apart_from_one_that_comes_in() -> None:
    later = NOW + MINUTE
    assert stands(call(CallState.RINGING), later) == "rings 1:00"
    assert stands(call(CallState.RINGING, direction="out"), later) == "calling 1:00"
    assert (stands(call(CallState.MISSED), later), stands(call(CallState.MISSED, direction="out"), later)) == (
        "missed", "no answer",
    )  # fmt: skip
    assert [facts_of(ring(NUMBER, direction=each), "F3").state for each in ("in", "out")] == ["rings", "calling"]
