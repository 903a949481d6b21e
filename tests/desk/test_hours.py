"""A team's hours: how they are written, and when so many of them have passed."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.errors import BadInput
from desk.hours import Hours, parse_hours
from desk.times import DAY, HOUR, MINUTE, from_datetime, to_datetime

MADRID = ZoneInfo("Europe/Madrid")
WEEK = parse_hours("Mon-Fri 9:00-17:00, Sat 10-14", MADRID)


def at(text: str) -> int:
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=MADRID))


@pytest.mark.parametrize(
    ("written", "begun", "hours", "ends"),
    [
        ("Mon-Fri 9:00-17:00", "2026-03-02 10:00", 4, "2026-03-02 14:00"),
        ("Mon-Fri 9:00-17:00", "2026-03-02 15:00", 4, "2026-03-03 11:00"),
        ("Mon-Fri 9:00-17:00", "2026-03-06 16:00", 12, "2026-03-10 12:00"),
        ("Mon-Fri 9:00-17:00", "2026-03-07 12:00", 8, "2026-03-09 17:00"),
        ("Mon-Fri 9-17, Sat 10-14", "2026-03-06 16:00", 4, "2026-03-07 13:00"),
        ("Mon-Fri 13-17, Mon-Fri 8-12", "2026-03-02 11:00", 2, "2026-03-02 14:00"),
        ("Mon-Sun 0-24", "2026-03-28 12:00", 24, "2026-03-29 13:00"),  # the night that lacks an hour
    ],
)
def test_only_time_that_they_are_there_counts(written: str, begun: str, hours: int, ends: str) -> None:
    found = parse_hours(written, MADRID).after(at(begun), hours * HOUR)
    assert abs(found - at(ends)) < MINUTE


@given(st.integers(0, 400 * DAY), st.integers(1, 14 * DAY))
def test_a_promise_never_ends_while_nobody_is_there(since: int, span: int) -> None:
    begun = at("2026-01-01 00:00") + since
    end = WEEK.after(begun, span)
    assert end >= begun + span
    local = to_datetime(end, MADRID)
    first, last = (10, 14) if local.weekday() == 5 else (9, 17)
    assert local.weekday() < 6
    assert first <= local.hour + local.minute / 60 + local.second / 3600 <= last + 1e-9
    assert WEEK.after(begun, span + HOUR) > end


def test_they_are_said_in_words() -> None:
    assert str(WEEK) == "Monday to Friday, 9:00 to 17:00; Saturday, 10:00 to 14:00"
    assert str(parse_hours("sunday 8:30 – 24:00", UTC)) == "Sunday, 8:30 to 24:00"


@pytest.mark.parametrize(
    "text",
    ["", "always", "Mon 9", "Fri-Mon 9-17", "Mon-Fri 17-9", "Mon-Fri 9-9", "Xyz 9-17", "Mon 9:61-17", "Mon 25-26"],
)
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="says no hours of a week"):
        parse_hours(text, UTC)


def test_a_team_that_is_hardly_there_ends_the_search() -> None:
    hardly = Hours(parse_hours("Mon 9:00-9:01", UTC).openings, UTC)
    assert hardly.after(0, 30 * DAY) > 300 * DAY


ZONES = st.sampled_from(["UTC", "Europe/Madrid", "Australia/Lord_Howe", "America/Havana", "Asia/Kathmandu"])
WEEKS = st.sampled_from(
    ["Mon-Fri 9-17", "Mon-Sun 0-24", "Sun 1:45-2:15", "Mon-Sun 0-4, Mon-Sun 2-6", "Sat 23-24, Sun 0-3"]
)
# From the first of January 2026 on, over two changes of the clock.
MOMENTS = st.integers(0, 400 * DAY)


@given(WEEKS, ZONES, MOMENTS, st.integers(0, 20 * HOUR), st.sampled_from([(), ("12-25", "2026-03-29", "10-25")]))
def test_what_is_added_is_what_is_counted(
    week: str, zone: str, since: int, span: int, holidays: tuple[str, ...]
) -> None:
    hours = parse_hours(week, ZoneInfo(zone), holidays)
    begun = at("2026-01-01 00:00") + since
    end = hours.after(begun, span)
    assert hours.between(begun, end) == span
    # And no sooner: the last moment before it isn't enough.
    assert span == 0 or hours.between(begun, end - 1) == span - 1


@given(WEEKS, ZONES, st.lists(MOMENTS, min_size=3, max_size=3).map(sorted))
def test_spans_of_hours_add_up_and_are_never_longer_than_the_clock_s(week: str, zone: str, moments: list[int]) -> None:
    hours = parse_hours(week, ZoneInfo(zone))
    first, middle, last = (at("2026-01-01 00:00") + each for each in moments)
    assert hours.between(first, last) == hours.between(first, middle) + hours.between(middle, last)
    assert 0 <= hours.between(first, last) <= last - first
    assert hours.between(last, first) == 0


@given(ZONES, MOMENTS, st.integers(0, 30 * DAY))
def test_a_team_that_is_always_there_counts_every_hour(zone: str, since: int, span: int) -> None:
    always = parse_hours("Mon-Sun 0:00-24:00", ZoneInfo(zone))
    begun = at("2026-01-01 00:00") + since
    assert always.after(begun, span) == begun + span
    assert always.between(begun, begun + span) == span


def test_a_team_without_hours_is_never_there() -> None:
    never = Hours((), MADRID)
    assert never.between(at("2026-01-01 00:00"), at("2027-01-01 00:00")) == 0
    assert never.closes(to_datetime(at("2026-01-01 00:00"), MADRID).date()) is None
    assert never.after(at("2026-01-01 00:00"), HOUR) > at("2027-01-01 00:00")


def test_nobody_is_there_on_a_holiday() -> None:
    hours = parse_hours("Mon-Fri 9-17", MADRID, ["12-25", "2026-12-28"])
    assert hours.after(at("2026-12-24 16:00"), 2 * HOUR) == at("2026-12-29 10:00")
    assert hours.after(at("2027-12-24 16:00"), 2 * HOUR) == at("2027-12-27 10:00")


@pytest.mark.parametrize(("day", "lasts"), [("2026-04-05", 60), ("2026-10-04", 0)])
def test_half_an_hour_that_a_clock_change_takes_or_gives(day: str, lasts: int) -> None:
    """Lord Howe moves its clocks by thirty minutes at two in the morning."""
    zone = ZoneInfo("Australia/Lord_Howe")
    hours = parse_hours("Mon-Sun 1:30-2:00" if lasts else "Mon-Sun 2:00-2:30", zone)
    begun = from_datetime(datetime.fromisoformat(day + " 00:00").replace(tzinfo=zone))
    assert hours.between(begun, begun + 12 * HOUR) == lasts * MINUTE
