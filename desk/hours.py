"""When a team is there: `Mon-Fri 9:00-17:00, Sat 10:00-14:00`, and what that makes of a promise of so many hours.

The invariants: time that is promised in a team's hours never ends while nobody is there, and what `after` adds is what
`between` counts. An hour is an hour that passes: the day of a clock change has one more or one less of them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from desk.errors import BadInput
from desk.times import from_datetime, to_datetime

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ABBREVIATED = {name[:3].lower(): number for number, name in enumerate(_WEEKDAYS)}
_DAYS = r"([A-Za-z]{3})[a-z]*(?: ?[-–] ?([A-Za-z]{3})[a-z]*)?"
_CLOCK = r"(\d{1,2})(?::(\d{2}))?"
_PART = re.compile(rf"{_DAYS} {_CLOCK} ?[-–] ?{_CLOCK}")
# A team that is there a minute a week would take years over a day's work.
_WEEKS_AHEAD = 60
# The year of a holiday that comes back in each.
EACH_YEAR = 0
_HOLIDAY = re.compile(r"(?:(\d{4})-)?(\d{2})-(\d{2})")


@dataclass(frozen=True, slots=True)
class Opening:
    """From a time of day until another, on the days from `first` to `last` (0 is Monday)."""

    first: int
    last: int
    begins: time
    ends: time

    def __str__(self) -> str:
        days = _WEEKDAYS[self.first] + (f" to {_WEEKDAYS[self.last]}" if self.last != self.first else "")
        return f"{days}, {_shown(self.begins)} to {_shown(self.ends)}"


@dataclass(frozen=True, slots=True)
class Hours:
    """A week of a team, in the zone of its clocks; on its holidays (year, month, day) nobody is there."""

    openings: tuple[Opening, ...]
    zone: tzinfo
    holidays: frozenset[tuple[int, int, int]] = frozenset()

    def __str__(self) -> str:
        return "; ".join(map(str, self.openings))

    def after(self, at: int, span: int) -> int:
        """When `span` microseconds of a team's hours will have passed since `at`."""
        day = to_datetime(at, self.zone).date()
        for ahead in range(_WEEKS_AHEAD * 7):
            for begins, ends in self._open_on(day + timedelta(days=ahead)):
                begins = max(begins, at)
                if ends - begins >= span:
                    return begins + span
                span -= max(0, ends - begins)
        return at + timedelta(weeks=_WEEKS_AHEAD) // timedelta(microseconds=1)

    def between(self, since: int, until: int) -> int:
        """How many microseconds of the team's hours lie between two moments; none where the second isn't later."""
        day, last = to_datetime(since, self.zone).date(), to_datetime(until, self.zone).date()
        passed = 0
        while day <= last:
            for begins, ends in self._open_on(day):
                passed += max(0, min(ends, until) - max(begins, since))
            day += timedelta(days=1)
        return passed

    def closes(self, day: date) -> int | None:
        """When they leave on a day; None where they aren't there at all."""
        return max((ends for _, ends in self._open_on(day)), default=None)

    def _open_on(self, day: date) -> list[tuple[int, int]]:
        """From when until when they are there on a day, in its order; no moment of it is there twice."""
        if not self.holidays.isdisjoint(((day.year, day.month, day.day), (EACH_YEAR, day.month, day.day))):
            return []
        found: list[tuple[int, int]] = []
        for begins, ends in sorted(
            (self._moment(day, each.begins), self._moment(day, each.ends))
            for each in self.openings
            if each.first <= day.weekday() <= each.last
        ):
            if found and begins <= found[-1][1]:
                found[-1] = (found[-1][0], max(ends, found[-1][1]))
            else:
                found.append((begins, ends))
        return found

    def _moment(self, day: date, clock: time) -> int:
        if clock == time.max:
            day, clock = day + timedelta(days=1), time.min
        return from_datetime(datetime.combine(day, clock, self.zone))


def parse_hours(text: str, zone: tzinfo, holidays: Iterable[str] = ()) -> Hours:
    """The hours that a person wrote, and their holidays; BadInput where they can't be understood."""
    return Hours(tuple(_opening(part) for part in text.split(",")), zone, frozenset(map(_holiday, holidays)))


def _opening(text: str) -> Opening:
    words = " ".join(text.split())
    match = _PART.fullmatch(words)
    if match is not None:
        first = _ABBREVIATED.get(match[1].lower())
        last = _ABBREVIATED.get((match[2] or match[1]).lower())
        begins, ends = _clock(match[3], match[4]), _clock(match[5], match[6])
        if first is not None and last is not None and begins and ends and first <= last and begins < ends:
            return Opening(first, last, begins, ends)
    raise BadInput(f"“{words}” says no hours of a week", "Write them like Mon-Fri 9:00-17:00, Sat 10:00-14:00.")


def _holiday(text: str) -> tuple[int, int, int]:
    match = _HOLIDAY.fullmatch(text.strip())
    try:
        if match is not None:
            # The 29th of February is a day, in some years.
            date(int(match[1] or 2000), int(match[2]), int(match[3]))
            return int(match[1] or EACH_YEAR), int(match[2]), int(match[3])
    except ValueError:
        pass
    raise BadInput(f"“{text}” is no day", "Write 2026-12-24, or 12-25 for each year.")


def _clock(hour: str, minute: str | None) -> time | None:
    if int(hour) == 24 and not int(minute or 0):
        return time.max
    return time(int(hour), int(minute or 0)) if int(hour) < 24 and int(minute or 0) < 60 else None


def _shown(clock: time) -> str:
    if clock == time.max:
        return "24:00"
    return f"{clock.hour}:{clock.minute:02}"
