"""The time that a report is about, in a person's words: `7d`, `monday`, `last month`, `2026-11-01`.

The invariants: a period begins and ends where a day begins on the wall of its zone, except that its end is never later
than now; what isn't understood is refused with examples, never guessed. A day named as the end belongs to the period.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from desk.errors import BadInput
from desk.times import DAY, from_datetime, to_datetime

EXAMPLES = "7d, 2w, 3 months, today, yesterday, monday, this week, last month, 2026-11, 2026-11-01"
DEFAULT = "30d"

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPAN = re.compile(r"(\d{1,5}) ?(d|days?|w|weeks?|m|months?|y|years?)(?: ago)?")
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_IN_DAYS = {"d": 1, "w": 7}
_IN_MONTHS = {"m": 1, "y": 12}


@dataclass(frozen=True, slots=True)
class Period:
    """From a time until just before another, both in microseconds UTC."""

    since: int
    until: int

    def __contains__(self, at: object) -> bool:
        return isinstance(at, int) and self.since <= at < self.until

    def days(self, zone: tzinfo) -> tuple[date, ...]:
        """Its days on the wall of a zone."""
        first = to_datetime(self.since, zone).date()
        last = to_datetime(max(self.since, self.until - 1), zone).date()
        return tuple(first + timedelta(days=number) for number in range((last - first).days + 1))


def period(since: str, until: str, now: int, zone: tzinfo) -> Period:
    """The period between two words; no word for its end is now. Raises BadInput where it would be empty."""
    begins = _midnight(_span_of(since, now, zone)[0], zone)
    ends = min(now, _midnight(_span_of(until, now, zone)[1], zone)) if until.strip() else now
    if begins >= ends:
        shown = " ".join(f"{since} until {until or 'now'}".split())
        raise BadInput(f"The time “{shown}” ends before it begins", f"Write it like one of these: {EXAMPLES}.")
    return Period(begins, ends)


def _span_of(text: str, now: int, zone: tzinfo) -> tuple[date, date]:
    """The first day of what a word names, and the first day after it."""
    words = " ".join(text.casefold().replace(",", " ").split()).removeprefix("since ").removeprefix("until ")
    today = to_datetime(now, zone).date()
    try:
        found = _named(words, today) or _spanned(words, today) or _dated(words)
    except (ValueError, OverflowError):
        found = None
    if found is None or not 1 < found[0].year < 9999:
        raise BadInput(f"“{' '.join(text.split())}” was not understood as a time", f"Write it like {EXAMPLES}.")
    return found


def _named(words: str, today: date) -> tuple[date, date] | None:
    monday = today - timedelta(days=today.weekday())
    first = today.replace(day=1)
    day = words.removeprefix("last ")
    if day in _WEEKDAYS or (len(day) >= 3 and day in {name[:3] for name in _WEEKDAYS}):
        number = next(number for number, name in enumerate(_WEEKDAYS) if name.startswith(day))
        return _one_day(today - timedelta(days=(today.weekday() - number) % 7))
    match words:
        case "today":
            return _one_day(today)
        case "yesterday":
            return _one_day(today - timedelta(days=1))
        case "this week" | "week":
            return monday, monday + timedelta(days=7)
        case "last week":
            return monday - timedelta(days=7), monday
        case "this month" | "month":
            return first, _months_on(first, 1)
        case "last month":
            return _months_on(first, -1), first
        case "this year" | "year":
            return first.replace(month=1), first.replace(month=1, year=first.year + 1)
        case "last year":
            return first.replace(month=1, year=first.year - 1), first.replace(month=1)
    return None


def _spanned(words: str, today: date) -> tuple[date, date] | None:
    match = _SPAN.fullmatch(words)
    if match is None:
        return None
    count, unit = int(match[1]), match[2][0]
    if unit in _IN_DAYS:
        return _one_day(today - timedelta(days=count * _IN_DAYS[unit]))
    return _one_day(_months_on(today, -count * _IN_MONTHS[unit]))


def _dated(words: str) -> tuple[date, date] | None:
    if match := _DAY.fullmatch(words):
        return _one_day(date(int(match[1]), int(match[2]), int(match[3])))
    if match := _MONTH.fullmatch(words):
        first = date(int(match[1]), int(match[2]), 1)
        return first, _months_on(first, 1)
    return None


def _one_day(day: date) -> tuple[date, date]:
    return day, day + timedelta(days=1)


def _months_on(day: date, months: int) -> date:
    """The same day so many months on, or the month's last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = date(year, month + 1, 1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return min(last, first + timedelta(days=day.day - 1))


def _midnight(day: date, zone: tzinfo) -> int:
    """When a day begins; where summer time skips midnight it is the first moment after it."""
    at = from_datetime(datetime.combine(day, time(), zone))
    return at if to_datetime(at, zone).date() == day else at + DAY // 24
