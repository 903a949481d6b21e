import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.ages import age, due
from desk.times import DAY, HOUR, MINUTE, SECOND

NOW = 1_800_000_000 * SECOND


@pytest.mark.parametrize(
    ("passed", "shown"),
    [
        (0, "0s"),
        (59 * SECOND + 999_999, "59s"),
        (MINUTE, "1m"),
        (12 * MINUTE + 40 * SECOND, "12m"),
        (3 * HOUR, "3h"),
        (DAY - 1, "23h"),
        (2 * DAY, "2d"),
        (13 * DAY, "13d"),
        (14 * DAY, "2w"),
        (365 * DAY - 1, "52w"),
        (800 * DAY, "2y"),
    ],
)
def test_an_age_is_shown_in_its_largest_fitting_unit(passed: int, shown: str) -> None:
    assert age(NOW - passed, NOW) == shown


def test_a_clock_that_runs_ahead_does_not_give_a_negative_age() -> None:
    assert age(NOW + HOUR, NOW) == "0s"


@pytest.mark.parametrize(
    ("left", "shown"),
    [
        (100 * MINUTE, "due 1:40"),
        (-12 * MINUTE, "late 0:12"),
        (0, "due now"),
        (25 * SECOND, "due 25s"),
        (-40 * SECOND, "late 40s"),
        (24 * HOUR, "due 24:00"),
        (48 * HOUR, "due 2d"),
        (-9 * DAY, "late 9d"),
    ],
)
def test_due_times(left: int, shown: str) -> None:
    assert due(NOW + left, NOW) == shown


@given(st.integers(-(2**62), 2**62), st.integers(-(2**62), 2**62))
def test_any_two_times_give_a_short_text(at: int, now: int) -> None:
    assert len(age(at, now)) <= 4
    assert due(at, now).startswith("due" if at >= now else "late")
