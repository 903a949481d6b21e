"""The answers of the last days and who still waits, read day by day from the facts of tickets.

The invariant: what the answers of some days come to is what those of each day come to, put together; so days that are
over are read once, and a refresh reads today.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from desk.metrics.facts import AWAITED, RESPONSES
from desk.reports.period import Period
from desk.service import Kind
from storage.statistics.asked import Asked
from storage.statistics.flow import WEEK

_ANSWERS = "SELECT ticket_id, channel_id, took, in_hours, met FROM ticket_fact WHERE kind=? AND at>=? AND at<?"
_AWAITED = "SELECT ticket_id, channel_id, at, until FROM ticket_fact WHERE kind=? ORDER BY at"
_NEVER = 1 << 62


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


class Awaited(NamedTuple):
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
        sorted(took for one in each for took in one.took),
        sorted(hours for one in each for hours in one.in_hours),
        sum(one.judged for one in each),
        sum(one.met for one in each),
        frozenset().union(*(one.tickets for one in each)),
        frozenset().union(*(one.judged_tickets for one in each)),
        frozenset().union(*(one.missed for one in each)),
    )


@dataclass(frozen=True, slots=True)
class Week:
    """The answers of the last days: by channel, all together, and day by day."""

    by_channel: ByChannel
    whole: Answers
    days: tuple[Answers, ...]


def week_of(asked: Asked, kind: Kind) -> Week:
    """The answers of the last days. What is over is one piece, which stays as it is while today goes on."""
    *past, today = asked.days(WEEK)
    state = asked.states(RESPONSES[kind], (*past, today))

    def before() -> ByChannel:
        return _by_channel([_of_day(asked, kind, day) for day in past])

    def read() -> Week:
        held = asked.kept.get(("before", kind, today.since), state[:-1], before, dict)
        found = _by_channel([held, _of_day(asked, kind, today)])
        days = (together(_of_day(asked, kind, day).values()) for day in (*past, today))
        return Week(found, together(found.values()), tuple(days))

    return asked.kept.get(("answers", kind, today.since), state, read, Week)


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
        return list(map(Awaited._make, asked.connection.execute(_AWAITED, (did,))))

    return asked.kept.get(("awaited", kind), waiting_state(asked, kind), read, list)


def waiting_state(asked: Asked, kind: Kind) -> int:
    """What changes whenever somebody begins to wait, or waits no more."""
    return asked.changes.get((AWAITED[kind], 0), 0)


@dataclass(frozen=True, slots=True)
class Late:
    """The tickets whose customers wait beyond their target, by channel. It holds until the next answer is due."""

    tickets: Mapping[int, frozenset[int]]
    since: int
    until: int


def late_of(asked: Asked, kind: Kind) -> Late:
    """Who waits beyond the target now."""
    what, state = ("late", kind), waiting_state(asked, kind)
    found = asked.kept.get(what, state, lambda: _read_late(asked, kind), Late)
    if asked.now < found.since or asked.now >= found.until:
        asked.kept.drop(what)
        found = asked.kept.get(what, state, lambda: _read_late(asked, kind), Late)
    return found


def _read_late(asked: Asked, kind: Kind) -> Late:
    found: dict[int, set[int]] = {}
    until = _NEVER
    for ticket, channel, _, due_at in awaited(asked, kind):
        if due_at is None:
            continue
        if due_at <= asked.now:
            found.setdefault(channel, set()).add(ticket)
        elif due_at < until:
            until = due_at
    return Late({channel: frozenset(late) for channel, late in found.items()}, asked.now, until)
