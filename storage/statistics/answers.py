"""How soon customers were answered, and who still waits: by both clocks, against the targets, by channel and day.

The invariant: what the answers of some days come to is what those of each day come to, put together; so days that are
over are read once, and a refresh reads today.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge

from desk.metrics.facts import AWAITED, RESPONSES, Did
from desk.metrics.snapshot import Figure, Part, Reported
from desk.reports.period import Period
from desk.service import Kind
from storage.clocks import targets
from storage.statistics.asked import Asked
from storage.statistics.flow import WEEK
from storage.statistics.number import Number, largest_first, named, share, spans

_ANSWERS = "SELECT ticket_id, channel_id, took, in_hours, met FROM ticket_fact WHERE kind=? AND at>=? AND at<?"
_AWAITED = "SELECT ticket_id, channel_id, at, until FROM ticket_fact WHERE kind=? ORDER BY at"
_REPORTED = """
    SELECT ifnull(s.name, ''), f.took FROM ticket_fact f JOIN ticket t ON t.id = f.ticket_id
      LEFT JOIN source s ON s.id = t.source_id WHERE f.kind=? AND f.at>=? AND f.at<? ORDER BY 1, f.took"""
_NO_HOURS = "Your targets name no hours: heard rules export targets shows where they belong."
_NO_SOURCE = "where it came from"


@dataclass(frozen=True, slots=True)
class Answers:
    """Some answers: how long each took, sorted; how many a target asked for, and how many of those were in time."""

    took: Sequence[int] = ()
    in_hours: Sequence[int] = ()
    judged: int = 0
    met: int = 0
    tickets: frozenset[int] = frozenset()
    judged_tickets: frozenset[int] = frozenset()
    missed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Awaited:
    """A customer who waits since a time, and when the answer is due."""

    ticket_id: int
    channel_id: int
    since: int
    due_at: int | None


ByChannel = dict[int, Answers]


def together(several: Iterable[Answers]) -> Answers:
    """What they come to as one."""
    each = [one for one in several if one.tickets]
    if len(each) == 1:
        return each[0]
    return Answers(
        list(merge(*(one.took for one in each))),
        list(merge(*(one.in_hours for one in each))),
        sum(one.judged for one in each),
        sum(one.met for one in each),
        frozenset().union(*(one.tickets for one in each)),
        frozenset().union(*(one.judged_tickets for one in each)),
        frozenset().union(*(one.missed for one in each)),
    )


def _answers(asked: Asked, kind: Kind) -> ByChannel:
    """Those of the last days. What is over is one piece, which stays as it is while today goes on."""
    *past, today = asked.days(WEEK)

    def before() -> ByChannel:
        return _by_channel([_of_day(asked, kind, day) for day in past])

    def read() -> ByChannel:
        held = asked.kept.get(("before", kind, today.since), state[:-1], before, dict)
        return _by_channel([held, _of_day(asked, kind, today)])

    state = tuple(asked.state(RESPONSES[kind], day) for day in (*past, today))
    return asked.kept.get(("answers", kind, today.since), state, read, dict)


def _by_channel(several: Sequence[ByChannel]) -> ByChannel:
    keys = dict.fromkeys(key for each in several for key in each)
    return {key: together(each[key] for each in several if key in each) for key in keys}


def _of_day(asked: Asked, kind: Kind, day: Period) -> ByChannel:
    did = RESPONSES[kind]

    def read() -> ByChannel:
        rows: dict[int, list[tuple[int, int, int | None, int | None]]] = {}
        for ticket, channel, *rest in asked.connection.execute(_ANSWERS, (did, day.since, day.until)):
            rows.setdefault(channel, []).append((ticket, *rest))
        return {channel: _summed(found) for channel, found in rows.items()}

    return asked.kept.get((did, day.since), asked.state(did, day), read, dict)


def _summed(rows: Sequence[tuple[int, int, int | None, int | None]]) -> Answers:
    judged = [(ticket, met) for ticket, _, _, met in rows if met is not None]
    return Answers(
        sorted(took for _, took, _, _ in rows),
        sorted(hours for _, _, hours, _ in rows if hours is not None),
        len(judged),
        sum(met for _, met in judged),
        frozenset(row[0] for row in rows),
        frozenset(ticket for ticket, _ in judged),
        frozenset(ticket for ticket, met in judged if not met),
    )


def awaited(asked: Asked, kind: Kind) -> list[Awaited]:
    """Who waits for such an answer now, the longest first."""
    did = AWAITED[kind]

    def read() -> list[Awaited]:
        return [Awaited(*row) for row in asked.connection.execute(_AWAITED, (did,))]

    return asked.kept.get((did,), asked.changes.get((did, 0), 0), read, list)


def _late(asked: Asked, kind: Kind) -> dict[int, set[int]]:
    """The tickets whose customers wait beyond their target now, by channel."""
    found: dict[int, set[int]] = {}
    for each in awaited(asked, kind):
        if each.due_at is not None and each.due_at <= asked.now:
            found.setdefault(each.channel_id, set()).add(each.ticket_id)
    return found


@dataclass(frozen=True, slots=True)
class Took:
    """How long the answers of the last days took, by the calendar or in hours."""

    metric: str
    kind: Kind
    in_hours: bool = False

    def figure(self, asked: Asked) -> Figure:
        """Mean, median and nine of ten; by channel, and the median of each day."""
        if self.in_hours and targets(asked.connection).hours is None:
            return Figure(self.metric, None, 0, 0, why_not=_NO_HOURS)
        found, names = _answers(asked, self.kind), asked.names("channel")
        whole = spans(self._spans(together(found.values())))
        days = (together(_of_day(asked, self.kind, day).values()) for day in asked.days(WEEK))
        parts = (self._part(named(names, channel, ""), each) for channel, each in found.items())
        return Figure(
            self.metric, whole.p50, whole.n, len(self.behind(asked, "")), whole.mean, whole.p50, whole.p90,
            trend=tuple(spans(self._spans(day)).p50 for day in days),
            parts=largest_first(part for part in parts if part.n),
            reported=_reported(asked) if self.metric == "first_response" else (),
        )  # fmt: skip

    def behind(self, asked: Asked, part: str) -> Collection[int]:
        """The tickets that were answered."""
        if self.in_hours and targets(asked.connection).hours is None:
            return ()
        found = _answers(asked, self.kind)
        return together(each for channel, each in found.items() if part in ("", str(channel))).tickets

    def _spans(self, each: Answers) -> Sequence[int]:
        return each.in_hours if self.in_hours else each.took

    def _part(self, name: tuple[str, str], each: Answers) -> Part:
        told = spans(self._spans(each))
        return Part(*name, told.p50, told.n, len(each.tickets), told.p50, told.p90)


@dataclass(frozen=True, slots=True)
class Level:
    """The share of answers within their target: of the answers, and of who still waits beyond it."""

    metric: str
    kind: Kind

    def figure(self, asked: Asked) -> Figure:
        """The share of the week, of each channel, and of each day's answers."""
        found, late, names = _answers(asked, self.kind), _late(asked, self.kind), asked.names("channel")
        parts = (self._part(named(names, key, ""), found.get(key, Answers()), late.get(key, set()))
                 for key in {**found, **late})  # fmt: skip
        whole = self._part(("", ""), together(found.values()), set().union(*late.values()))
        days = (together(_of_day(asked, self.kind, day).values()) for day in asked.days(WEEK))
        return Figure(
            self.metric, whole.value, whole.n, whole.tickets,
            trend=tuple(share(day.met, day.judged) for day in days),
            parts=largest_first(part for part in parts if part.n),
        )  # fmt: skip

    def behind(self, asked: Asked, part: str) -> Collection[int]:
        """The tickets whose answers were judged, in time or not."""
        return _with_late(asked, self.kind, part, lambda each: each.judged_tickets)

    def _part(self, name: tuple[str, str], each: Answers, late: Collection[int]) -> Part:
        judged = each.judged + len(late)
        return Part(*name, share(each.met, judged), judged, len(each.judged_tickets.union(late)))


@dataclass(frozen=True, slots=True)
class Missed:
    """The tickets on which an answer came too late, or is overdue."""

    metric: str
    kind: Kind

    def figure(self, asked: Asked) -> Figure:
        """How many, of each channel, and by day of the answer."""
        keys = {**_answers(asked, self.kind), **_late(asked, self.kind)}
        names = asked.names("channel")
        parts = ((named(names, key, ""), len(self.behind(asked, str(key)))) for key in keys)
        count = len(self.behind(asked, ""))
        days = (together(_of_day(asked, self.kind, day).values()) for day in asked.days(WEEK))
        return Figure(
            self.metric, count, count, count,
            trend=tuple(len(day.missed) for day in days),
            parts=largest_first(Part(*name, number, number, number) for name, number in parts if number),
        )  # fmt: skip

    def behind(self, asked: Asked, part: str) -> Collection[int]:
        """Those tickets."""
        return _with_late(asked, self.kind, part, lambda each: each.missed)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The customers who wait for an answer of ours now, and for how long they have waited."""

    metric: str

    def figure(self, asked: Asked) -> Figure:
        """How many, and how long by now; by channel."""
        found = _all_awaited(asked)
        waited = spans(sorted(max(0, asked.now - each.since) for each in found))
        groups: dict[int, list[Awaited]] = {}
        for each in found:
            groups.setdefault(each.channel_id, []).append(each)
        names = asked.names("channel")
        parts = (Part(*named(names, key, ""), len(ones), len(ones), len(ones)) for key, ones in groups.items())
        return Figure(
            self.metric, waited.n, waited.n, waited.n, waited.mean, waited.p50, waited.p90, parts=largest_first(parts)
        )

    def behind(self, asked: Asked, part: str) -> Collection[int]:
        """Their tickets."""
        return [each.ticket_id for each in _all_awaited(asked) if part in ("", str(each.channel_id))]


def _all_awaited(asked: Asked) -> list[Awaited]:
    return [*awaited(asked, "first"), *awaited(asked, "next")]


def _with_late(
    asked: Asked, kind: Kind, part: str, of: Callable[[Answers], frozenset[int]]
) -> frozenset[int]:  # fmt: skip
    answered = (of(each) for key, each in _answers(asked, kind).items() if part in ("", str(key)))
    late = (each for key, each in _late(asked, kind).items() if part in ("", str(key)))
    return frozenset().union(*answered, *late)


def _reported(asked: Asked) -> tuple[Reported, ...]:
    """What the sources themselves say of the first response, each on its own."""
    since, until = asked.days(WEEK)[0].since, asked.day(0).until
    took: dict[str, list[int]] = {}
    for source, each in asked.connection.execute(_REPORTED, (Did.SAID_FIRST_RESPONSE, since, until)):
        took.setdefault(source or _NO_SOURCE, []).append(each)
    return tuple(Reported(source, spans(ordered).p50, len(ordered)) for source, ordered in took.items())


ANSWERS: Mapping[str, Callable[[str], Number]] = {
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
