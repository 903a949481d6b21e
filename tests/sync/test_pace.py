from random import Random

from hypothesis import given
from hypothesis import strategies as st

from desk.times import MINUTE, SECOND
from sync.pace import AWAITED, AWAY_AFTER, DENIED, FIRST, LONGEST, Pace, after_failure, after_refusal

NOW = 1_772_442_000 * SECOND


def test_a_new_pace_is_due_at_once() -> None:
    assert Pace().due(0)
    assert not Pace().away


@given(st.integers(0, 60), st.integers(0, 2**32))
def test_a_try_comes_later_with_each_failure_and_never_much_later(failures: int, seed: int) -> None:
    after = after_failure(Pace(failures), NOW, Random(seed))
    waits = after.next_at - NOW
    whole = min(LONGEST, FIRST * 2**failures)
    assert whole // 2 <= waits <= whole
    assert after.failures == failures + 1
    assert not after.due(after.next_at - 1)
    assert after.due(after.next_at)


def test_consoles_that_failed_together_come_back_apart() -> None:
    times = {after_failure(Pace(5), NOW, Random(seed)).next_at for seed in range(20)}
    assert len(times) > 15


@given(st.integers(0, 60), st.integers(0, 2**32))
def test_who_waits_for_a_source_that_is_merely_offline_waits_half_a_minute_at_most(failures: int, seed: int) -> None:
    after = after_failure(Pace(failures), NOW, Random(seed), offline=True)
    assert after.next_at == after_failure(Pace(failures), NOW, Random(seed)).next_at
    assert after.awaited_at <= after.next_at
    span = min(AWAITED, FIRST * 2**failures)
    assert span // 2 <= after.awaited_at - NOW <= span
    assert not after.due(after.awaited_at - 1, awaited=True)
    assert after.due(after.awaited_at, awaited=True)
    assert after.due(after.awaited_at) == (after.awaited_at == after.next_at)


@given(st.integers(0, 60), st.integers(0, 2**32))
def test_nobody_hurries_a_server_that_answers_with_trouble(failures: int, seed: int) -> None:
    for slower in (after_failure(Pace(failures), NOW, Random(seed)), after_refusal(Pace(failures), NOW)):
        assert slower.earliest(awaited=True) == slower.earliest(awaited=False) == slower.next_at
        assert not slower.due(slower.next_at - 1, awaited=True)


def test_those_who_wait_come_back_apart_too() -> None:
    times = {after_failure(Pace(12), NOW, Random(seed), offline=True).awaited_at for seed in range(20)}
    assert len(times) > 15
    assert max(times) - min(times) > 5 * SECOND


def test_what_the_server_asks_for_is_kept() -> None:
    assert after_failure(Pace(), NOW, Random(1), asked=3 * MINUTE).next_at == NOW + 3 * MINUTE
    assert after_failure(Pace(20), NOW, Random(1), asked=SECOND).next_at > NOW + SECOND
    assert after_failure(Pace(), NOW, Random(1), offline=True, asked=3 * MINUTE).awaited_at == NOW + 3 * MINUTE


def test_a_refused_password_is_tried_rarely() -> None:
    assert after_refusal(Pace(), NOW).next_at == NOW + DENIED


def test_people_are_told_when_it_stays_away() -> None:
    pace = Pace()
    for _ in range(AWAY_AFTER):
        assert not pace.away
        pace = after_failure(pace, NOW, Random(1))
    assert pace.away
