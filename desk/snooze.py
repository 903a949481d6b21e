"""Times in the agent's own words: `3d`, `tue 9am`, `tomorrow 14:30`, `24 dec`, `eod`.

The invariants: the answer always lies in the future; days and weeks keep the hour on the wall over a change of
summer time, hours and minutes are exact; what isn't understood is refused with examples, never guessed.
`12/24` is refused, since half of the world reads it the other way round.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from desk.errors import BadInput
from desk.times import DAY, HOUR, MINUTE, from_datetime, to_datetime

EXAMPLES = "3d, 2h, 1h 30m, tue 9am, tomorrow 14:30, next week, 24 dec, 2026-12-24 10:00, eod"

# Where only the day is given, the ticket is back when the day's work begins.
START_OF_DAY = time(9)
END_OF_DAY = time(17)
YEARS_AHEAD = 10

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTH_NUMBERS = {
    name: number
    for number, month in enumerate(_MONTHS, 1)
    for name in (month.lower(), month[:3].lower(), month[:4].lower())
}
_WEEKDAY_NUMBERS = {
    name: number
    for number, day in enumerate(_WEEKDAYS)
    for name in (day.lower(), day[:3].lower(), day[:4].lower(), day[:5].lower())
}
_NAMED_TIMES = {
    "morning": START_OF_DAY,
    "noon": time(12),
    "afternoon": time(14),
    "eod": END_OF_DAY,
    "evening": time(18),
    "tonight": time(20),
    "midnight": time(0),
}
_FILLERS = {"at", "on", "until", "till", "by", "the"}

_SPAN = re.compile(r"(?:in )?((?:\d{1,6} ?(?:minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w)(?: |(?=\d)|$))+)")
_SPAN_PART = re.compile(r"(\d+) ?([mhdw])")
_CLOCK = re.compile(r"(\d{1,2})(?::(\d{2}))? ?(am|pm)?")
_ISO_DAY = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_DOTTED_DAY = re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})?")
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.)? (?P<month>[a-z]+)(?: (?P<year>\d{4}))?")
_MONTH_FIRST = re.compile(r"(?P<month>[a-z]+) (?P<day>\d{1,2})(?:st|nd|rd|th)?(?: (?P<year>\d{4}))?")


def when(text: str, now: int, zone: tzinfo) -> int:
    """The time that `text` means, in microseconds UTC and later than `now`; raises BadInput where it means none."""
    at = _read(text, now, zone)
    shown = " ".join(text.split())
    if at <= now:
        raise BadInput(f"“{shown}” is not in the future", f"Give a time to come, such as {EXAMPLES}.")
    if at > now + YEARS_AHEAD * 366 * DAY:
        raise BadInput(f"“{shown}” is more than {YEARS_AHEAD} years ahead", "Give an earlier time.")
    return at


def check(text: str) -> None:
    """Refuse what isn't a time in any words, for texts that are kept and read later; raises BadInput."""
    _read(text, 0, UTC)


def until(at: int, now: int, zone: tzinfo) -> str:
    """A time to come, short: `in 40 m`, `14:30`, `tomorrow 09:00`, `Tue 09:00`, `24 Dec 10:00`, `3 Mar 2028`."""
    if at <= now:
        return "now"
    if at - now < HOUR:
        return f"in {max(1, (at - now) // MINUTE)} m"
    then, today = to_datetime(at, zone), to_datetime(now, zone)
    clock = f"{then.hour:02}:{then.minute:02}"
    days = (then.date() - today.date()).days
    if days == 0:
        return clock
    if days == 1:
        return f"tomorrow {clock}"
    if days < 7:
        return f"{_WEEKDAYS[then.weekday()][:3]} {clock}"
    month = _MONTHS[then.month - 1][:3]
    return f"{then.day} {month} {clock if then.year == today.year else then.year}"


def by(at: int, now: int, zone: tzinfo) -> str:
    """The end of a time, as `until` says it: `by Tue 09:00`, but `in 40 m`."""
    words = until(at, now, zone)
    return words if words.startswith("in ") or at <= now else f"by {words}"


def _read(text: str, now: int, zone: tzinfo) -> int:
    words = _normal(text)
    span = _SPAN.fullmatch(words)
    at = _after(span[1], now, zone) if span else _on_the_wall(words, now, zone)
    if at is None:
        shown = " ".join(text.split())
        raise BadInput(f"“{shown}” was not understood as a time", f"Write it like one of these: {EXAMPLES}.")
    return at


def _normal(text: str) -> str:
    words = text.casefold().replace(",", " ").replace("end of day", "eod").split()
    return " ".join(word for word in words if word not in _FILLERS)


def _after(span: str, now: int, zone: tzinfo) -> int:
    """Days and weeks go by the calendar, hours and minutes by the clock."""
    days = exact = 0
    for number, unit in _SPAN_PART.findall(span):
        if unit in "dw":
            days += int(number) * (7 if unit == "w" else 1)
        else:
            exact += int(number) * (HOUR if unit == "h" else MINUTE)
    if not 0 < days <= YEARS_AHEAD * 366:
        # No days at all, or so many that `when` refuses them anyway: no calendar is needed.
        return now + days * DAY + exact
    local = to_datetime(now, zone)
    return _moment(local.date() + timedelta(days=days), local.time(), now, zone) + exact


def _on_the_wall(words: str, now: int, zone: tzinfo) -> int | None:
    """A day, a time of day, or both in either order."""
    if not words:
        return None
    at = _on_day(words, None, now, zone)
    if at is not None:
        return at
    parts = words.split()
    for count in (1, 2):
        for day, clock in ((parts[:-count], parts[-count:]), (parts[count:], parts[:count])):
            hour = _time_of_day(" ".join(clock), bare=bool(day))
            if hour is not None:
                at = _on_day(" ".join(day), hour, now, zone)
            if at is not None:
                return at
    return None


def _time_of_day(words: str, *, bare: bool) -> time | None:
    """`9am`, `9:30 pm`, `14:30`, `noon`; a bare hour such as `9` only where a day stands beside it."""
    if words in _NAMED_TIMES:
        return _NAMED_TIMES[words]
    match = _CLOCK.fullmatch(words)
    if match is None or not (bare or match[2] or match[3]):
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[3] == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _on_day(words: str, clock: time | None, now: int, zone: tzinfo) -> int | None:
    today = to_datetime(now, zone).date()
    monday = today - timedelta(days=today.weekday())
    morning = clock or START_OF_DAY
    if not words:
        return _first_to_come((today, today + timedelta(days=1)), morning, now, zone)
    if words == "today":
        return _moment(today, clock or END_OF_DAY, now, zone)
    if words in ("tomorrow", "tom", "tmr"):
        return _moment(today + timedelta(days=1), morning, now, zone)
    if words == "next week":
        return _moment(monday + timedelta(days=7), morning, now, zone)
    if words == "next month":
        return _moment((today.replace(day=1) + timedelta(days=32)).replace(day=1), morning, now, zone)
    following, _, name = words.rpartition(" ")
    if name in _WEEKDAY_NUMBERS and following in ("", "this", "next"):
        day = monday + timedelta(days=_WEEKDAY_NUMBERS[name])
        days = (day, day + timedelta(days=7))
        return _first_to_come(days[1:] if following == "next" else days, morning, now, zone)
    return _on_date(words, morning, now, zone)


def _on_date(words: str, clock: time, now: int, zone: tzinfo) -> int | None:
    for pattern in (_ISO_DAY, _DOTTED_DAY, _DAY_FIRST, _MONTH_FIRST):
        match = pattern.fullmatch(words)
        if match is None:
            continue
        month = int(match["month"]) if match["month"].isdecimal() else _MONTH_NUMBERS.get(match["month"], 0)
        year = to_datetime(now, zone).year
        # Without a year it is the next such day; the 29th of February is at most eight years away.
        years = range(year, year + 9) if match["year"] is None else (int(match["year"]),)
        days = [day for day in (_date(each, month, int(match["day"])) for each in years) if day is not None]
        return _first_to_come(days, clock, now, zone) if days else None
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        # Years at the calendar's borders can't be brought to UTC.
        return date(year, month, day) if 1 < year < 9999 else None
    except ValueError:
        return None


def _first_to_come(days: list[date] | tuple[date, ...], clock: time, now: int, zone: tzinfo) -> int:
    """The first of `days` on which `clock` is still to come; the last of them where it is on none."""
    moments = [_moment(day, clock, now, zone) for day in days]
    return next((at for at in moments if at > now), moments[-1])


def _moment(day: date, clock: time, now: int, zone: tzinfo) -> int:
    """A time on the wall: the second of two where the first has passed, moved on where summer time skips it."""
    local = datetime.combine(day, clock, zone)
    at = from_datetime(local.replace(fold=0))
    return at if at > now else from_datetime(local.replace(fold=1))
