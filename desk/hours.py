"""When a team is there: `Mon-Fri 9:00-17:00, Sat 10:00-14:00`, and what that makes of a promise of so many hours.

The invariant: time that is promised in a team's hours never ends while nobody is there.
"""

import re
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
    """A week of a team, in the zone of its clocks."""

    openings: tuple[Opening, ...]
    zone: tzinfo

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

    def _open_on(self, day: date) -> list[tuple[int, int]]:
        """From when until when they are there on a day, in its order."""
        return sorted(
            (self._moment(day, each.begins), self._moment(day, each.ends))
            for each in self.openings
            if each.first <= day.weekday() <= each.last
        )

    def _moment(self, day: date, clock: time) -> int:
        return from_datetime(datetime.combine(day, clock, self.zone))


def parse_hours(text: str, zone: tzinfo) -> Hours:
    """The hours that a person wrote; BadInput where they can't be understood."""
    return Hours(tuple(_opening(part) for part in text.split(",")), zone)


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


def _clock(hour: str, minute: str | None) -> time | None:
    if int(hour) == 24 and not int(minute or 0):
        return time.max
    return time(int(hour), int(minute or 0)) if int(hour) < 24 and int(minute or 0) < 60 else None


def _shown(clock: time) -> str:
    if clock == time.max:
        return "24:00"
    return f"{clock.hour}:{clock.minute:02}"
