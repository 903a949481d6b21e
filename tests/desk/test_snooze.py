from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.errors import BadInput
from desk.snooze import by, until, when
from desk.times import DAY, HOUR, MINUTE, from_datetime, to_datetime

BERLIN = ZoneInfo("Europe/Berlin")
# A Wednesday, 14:03 in Berlin.
NOW = from_datetime(datetime(2026, 11, 18, 14, 3, 20, tzinfo=BERLIN))


def local(text: str, now: int = NOW, zone: ZoneInfo = BERLIN) -> str:
    return f"{to_datetime(when(text, now, zone), zone):%a %Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("3d", "Sat 2026-11-21 14:03"),
        ("2h", "Wed 2026-11-18 16:03"),
        ("45m", "Wed 2026-11-18 14:48"),
        ("1w", "Wed 2026-11-25 14:03"),
        ("in 2 weeks", "Wed 2026-12-02 14:03"),
        ("1h 30m", "Wed 2026-11-18 15:33"),
        ("1d4h", "Thu 2026-11-19 18:03"),
        ("90 minutes", "Wed 2026-11-18 15:33"),
        ("tue 9am", "Tue 2026-11-24 09:00"),
        ("9am tue", "Tue 2026-11-24 09:00"),
        ("Tuesday at 9", "Tue 2026-11-24 09:00"),
        ("wed", "Wed 2026-11-25 09:00"),
        ("wed 4pm", "Wed 2026-11-18 16:00"),
        ("this friday", "Fri 2026-11-20 09:00"),
        ("next friday", "Fri 2026-11-27 09:00"),
        ("thurs noon", "Thu 2026-11-19 12:00"),
        ("tomorrow", "Thu 2026-11-19 09:00"),
        ("tomorrow 14:30", "Thu 2026-11-19 14:30"),
        ("tomorrow evening", "Thu 2026-11-19 18:00"),
        ("monday", "Mon 2026-11-23 09:00"),
        ("next week", "Mon 2026-11-23 09:00"),
        ("next week 2 pm", "Mon 2026-11-23 14:00"),
        ("next month", "Tue 2026-12-01 09:00"),
        ("24 dec", "Thu 2026-12-24 09:00"),
        ("dec 24", "Thu 2026-12-24 09:00"),
        ("Dec 9th, 8:15", "Wed 2026-12-09 08:15"),
        ("18 nov 14:00", "Thu 2027-11-18 14:00"),
        ("29 feb", "Tue 2028-02-29 09:00"),
        ("3 march 2027 8am", "Wed 2027-03-03 08:00"),
        ("24.12.", "Thu 2026-12-24 09:00"),
        ("24.12.2026 10:00", "Thu 2026-12-24 10:00"),
        ("2026-12-24", "Thu 2026-12-24 09:00"),
        ("2026-12-24 10:00", "Thu 2026-12-24 10:00"),
        ("eod", "Wed 2026-11-18 17:00"),
        ("end of day", "Wed 2026-11-18 17:00"),
        ("today", "Wed 2026-11-18 17:00"),
        ("today 15:00", "Wed 2026-11-18 15:00"),
        ("noon", "Thu 2026-11-19 12:00"),
        ("midnight", "Thu 2026-11-19 00:00"),
        ("12am", "Thu 2026-11-19 00:00"),
        ("12:15 pm", "Thu 2026-11-19 12:15"),
        ("  TONIGHT ", "Wed 2026-11-18 20:00"),
    ],
)
def test_a_time_is_understood_as_people_say_it(typed: str, meant: str) -> None:
    assert local(typed) == meant


@pytest.mark.parametrize(
    "typed",
    ["", "soon", "9", "12/24", "25:00", "13pm", "0am", "tue 9am 10am", "31 feb", "3 months", "0000-01-01", "d", "9:5"],
)
def test_what_is_not_understood_is_refused_with_examples(typed: str) -> None:
    with pytest.raises(BadInput, match="was not understood as a time") as caught:
        when(typed, NOW, BERLIN)
    assert "tue 9am" in caught.value.mend


@pytest.mark.parametrize("typed", ["0d", "0m", "today 9am", "2020-01-01", "2 january 1999", "1970-01-01 10:00"])
def test_the_past_is_refused(typed: str) -> None:
    with pytest.raises(BadInput, match="not in the future"):
        when(typed, NOW, BERLIN)


@pytest.mark.parametrize("typed", ["999999w", "9000d", "999999h", "2050-01-01", "9998-12-31 23:59"])
def test_no_ticket_is_hidden_for_longer_than_a_career(typed: str) -> None:
    with pytest.raises(BadInput, match="more than 10 years ahead"):
        when(typed, NOW, BERLIN)


def test_days_keep_the_hour_and_hours_keep_their_length_over_a_change_of_summer_time() -> None:
    before = from_datetime(datetime(2026, 10, 24, 9, 0, tzinfo=BERLIN))
    assert local("1d", before) == "Sun 2026-10-25 09:00"
    assert local("24h", before) == "Sun 2026-10-25 08:00"
    assert when("1d", before, BERLIN) - before == 25 * HOUR


def test_an_hour_that_summer_time_skips_is_moved_on() -> None:
    before = from_datetime(datetime(2027, 3, 27, 12, 0, tzinfo=BERLIN))
    assert local("tomorrow 2:30", before) == "Sun 2027-03-28 03:30"


def test_of_an_hour_that_comes_twice_the_second_is_taken_where_the_first_has_passed() -> None:
    first = from_datetime(datetime(2026, 10, 25, 2, 45, tzinfo=BERLIN))
    assert when("2:30", first, BERLIN) - first == 45 * MINUTE


WORDS = st.sampled_from(
    [
        "3d",
        "2h",
        "0m",
        "1w",
        "in",
        "at",
        "tue",
        "next",
        "today",
        "tomorrow",
        "noon",
        "eod",
        "9am",
        "14:30",
        "24",
        "dec",
        "29",
        "feb",
        "week",
        "2026-12-24",
        "24.12.",
        "9",
        "pm",
    ]
)
ZONES = st.sampled_from(
    [BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Pacific/Apia")]
)
MOMENTS = st.integers(*(from_datetime(datetime(year, 1, 1, tzinfo=UTC)) for year in (2005, 2040)))


@given(st.one_of(st.lists(WORDS, max_size=4).map(" ".join), st.text(max_size=20)), MOMENTS, ZONES)
def test_the_answer_is_in_the_future_or_refused(text: str, now: int, zone: ZoneInfo) -> None:
    with suppress(BadInput):
        assert now < when(text, now, zone) <= now + 3660 * DAY


@given(MOMENTS, ZONES, st.sampled_from(["mon", "fri 9am", "sun 23:59"]))
def test_a_weekday_is_at_most_a_week_away(now: int, zone: ZoneInfo, text: str) -> None:
    at = when(text, now, zone)
    assert to_datetime(at, zone).date() - to_datetime(now, zone).date() <= timedelta(days=7)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("40m", "in 40 m"),
        ("2h", "16:03"),
        ("tomorrow 9am", "tomorrow 09:00"),
        ("tue 9am", "Tue 09:00"),
        ("24 dec 10:00", "24 Dec 10:00"),
        ("3 march 2028", "3 Mar 2028"),
    ],
)
def test_a_time_to_come_is_shown_short(typed: str, shown: str) -> None:
    assert until(when(typed, NOW, BERLIN), NOW, BERLIN) == shown


def test_what_is_over_is_now() -> None:
    assert until(NOW, NOW, BERLIN) == until(NOW - DAY, NOW, BERLIN) == "now"
    assert until(NOW + 1, NOW, BERLIN) == "in 1 m"


def test_the_end_of_a_time_is_said_in_english() -> None:
    assert by(NOW + 30 * MINUTE, NOW, BERLIN) == "in 30 m"
    assert by(NOW + DAY, NOW, BERLIN) == "by " + until(NOW + DAY, NOW, BERLIN)
