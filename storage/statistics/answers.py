"""The answers of the last days and who still waits, read day by day from the facts of tickets.

The invariant: what the answers of some days come to is what those of each day come to, put together; so days that are
over are read once, and a refresh reads today.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import not_

from desk.metrics.facts import AWAITED, RESPONSES
from desk.reports.period import Period
from desk.service import Kind
from storage.statistics.asked import Asked
from storage.statistics.flow import WEEK

_ANSWERS = "SELECT channel_id, ticket_id, took, in_hours, met FROM ticket_fact WHERE kind=? AND at>=? AND at<?"
# There are thousands: as two lists they come in half the time that rows take.
_LATE = """
    SELECT json_group_array(channel_id) FILTER (WHERE until<=:now),
           json_group_array(ticket_id) FILTER (WHERE until<=:now), min(until) FILTER (WHERE until>:now)
      FROM ticket_fact WHERE kind=:kind"""
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


ByChannel = dict[int, Answers]
# Channel, ticket, how long it took, in hours, and whether that was in time. A plain row: there are thousands.
_Answer = tuple[int, int, int, int | None, int | None]


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
        rows: dict[int, list[_Answer]] = {}
        for row in asked.connection.execute(_ANSWERS, (did, day.since, day.until)):
            rows.setdefault(row[0], []).append(row)
        return {channel: _summed(found) for channel, found in rows.items()}

    return asked.kept.get((did, day.since), asked.state(did, day), read, dict)


def _summed(rows: Sequence[_Answer]) -> Answers:
    judged = [row for row in rows if row[4] is not None]
    judged_tickets = [row[1] for row in judged]
    in_time = [bool(row[4]) for row in judged]
    return Answers(
        sorted([row[2] for row in rows]),
        sorted([row[3] for row in rows if row[3] is not None]),
        len(judged),
        sum(in_time),
        frozenset([row[1] for row in rows]),
        frozenset(judged_tickets),
        frozenset(compress(judged_tickets, map(not_, in_time))),
    )


def waiting_state(asked: Asked, kind: Kind) -> int:
    """What changes whenever somebody begins to wait, or waits no more."""
    return asked.changes.get((AWAITED[kind], 0), 0)


@dataclass(frozen=True, slots=True)
class Late:
    """The tickets whose customers wait beyond their target, by channel. It holds until the next answer is due."""

    tickets: Mapping[int, frozenset[int]]
    whole: frozenset[int]
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
    found: dict[int, list[int]] = {}
    values = {"kind": AWAITED[kind], "now": asked.now}
    *late_ones, until = asked.connection.execute(_LATE, values).fetchone()
    channels, tickets = map(json.loads, late_ones)
    for channel, ticket in zip(channels, tickets, strict=True):
        found.setdefault(channel, []).append(ticket)
    late = {channel: frozenset(some) for channel, some in found.items()}
    return Late(late, frozenset(tickets), asked.now, _NEVER if until is None else until)
