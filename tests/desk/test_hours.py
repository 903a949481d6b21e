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
