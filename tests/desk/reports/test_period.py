"""A report's time in words: whole days on the wall, never later than now, never guessed."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.errors import BadInput
from desk.reports.period import Period, period
from desk.times import DAY, HOUR, from_datetime, to_datetime

NEW_YORK = ZoneInfo("America/New_York")
# A Thursday afternoon.
PRESENT = from_datetime(datetime(2026, 11, 19, 15, 30, tzinfo=UTC))


def ends(since: str, until: str = "") -> tuple[str, str]:
    found = period(since, until, PRESENT, UTC)
    return f"{to_datetime(found.since):%m-%d %H:%M}", f"{to_datetime(found.until):%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("since", "begins"),
    [
        ("7d", "11-12 00:00"),
        ("7 days ago", "11-12 00:00"),
        ("2w", "11-05 00:00"),
        ("1m", "10-19 00:00"),
        ("since 3 months", "08-19 00:00"),
        ("today", "11-19 00:00"),
        ("yesterday", "11-18 00:00"),
        ("Monday", "11-16 00:00"),
        ("last fri", "11-13 00:00"),
        ("thursday", "11-19 00:00"),
        ("this week", "11-16 00:00"),
        ("last week", "11-09 00:00"),
        ("last month", "10-01 00:00"),
        ("this year", "01-01 00:00"),
        ("last year", "01-01 00:00"),
        ("2026-11-01", "11-01 00:00"),
        ("2026-10", "10-01 00:00"),
    ],
)
def test_a_word_is_the_beginning_of_its_day(since: str, begins: str) -> None:
    assert ends(since) == (begins, "11-19 15:30")


@pytest.mark.parametrize(
    ("until", "end"),
    [
        ("monday", "11-17 00:00"),
        ("2026-11-01", "11-02 00:00"),
        ("last month", "11-01 00:00"),
        ("2026-11", "11-19 15:30"),
        ("today", "11-19 15:30"),
        ("2031-01-01", "11-19 15:30"),
    ],
)
def test_the_day_that_is_named_as_the_end_belongs_to_it(until: str, end: str) -> None:
    assert ends("2026-09-01", until) == ("09-01 00:00", end)


@pytest.mark.parametrize("words", ["", "soon", "31d7", "2026-13-01", "2026-02-30", "0001-01-01", "99999y", "mo", "d"])
def test_what_is_no_time_is_refused_with_examples(words: str) -> None:
    with pytest.raises(BadInput, match="2026-11-01"):
        period(words, "", PRESENT, UTC)


@pytest.mark.parametrize(("since", "until"), [("today", "yesterday"), ("2027-01-01", ""), ("2026-11-20", "")])
def test_a_time_that_ends_before_it_begins_is_refused(since: str, until: str) -> None:
    with pytest.raises(BadInput, match="ends before it begins"):
        period(since, until, PRESENT, UTC)


def test_days_are_those_of_the_zone_also_over_a_change_of_its_clocks() -> None:
    present = from_datetime(datetime(2026, 11, 3, 12, tzinfo=NEW_YORK))
    found = period("2026-11-01", "2026-11-01", present, NEW_YORK)
    assert found.until - found.since == 25 * HOUR
    assert found.days(NEW_YORK) == (date(2026, 11, 1),)


def test_a_day_whose_midnight_is_skipped_begins_at_its_first_moment() -> None:
    santiago = ZoneInfo("America/Santiago")
    present = from_datetime(datetime(2026, 9, 6, 12, tzinfo=santiago))
    found = period("2026-09-06", "", present, santiago)
    assert f"{to_datetime(found.since, santiago):%m-%d %H:%M}" == "09-06 01:00"


@given(days=st.integers(0, 4000), zone=st.sampled_from([UTC, NEW_YORK, ZoneInfo("Asia/Kathmandu")]))
def test_a_period_has_the_days_that_it_is_asked_for(days: int, zone: ZoneInfo) -> None:
    found = period(f"{days}d", "", PRESENT, zone)
    assert len(found.days(zone)) == days + 1
    assert found.since <= PRESENT - days * DAY + 2 * HOUR
    assert found.since in found
    assert found.until not in found


def test_an_empty_stretch_has_one_day() -> None:
    assert len(Period(PRESENT, PRESENT).days(UTC)) == 1
