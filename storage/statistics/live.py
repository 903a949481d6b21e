"""The numbers of this moment, counted over the active tickets by their partial indexes: closed years cost nothing.

The invariant: a number and the tickets behind it are the same condition, asked once for its count and once for its ids.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from desk.metrics.snapshot import Figure, Part
from desk.mood import UPSET
from desk.service import AGES, OLDEST
from desk.times import HOUR
from storage.statistics.asked import Asked
from storage.statistics.number import NO_ONE, Number, largest_first, named

_NOT_SNOOZED = "(t.snoozed_until IS NULL OR t.snoozed_until<=:now)"
_NO_TEAM = "No team"


# What each number of teams counts: all of them in one pass, over an index that has whatever they ask for.
# A condition may name :now, :soon (an hour from now) and :midnight (the next one).
_OF_TEAMS: Mapping[str, str] = {
    "backlog_team": "1",
    "open": f"t.status=0 AND {_NOT_SNOOZED}",
    "unassigned": f"t.assignee_id IS NULL AND {_NOT_SNOOZED}",
    "due_hour": "t.due_at>=:now AND t.due_at<:soon",
    "late": "t.due_at<:now",
    "promises_due": "t.promised_at<:midnight",
    "angry": f"t.mood>={UPSET}",
    "repeated": "t.contacts>1",
}
# Left to itself, SQLite may walk all tickets of each team, closed ones too.
_TEAMS = "ticket t INDEXED BY ticket_active_team WHERE t.status<3"
_COUNTS = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in _OF_TEAMS.values())
_COUNTED = f"SELECT t.team_id, {_COUNTS} FROM {_TEAMS} GROUP BY 1"  # noqa: S608  the conditions are ours
_LOAD = "ticket t INDEXED BY ticket_active_assignee WHERE t.status<3 AND t.assignee_id IS NOT NULL"
_LOADED = f"SELECT t.assignee_id, count(*) FROM {_LOAD} GROUP BY 1"  # noqa: S608  ours


@dataclass(frozen=True, slots=True)
class OfTeams:
    """The active tickets that fit a condition, by team."""

    metric: str

    def figure(self, asked: Asked) -> Figure:
        """How many, and how many of each team."""
        return _parted(self.metric, self._counts(asked), asked.names("team"), _NO_TEAM)

    def behind(self, asked: Asked, part: str) -> Collection[int]:
        """Its tickets."""
        query, values = f"SELECT t.id FROM {_TEAMS} AND {_OF_TEAMS[self.metric]}", _times(asked)  # noqa: S608  ours
        if part:
            query += " AND t.team_id IS :part"
            values |= {"part": None if part == NO_ONE else int(part)}
        return [row[0] for row in asked.connection.execute(query, values)]

    def _counts(self, asked: Asked) -> list[tuple[int | None, int]]:
        def read() -> list[tuple[int | None, ...]]:
            return asked.connection.execute(_COUNTED, _times(asked)).fetchall()

        place = 1 + list(_OF_TEAMS).index(self.metric)
        return [(row[0], row[place] or 0) for row in asked.once.get(("of teams",), None, read, list)]


@dataclass(frozen=True, slots=True)
class Load:
    """The active tickets of each agent."""

    metric: str

    def figure(self, asked: Asked) -> Figure:
        """How many, and how many of each agent."""
        return asked.kept.get((self.metric,), asked.version, lambda: self._figure(asked), Figure)

    def _figure(self, asked: Asked) -> Figure:
        counts = asked.connection.execute(_LOADED).fetchall()
        return _parted(self.metric, counts, asked.names("agent"), "Nobody")

    def behind(self, asked: Asked, part: str) -> Collection[int]:
        """Their tickets."""
        query = f"SELECT t.id FROM {_LOAD} AND (:part = '' OR t.assignee_id = CAST(:part AS INTEGER))"  # noqa: S608  ours
        return [row[0] for row in asked.connection.execute(query, {"part": part})]


def _parted(metric: str, counts: Iterable[tuple[int | None, int]], names: Mapping[int, str], otherwise: str) -> Figure:
    """A count with its parts; a part without any is none."""
    some = [(key, count) for key, count in counts if count]
    parts = (Part(*named(names, key, otherwise), count, count, count) for key, count in some)
    total = sum(count for _, count in some)
    return Figure(metric, total, total, total, parts=largest_first(parts))


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
    **dict.fromkeys(_OF_TEAMS, OfTeams),
    "load": Load,
}
