"""What came in, was solved and came back: today by the hour, and what became of what was solved in the last days.

The invariant: a ticket counts once in a number, however often it was solved or came back in that time.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from desk.metrics.facts import Did
from desk.metrics.snapshot import Figure, Part
from desk.reports.period import Period
from storage.statistics.asked import Asked, hour_of
from storage.statistics.number import Number, largest_first, named, share

WEEK = 7
_MOVES = "SELECT at, ticket_id FROM ticket_fact WHERE kind=? AND at>=? AND at<?"
_SOLUTIONS = """
    SELECT ticket_id, channel_id, at, met, until FROM ticket_fact WHERE kind=? AND at>=? AND at<? ORDER BY at DESC"""


@dataclass(frozen=True, slots=True)
class Day:
    """What happened on one day: when and on which tickets, and how many those are."""

    moves: tuple[tuple[int, int], ...]
    tickets: int


@dataclass(frozen=True, slots=True)
class Moved:
    """Tickets on which something happened today, by hour, beside the same weekday a week ago."""

    metric: str
    did: Did

    def figure(self, asked: Asked) -> Figure:
        """How many, by hour, and on each of the last days."""
        days = [self._day(asked, day) for day in asked.days(WEEK)]
        passed, ago = asked.now - asked.day(0).since, asked.day(WEEK)
        before = self._day(asked, ago)
        by_now = {ticket for at, ticket in before.moves if at - ago.since < passed}
        tickets = days[-1].tickets
        return Figure(
            self.metric, tickets, tickets, tickets,
            before=len(by_now),
            trend=tuple(day.tickets for day in days),
            parts=self._hours(asked, self._by_hour(asked, asked.day(0)), self._by_hour(asked, ago)),
        )  # fmt: skip

    def behind(self, asked: Asked, part: str) -> Collection[int]:
        """The tickets of today, or of one of its hours."""
        today = asked.day(0)
        hours = asked.hours(today)
        return {ticket for at, ticket in self._day(asked, today).moves if part in ("", hour_of(hours, at))}

    def _hours(self, asked: Asked, counts: Mapping[str, int], before: Mapping[str, int]) -> tuple[Part, ...]:
        """Each hour; one that is still to come has no value."""
        begins: dict[str, int] = {}
        for at, name in asked.hours(asked.day(0)):
            begins.setdefault(name, at)
        return tuple(
            Part(name, f"{name}:00", count if count or at <= asked.now else None, count, count,
                 before=before.get(name, 0))
            for name, at in begins.items()
            for count in (counts.get(name, 0),)
        )  # fmt: skip

    def _day(self, asked: Asked, day: Period) -> Day:
        def read() -> Day:
            moves = tuple(asked.connection.execute(_MOVES, (self.did, day.since, day.until)).fetchall())
            return Day(moves, len({ticket for _, ticket in moves}))

        return asked.kept.get((self.did, day.since), asked.state(self.did, day), read, Day)

    def _by_hour(self, asked: Asked, day: Period) -> Mapping[str, int]:
        """On how many tickets in each hour of a day."""

        def read() -> Counter[str]:
            hours = asked.hours(day)
            in_hours = {(hour_of(hours, at), ticket) for at, ticket in self._day(asked, day).moves}
            return Counter(hour for hour, _ in in_hours)

        return asked.kept.get(("hours", self.did, day.since), asked.state(self.did, day), read, Counter)


class Solution(NamedTuple):
    """The first time in some days that a ticket was solved. `by_one` is None where it isn't solved any more."""

    channel_id: int
    at: int
    by_one: int | None
    back_at: int | None

    @property
    def came_back(self) -> bool:
        """Whether it was opened again since."""
        return self.back_at is not None and self.back_at >= self.at

    @property
    def stands(self) -> bool:
        """Whether it is solved still."""
        return self.by_one is not None


@dataclass(frozen=True, slots=True)
class OfSolved:
    """A share of the tickets that were solved in the last days: the `one`s, of all or of what is solved still."""

    metric: str
    one: Callable[[Solution], bool]
    standing: bool = False

    def figure(self, asked: Asked) -> Figure:
        """The share of the week, of each channel and of each day."""
        state = (asked.states(Did.SOLVED, asked.days(WEEK)), asked.names("channel"))
        return asked.kept.get((self.metric, asked.day(0).since), state, lambda: self._figure(asked), Figure)

    def _figure(self, asked: Asked) -> Figure:
        week = self._counted(_solutions(asked))
        groups: dict[int, list[Solution]] = defaultdict(list)
        for each in week.values():
            groups[each.channel_id].append(each)
        names = asked.names("channel")
        parts = [self._part(named(names, channel, ""), ones) for channel, ones in groups.items()]
        whole = self._part(("", ""), week.values())
        days = (self._counted(_of_day(asked, day)) for day in asked.days(WEEK))
        return Figure(
            self.metric, whole.value, whole.n, whole.tickets,
            trend=tuple(self._share(day.values()) for day in days),
            parts=largest_first(parts),
        )  # fmt: skip

    def behind(self, asked: Asked, part: str) -> Collection[int]:
        """The tickets that count, whether they are of the share or not."""
        found = self._counted(_solutions(asked))
        return [ticket for ticket, each in found.items() if part in ("", str(each.channel_id))]

    def _counted(self, found: Mapping[int, Solution]) -> dict[int, Solution]:
        return {ticket: each for ticket, each in found.items() if each.stands or not self.standing}

    def _share(self, ones: Collection[Solution]) -> float | None:
        return share(sum(map(self.one, ones)), len(ones))

    def _part(self, name: tuple[str, str], ones: Collection[Solution]) -> Part:
        return Part(*name, self._share(ones), len(ones), len(ones))


def _solutions(asked: Asked) -> dict[int, Solution]:
    """The tickets that were solved in the last days, each with its first time."""
    days = asked.days(WEEK)
    state = asked.states(Did.SOLVED, days)

    def read() -> dict[int, Solution]:
        found: dict[int, Solution] = {}
        for day in reversed(days):
            found.update(_of_day(asked, day))
        return found

    return asked.kept.get(("solved in", days[0].since), state, read, dict)


def _of_day(asked: Asked, day: Period) -> dict[int, Solution]:
    def read() -> dict[int, Solution]:
        rows = asked.connection.execute(_SOLUTIONS, (Did.SOLVED, day.since, day.until))
        return {ticket: Solution(*rest) for ticket, *rest in rows}

    return asked.kept.get(("solved on", day.since), asked.state(Did.SOLVED, day), read, dict)


FLOW: Mapping[str, Callable[[str], Number]] = {
    "arrived": lambda metric: Moved(metric, Did.ARRIVED),
    "solved": lambda metric: Moved(metric, Did.SOLVED),
    "came_back": lambda metric: Moved(metric, Did.REOPENED),
    "one_touch": lambda metric: OfSolved(metric, lambda each: bool(each.by_one), standing=True),
    "reopened": lambda metric: OfSolved(metric, lambda each: each.came_back),
}
