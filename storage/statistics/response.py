"""How soon customers were answered, and who still waits: by both clocks, against the targets, by channel and day.

The invariant: a figure is kept only while nothing of what it is counted from changes, and nobody becomes late.
"""

import json
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from typing_extensions import override

from desk.metrics.facts import AWAITED, RESPONSES, Did
from desk.metrics.snapshot import Figure, Part, Reported
from desk.service import Kind
from storage.clocks import targets
from storage.statistics.answers import Answers, Late, late_of, together, waiting_state, week_of
from storage.statistics.asked import Asked
from storage.statistics.flow import WEEK
from storage.statistics.number import Number, largest_first, named, share, spans

_REPORTED = """
    SELECT ifnull(s.name, ''), f.took FROM ticket_fact f JOIN ticket t ON t.id = f.ticket_id
      LEFT JOIN source s ON s.id = t.source_id WHERE f.kind=? AND f.at>=? AND f.at<? ORDER BY 1, f.took"""
_AWAITS = {"first": Did.AWAITS_FIRST, "next": Did.AWAITS_NEXT}
# There are thousands: as two lists they come in half the time that rows take.
_SINCE = "SELECT json_group_array(at), json_group_array(channel_id) FROM ticket_fact WHERE kind IN (:first, :next)"
_WAITING = """
    SELECT ticket_id FROM ticket_fact
     WHERE kind IN (:first, :next) AND (:channel IS NULL OR channel_id = :channel)"""
_NO_HOURS = "Your targets name no hours: heard rules export targets shows where they belong."
_NO_SOURCE = "where it came from"


@dataclass(frozen=True, slots=True)
class Took:
    """How long the answers of the last days took, by the calendar or in hours."""

    metric: str
    kind: Kind
    in_hours: bool = False

    def figure(self, asked: Asked) -> Figure:
        """Mean, median and nine of ten; by channel, and the median of each day."""
        if self._nobody_says(asked):
            return Figure(self.metric, None, 0, 0, why_not=_NO_HOURS)
        state = (*_state(asked, self.kind), asked.states(Did.SAID_FIRST_RESPONSE, asked.days(WEEK)))
        return asked.kept.get((self.metric, asked.day(0).since), state, lambda: self._figure(asked), Figure)

    def behind(self, asked: Asked, part: str) -> Collection[int]:
        """The tickets that were answered."""
        found = {} if self._nobody_says(asked) else week_of(asked, self.kind).by_channel
        return together(each for channel, each in found.items() if part in ("", str(channel))).tickets

    def _figure(self, asked: Asked) -> Figure:
        week, names = week_of(asked, self.kind), asked.names("channel")
        whole = spans(self._spans(week.whole))
        parts = (self._part(named(names, channel, ""), each) for channel, each in week.by_channel.items())
        return Figure(
            self.metric, whole.p50, whole.n, len(week.whole.tickets), whole.mean, whole.p50, whole.p90,
            trend=tuple(spans(self._spans(day)).p50 for day in week.days),
            parts=largest_first(part for part in parts if part.n),
            reported=_reported(asked) if self.metric == "first_response" else (),
        )  # fmt: skip

    def _nobody_says(self, asked: Asked) -> bool:
        """Whether it is asked in hours, and the team has none."""
        return self.in_hours and targets(asked.connection).hours is None

    def _spans(self, each: Answers) -> Sequence[int]:
        return each.in_hours if self.in_hours else each.took

    def _part(self, name: tuple[str, str], each: Answers) -> Part:
        told = spans(self._spans(each))
        return Part(*name, told.p50, told.n, len(each.tickets), told.p50, told.p90)


@dataclass(frozen=True, slots=True)
class _Judged(ABC):
    """A figure about answers and their targets: of the week, of each channel, and of each day's answers."""

    metric: str
    kind: Kind

    def figure(self, asked: Asked) -> Figure:
        """The figure as it stands."""
        late = late_of(asked, self.kind)
        state = (*_state(asked, self.kind), waiting_state(asked, self.kind), late.since)
        return asked.kept.get((self.metric, asked.day(0).since), state, lambda: self._figure(asked, late), Figure)

    @abstractmethod
    def _figure(self, asked: Asked, late: Late) -> Figure:
        """It, counted; `late`: who waits beyond their target."""


class Level(_Judged):
    """The share of answers within their target: of the answers, and of who still waits beyond it."""

    __slots__ = ()

    def behind(self, asked: Asked, part: str) -> Collection[int]:
        """The tickets whose answers were judged, in time or not."""
        return _with_late(asked, self.kind, part, lambda each: each.judged_tickets)

    @override
    def _figure(self, asked: Asked, late: Late) -> Figure:
        week, names = week_of(asked, self.kind), asked.names("channel")
        parts = (
            self._part(named(names, key, ""), week.by_channel.get(key, Answers()), late.tickets.get(key, frozenset()))
            for key in {**week.by_channel, **late.tickets}
        )
        whole = self._part(("", ""), week.whole, late.whole)
        return Figure(
            self.metric, whole.value, whole.n, whole.tickets,
            trend=tuple(share(day.met, day.judged) for day in week.days),
            parts=largest_first(part for part in parts if part.n),
        )  # fmt: skip

    def _part(self, name: tuple[str, str], each: Answers, late: frozenset[int]) -> Part:
        judged = each.judged + len(late)
        return Part(*name, share(each.met, judged), judged, _either(each.judged_tickets, late))


class Missed(_Judged):
    """The tickets on which an answer came too late, or is overdue."""

    __slots__ = ()

    def behind(self, asked: Asked, part: str) -> Collection[int]:
        """Those tickets."""
        return _with_late(asked, self.kind, part, lambda each: each.missed)

    @override
    def _figure(self, asked: Asked, late: Late) -> Figure:
        week, names = week_of(asked, self.kind), asked.names("channel")
        count = _either(week.whole.missed, late.whole)
        keys = {**week.by_channel, **late.tickets}
        counts = (
            _either(week.by_channel.get(key, Answers()).missed, late.tickets.get(key, frozenset())) for key in keys
        )
        parts = ((named(names, key, ""), number) for key, number in zip(keys, counts, strict=True))
        return Figure(
            self.metric, count, count, count,
            trend=tuple(len(day.missed) for day in week.days),
            parts=largest_first(Part(*name, number, number, number) for name, number in parts if number),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Waiting:
    """The customers who wait for an answer of ours now, and for how long they have waited."""

    metric: str

    def figure(self, asked: Asked) -> Figure:
        """How many, and how long by now; by channel."""
        held, names = _waiting_since(asked), asked.names("channel")
        n, mean, p50, p90 = _by_now(held, asked.now)
        parts = (Part(*named(names, key, ""), count, count, count) for key, count in held.channels.items())
        return Figure(self.metric, n, n, n, mean, p50, p90, parts=largest_first(parts))

    def behind(self, asked: Asked, part: str) -> Collection[int]:
        """Their tickets."""
        found = asked.connection.execute(_WAITING, {**_AWAITS, "channel": part or None})
        return [row[0] for row in found]


@dataclass(frozen=True, slots=True)
class Since:
    """Since when each of those who wait does, the newest first; the sum of that, and how many they are by channel."""

    times: Sequence[int]
    total: int
    channels: Mapping[int, int]


def _waiting_since(asked: Asked) -> Since:
    state = tuple(waiting_state(asked, kind) for kind in AWAITED)

    def read() -> Since:
        times, channels = map(json.loads, asked.connection.execute(_SINCE, _AWAITS).fetchone())
        times.sort(reverse=True)
        return Since(times, sum(times), Counter(channels))

    return asked.kept.get(("waiting since",), state, read, Since)


def _by_now(held: Since, now: int) -> tuple[int, float | None, int | None, int | None]:
    """How many wait, and mean, median and nine of ten of how long; a message of the future waits for nobody."""
    n = len(held.times)
    if not n or held.times[0] > now:
        told = spans([max(0, now - at) for at in held.times])
        return told.n, told.mean, told.p50, told.p90
    return n, (n * now - held.total) / n, now - held.times[(n - 1) // 2], now - held.times[-(-n * 9 // 10) - 1]


def _either(some: frozenset[int], others: frozenset[int]) -> int:
    """How many tickets are in one of the two; who waits may be many, and is in both but seldom."""
    return len(some) + len(others) - len(some & others)


def _with_late(asked: Asked, kind: Kind, part: str, of: Callable[[Answers], frozenset[int]]) -> frozenset[int]:
    answered = (of(each) for key, each in week_of(asked, kind).by_channel.items() if part in ("", str(key)))
    late = (each for key, each in late_of(asked, kind).tickets.items() if part in ("", str(key)))
    return frozenset().union(*answered, *late)


def _state(asked: Asked, kind: Kind) -> tuple[object, ...]:
    """What a figure about answers is kept by."""
    return (asked.states(RESPONSES[kind], asked.days(WEEK)), asked.names("channel"))


def _reported(asked: Asked) -> tuple[Reported, ...]:
    """What the sources themselves say of the first response, each on its own."""
    since, until = asked.days(WEEK)[0].since, asked.day(0).until
    took: dict[str, list[int]] = {}
    for source, each in asked.connection.execute(_REPORTED, (Did.SAID_FIRST_RESPONSE, since, until)):
        took.setdefault(source or _NO_SOURCE, []).append(each)
    return tuple(Reported(source, spans(ordered).p50, len(ordered)) for source, ordered in took.items())


RESPONSE: Mapping[str, Callable[[str], Number]] = {
    "waiting": Waiting,
    "first_response": lambda metric: Took(metric, "first"),
    "first_response_business": lambda metric: Took(metric, "first", in_hours=True),
    "next_response": lambda metric: Took(metric, "next"),
    "next_response_business": lambda metric: Took(metric, "next", in_hours=True),
    "first_level": lambda metric: Level(metric, "first"),
    "next_level": lambda metric: Level(metric, "next"),
    "first_missed": lambda metric: Missed(metric, "first"),
    "next_missed": lambda metric: Missed(metric, "next"),
}
