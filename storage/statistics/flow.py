"""What came in, was solved and came back: today by the hour, and what became of what was solved in the last days.

The invariant: a ticket counts once in a number, however often it was solved or came back in that time.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

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


# The first time in some days that a ticket was solved: ticket, channel, when, whether by one answer (None where it is
# open again), and when it was last opened again. A plain row, since there are thousands.
_Solution = tuple[int, int, int, int | None, int | None]


@dataclass(slots=True)
class Became:
    """What became of tickets that were solved: how many came back, stand solved still, and took one answer alone."""

    solved: int = 0
    back: int = 0
    stand: int = 0
    once: int = 0


_ByChannel = dict[int, Became]


@dataclass(frozen=True, slots=True)
class _Week:
    """What became of all that was solved in the last days, and of what was on each of them, by channel."""

    whole: _ByChannel
    days: tuple[_ByChannel, ...]


@dataclass(frozen=True, slots=True)
class OfSolved:
    """A share of the tickets that were solved in the last days: of all, or of those that are solved still."""

    metric: str
    standing: bool

    def figure(self, asked: Asked) -> Figure:
        """The share of the week, of each channel and of each day."""
        days = asked.days(WEEK)
        state = (asked.states(Did.SOLVED, days), asked.names("channel"))
        return asked.kept.get((self.metric, days[-1].since), state, lambda: self._figure(asked), Figure)

    def behind(self, asked: Asked, part: str) -> Collection[int]:
        """The tickets that count, whether they are of the share or not."""
        return [
            ticket
            for ticket, channel, _, by_one, _ in _solutions(asked).values()
            if part in ("", str(channel)) and not (self.standing and by_one is None)
        ]

    def _figure(self, asked: Asked) -> Figure:
        names, week = asked.names("channel"), _week(asked)
        parts = (self._part(named(names, channel, ""), one) for channel, one in week.whole.items())
        whole = self._part(("", ""), _all(week.whole))
        return Figure(
            self.metric, whole.value, whole.n, whole.tickets,
            trend=tuple(self._share(_all(day)) for day in week.days),
            parts=largest_first(part for part in parts if part.n),
        )  # fmt: skip

    def _share(self, one: Became) -> float | None:
        return share(one.once, one.stand) if self.standing else share(one.back, one.solved)

    def _part(self, name: tuple[str, str], one: Became) -> Part:
        n = one.stand if self.standing else one.solved
        return Part(*name, self._share(one), n, n)


def became(solutions: Iterable[_Solution]) -> _ByChannel:
    """What became of them, by channel."""
    found: _ByChannel = defaultdict(Became)
    for _, channel, at, by_one, back_at in solutions:
        one = found[channel]
        one.solved += 1
        if back_at is not None and back_at >= at:
            one.back += 1
        if by_one is not None:
            one.stand += 1
            one.once += by_one
    return found


def _all(channels: Mapping[int, Became]) -> Became:
    ones = channels.values()
    return Became(
        sum(one.solved for one in ones),
        sum(one.back for one in ones),
        sum(one.stand for one in ones),
        sum(one.once for one in ones),
    )


def _week(asked: Asked) -> _Week:
    """The same for both shares."""
    days = asked.days(WEEK)

    def of_day(day: Period) -> _ByChannel:
        def read() -> _ByChannel:
            return became(_of_day(asked, day).values())

        return asked.kept.get(("became on", day.since), asked.state(Did.SOLVED, day), read, dict)

    def read() -> _Week:
        return _Week(became(_solutions(asked).values()), tuple(of_day(day) for day in days))

    return asked.kept.get(("became", days[0].since), asked.states(Did.SOLVED, days), read, _Week)


def _solutions(asked: Asked) -> dict[int, _Solution]:
    """The tickets that were solved in the last days, each with its first time."""
    days = asked.days(WEEK)

    def read() -> dict[int, _Solution]:
        found: dict[int, _Solution] = {}
        for day in reversed(days):
            found.update(_of_day(asked, day))
        return found

    return asked.kept.get(("solved in", days[0].since), asked.states(Did.SOLVED, days), read, dict)


def _of_day(asked: Asked, day: Period) -> dict[int, _Solution]:
    def read() -> dict[int, _Solution]:
        rows = asked.connection.execute(_SOLUTIONS, (Did.SOLVED, day.since, day.until))
        return {row[0]: row for row in rows}

    return asked.kept.get(("solved on", day.since), asked.state(Did.SOLVED, day), read, dict)


FLOW: Mapping[str, Callable[[str], Number]] = {
    "arrived": lambda metric: Moved(metric, Did.ARRIVED),
    "solved": lambda metric: Moved(metric, Did.SOLVED),
    "came_back": lambda metric: Moved(metric, Did.REOPENED),
    "one_touch": lambda metric: OfSolved(metric, standing=True),
    "reopened": lambda metric: OfSolved(metric, standing=False),
}
