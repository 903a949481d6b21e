"""Who asks for the numbers, when and where, and what was read before and still holds.

The invariant: what is kept of a day is used again only while no fact of that day has changed, and what no fact tells
only while nobody has committed anything; so a board that is refreshed reads today and whatever was touched, and where
nothing was, hardly anything.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo
from functools import cached_property
from typing import TypeVar
from weakref import ref

from desk.metrics.facts import Did
from desk.reports.period import Period
from desk.times import DAY, MINUTE, from_datetime, to_datetime
from storage.connect import Connection

Value = TypeVar("Value")

_CHANGES = "SELECT kind, day, changes FROM fact_day"
_NAMES = {
    "team": "SELECT id, name FROM team",
    "channel": "SELECT id, label FROM channel",
    "agent": "SELECT id, name FROM agent",
}
# Zones begin their hours at a quarter of one.
_QUARTER = 15 * MINUTE


@dataclass(slots=True)
class Kept:
    """What one board has read before, by what it is and of which days; it may be thrown away at any time."""

    values: dict[tuple[object, ...], tuple[object, object]] = field(default_factory=dict)

    def get(self, what: tuple[object, ...], state: object, read: Callable[[], Value], kind: type[Value]) -> Value:
        """What was read while `state` was the same, else what is read now."""
        found = self.values.get(what)
        if found is not None and found[0] == state and isinstance(found[1], kind):
            return found[1]
        value = read()
        self.values[what] = (state, value)
        return value

    def drop(self, what: tuple[object, ...]) -> None:
        """It doesn't hold any more."""
        self.values.pop(what, None)

    def forget_before(self, day: int) -> None:
        """Days that no number asks for any more."""
        gone = [what for what in self.values if isinstance(what[-1], int) and 0 < what[-1] < day]
        for what in gone:
            del self.values[what]


@dataclass(frozen=True)
class Asked:
    """One reading: its connection, its moment and its zone. All numbers of it are of the same moment."""

    connection: Connection
    now: int
    zone: tzinfo
    kept: Kept = field(default_factory=Kept)
    # What several numbers of this reading ask for, and no later one may use.
    once: Kept = field(default_factory=Kept)

    def day(self, ago: int) -> Period:
        """A whole day of the wall clock, so many days ago."""

        def read() -> Period:
            day = to_datetime(self.now, self.zone).date() - timedelta(days=ago)
            first, following = (datetime.combine(each, time(), self.zone) for each in (day, day + timedelta(days=1)))
            return Period(from_datetime(first), from_datetime(following))

        return self.once.get(("day", ago), None, read, Period)

    def days(self, count: int) -> tuple[Period, ...]:
        """The last days, today last; each is whole, so that what was read of it holds until a fact changes."""
        return tuple(self.day(ago) for ago in range(count - 1, -1, -1))

    def hours(self, day: Period) -> tuple[tuple[int, str], ...]:
        """When each hour of a day begins, and its name on the wall: two digits. A day may have 23 or 25."""

        def read() -> tuple[tuple[int, str], ...]:
            found: list[tuple[int, str]] = []
            for at in range(day.since, day.until, _QUARTER):
                name = f"{to_datetime(at, self.zone).hour:02}"
                if not found or found[-1][1] != name:
                    found.append((at, name))
            return tuple(found)

        return self.kept.get(("hours of", day.since), self.zone, read, tuple)

    def names(self, of: str) -> Mapping[int, str]:
        """The names of all teams, channels or agents, by id."""

        def read() -> Mapping[int, str]:
            return dict(self.connection.execute(_NAMES[of]).fetchall())

        return self.kept.get(("names", of), self.version, read, dict)

    @cached_property
    def version(self) -> object:
        """What is another one whenever anything was committed, by anybody, or written over this connection.

        Connections count for themselves, each from its beginning: the version of one says nothing about another's.
        """
        (others,) = self.connection.execute("PRAGMA data_version").fetchone()
        return ref(self.connection), others, self.connection.total_changes

    @cached_property
    def changes(self) -> Mapping[tuple[int, int], int]:
        """How often the facts of a kind and a day, UTC, have changed."""

        def read() -> Mapping[tuple[int, int], int]:
            return {(kind, day): changes for kind, day, changes in self.connection.execute(_CHANGES)}

        return self.kept.get(("changes",), self.version, read, dict)

    def states(self, kind: Did, days: Iterable[Period]) -> tuple[tuple[int, ...], ...]:
        """The same of several days."""
        return tuple(self.state(kind, day) for day in days)

    def state(self, kind: Did, day: Period) -> tuple[int, ...]:
        """What changes whenever a fact of that kind and time does."""
        first, last = day.since // DAY, (day.until - 1) // DAY
        return tuple(self.changes.get((kind, each), 0) for each in range(first, last + 1))


def hour_of(hours: tuple[tuple[int, str], ...], at: int) -> str:
    """The name of the hour in which a moment of that day lies."""
    return hours[bisect_right(hours, at, key=lambda hour: hour[0]) - 1][1]
