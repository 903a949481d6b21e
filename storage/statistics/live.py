"""The numbers of this moment, counted over the active tickets by their partial indexes: closed years cost nothing.

The invariant: a number and the tickets behind it are the same condition, asked once for its count and once for its ids.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from desk.metrics.snapshot import Figure, Part
from desk.mood import UPSET
from desk.service import AGES, OLDEST
from desk.times import HOUR
from storage.statistics.asked import Asked
from storage.statistics.number import NO_ONE, Number, largest_first, named

_NOT_SNOOZED = "(t.snoozed_until IS NULL OR t.snoozed_until<=:now)"
_NO_TEAM = "No team"


@dataclass(frozen=True, slots=True)
class Counted:
    """The active tickets that fit a condition, by the index that answers it.

    The condition may name :now, :soon (an hour from now) and :midnight (the next one). `column` is what the parts are
    told apart by, `of` whose names they bear, `none` what those without are called.
    """

    metric: str
    index: str
    condition: str
    column: str = "team_id"
    of: str = "team"
    none: str = _NO_TEAM

    def figure(self, asked: Asked) -> Figure:
        """How it stands, with its parts."""
        query = f"SELECT t.{self.column}, count(*) FROM {self._tickets} GROUP BY 1"  # noqa: S608  ours
        counts = asked.connection.execute(query, _times(asked)).fetchall()
        names = asked.names(self.of) if counts else {}
        parts = (Part(*named(names, key, self.none), count, count, count) for key, count in counts)
        total = sum(count for _, count in counts)
        return Figure(self.metric, total, total, total, parts=largest_first(parts))

    def behind(self, asked: Asked, part: str) -> Collection[int]:
        """Its tickets."""
        query, values = f"SELECT t.id FROM {self._tickets}", _times(asked)  # noqa: S608  ours
        if part:
            query += f" AND t.{self.column} IS :part"
            values |= {"part": None if part == NO_ONE else int(part)}
        return [row[0] for row in asked.connection.execute(query, values)]

    @property
    def _tickets(self) -> str:
        # Left to itself, SQLite may walk all tickets of each team, closed ones too.
        return f"ticket t INDEXED BY ticket_active_{self.index} WHERE t.status<3 AND {self.condition}"


@dataclass(frozen=True, slots=True)
class Aged:
    """The backlog by age: how long ago the tickets came in."""

    metric: str

    def figure(self, asked: Asked) -> Figure:
        """The counts of each age, the youngest first."""
        parts: list[Part] = []
        for key, label, since, until in _ages(asked.now):
            count = asked.connection.execute(_AGED.format("count(*)"), (since, until)).fetchone()[0]
            parts.append(Part(key, label, count, count, count))
        total = sum(part.n for part in parts)
        return Figure(self.metric, total, total, total, parts=tuple(parts))

    def behind(self, asked: Asked, part: str) -> Collection[int]:
        """Its tickets."""
        return [
            row[0]
            for key, _, since, until in _ages(asked.now)
            if part in ("", key)
            for row in asked.connection.execute(_AGED.format("t.id"), (since, until))
        ]


_AGED = "SELECT {} FROM ticket t WHERE t.status<3 AND t.created_at > ? AND t.created_at <= ?"
_EVER = 1 << 62


def _ages(now: int) -> list[tuple[str, str, int, int]]:
    """Key and label of each age, and when its tickets came in: later than one time, and no later than the other."""
    limits = [-_EVER, *(now - limit for limit, _ in reversed(AGES)), _EVER]
    labels = [OLDEST, *(label for _, label in reversed(AGES))]
    bounds = list(zip(labels, limits, limits[1:], strict=False))
    return [(str(place), label, since, until) for place, (label, since, until) in enumerate(reversed(bounds))]


def _times(asked: Asked) -> dict[str, int | None]:
    return {"now": asked.now, "soon": asked.now + HOUR, "midnight": asked.day(0).until}


LIVE: Mapping[str, Callable[[str], Number]] = {
    "backlog": Aged,
    "backlog_team": lambda metric: Counted(metric, "team", "1"),
    "open": lambda metric: Counted(metric, "team", f"t.status=0 AND {_NOT_SNOOZED}"),
    "unassigned": lambda metric: Counted(metric, "team", f"t.assignee_id IS NULL AND {_NOT_SNOOZED}"),
    "due_hour": lambda metric: Counted(metric, "due", "t.due_at>=:now AND t.due_at<:soon"),
    "late": lambda metric: Counted(metric, "team", "t.due_at<:now"),
    "promises_due": lambda metric: Counted(metric, "due", "t.promised_at<:midnight"),
    "angry": lambda metric: Counted(metric, "due", f"t.mood>={UPSET}"),
    "repeated": lambda metric: Counted(metric, "again", "t.contacts>1"),
    "load": lambda metric: Counted(metric, "assignee", "t.assignee_id IS NOT NULL", "assignee_id", "agent", "Nobody"),
}
