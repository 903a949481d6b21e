"""The facts behind the service report: who waited, what came, what was solved and came back, in a period.

Counted from messages and history by their indexes on time, so that closed years cost nothing. A ticket that was merged
counts where it went; one that a source brought already solved has no history, and then its own times are taken.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from desk.metrics.facts import Judged
from desk.reports.period import Period
from desk.service import Kind, Said, Wait, due, waits, within
from desk.statuses import Status
from storage.clocks import aims, targets, turns
from storage.connect import Connection
from storage.reports.first_contact import OF_TICKET

# What the customer said, and every answer of ours that left. Who has waited since before the period stands on a ticket
# that is still open, however long nobody has touched it.
_SAID = """
    SELECT m.ticket_id, m.at, m.kind FROM ticket t CROSS JOIN message m ON m.ticket_id = t.id
     WHERE {of} AND t.merged_into_id IS NULL AND (m.kind IN ('inbound', 'call')
        OR m.kind = 'outbound' AND m.automatic = ''
        AND NOT EXISTS(SELECT 1 FROM outbox o WHERE o.message_id = m.id AND o.state = 'dropped'))
     ORDER BY m.ticket_id, m.at, m.id"""
SAID_ON = _SAID.format(of="t.id IN (SELECT value FROM json_each(:tickets))")
TOUCHED = _SAID.format(of="t.updated_at >= :since")
NEGLECTED = _SAID.format(of="t.status<3 AND t.updated_at < :since")
CHANNELS = """
    SELECT t.id, c.label, t.status FROM json_each(?) w CROSS JOIN ticket t ON t.id = w.value
      JOIN channel c ON c.id = t.channel_id"""
# A ticket that we began did not come in.
CAME_IN = "NOT EXISTS(SELECT 1 FROM event e WHERE e.ticket_id = t.id AND +e.kind = 'opened_first')"
ARRIVED = f"""
    SELECT t.created_at, c.label FROM ticket t JOIN channel c ON c.id = t.channel_id
     WHERE t.created_at >= ? AND t.created_at < ? AND t.merged_into_id IS NULL AND {CAME_IN}"""  # noqa: S608  ours
BACKLOG = "SELECT created_at FROM ticket WHERE status<3"
_TURNED = """
    SELECT e.ticket_id, e.at FROM event e JOIN ticket t ON t.id = e.ticket_id
     WHERE e.kind = 'changed' AND e.at >= ? AND e.at < ? AND e.undone_by IS NULL AND e.data ->> '$.field' = 'status'
       AND {turn} AND t.merged_into_id IS NULL ORDER BY e.at"""
TURNED_SOLVED = "e.data ->> '$.before' < 3 AND e.data ->> '$.after' >= 3"
TURNED_BACK = "e.data ->> '$.before' >= 3 AND e.data ->> '$.after' < 3"
SOLVED = _TURNED.format(turn=TURNED_SOLVED)
REOPENED = _TURNED.format(turn=TURNED_BACK)
# The same of some tickets, whenever it was: 1 where it was solved, 0 where it came back.
TURNS_OF = f"""
    SELECT e.ticket_id, e.at, {TURNED_SOLVED} FROM json_each(?) w CROSS JOIN event e ON e.ticket_id = w.value
     WHERE +e.kind = 'changed' AND e.undone_by IS NULL AND e.data ->> '$.field' = 'status'
       AND ({TURNED_SOLVED} OR {TURNED_BACK})"""  # noqa: S608  the conditions are ours
STANDS_SOLVED = """
    SELECT id, solved_at FROM ticket WHERE status>=3 AND status IN (3, 4) AND updated_at >= ?
       AND solved_at >= ? AND solved_at < ? AND merged_into_id IS NULL"""
ONE_TOUCH = f"""
    SELECT count(*), ifnull(sum((SELECT count(*) FROM (SELECT 1 FROM message m WHERE {OF_TICKET} LIMIT 2)) = 1), 0)
      FROM json_each(?) w CROSS JOIN ticket t ON t.id = w.value WHERE t.status>=3"""  # noqa: S608  the condition is ours


@dataclass(frozen=True, slots=True)
class Waited:
    """One wait for an answer, on a channel. `took` is None where the customer still waits beyond the target.

    `in_hours` is the part of it in the team's hours, None without any; `met` is None where no target asked for it.
    """

    channel: str
    kind: Kind
    took: int | None
    in_hours: int | None
    met: bool | None


@dataclass(frozen=True, slots=True)
class Flow:
    """When tickets came (by channel), were solved and came back in the period, and since when the open ones exist.

    Of the tickets that were solved in it: how many came back later, and how many of those that still stand solved
    (`stand`) needed one answer (`one_touch`).
    """

    arrived: dict[str, list[int]]
    solved: tuple[int, ...]
    reopened: tuple[int, ...]
    backlog: tuple[int, ...]
    solved_tickets: int
    came_back: int
    stand: int
    one_touch: int

    @property
    def all_arrived(self) -> list[int]:
        """When they came, on whichever channel."""
        return [at for times in self.arrived.values() for at in times]


def waited(connection: Connection, period: Period) -> tuple[Waited, ...]:
    """Every answer that was given in the period, and everybody who at its end waited beyond the target."""
    found = {ticket: kept for ticket, said in _said(connection, period) if (kept := _of_period(said, period))}
    asked = json.dumps(list(found))
    channels = {ticket: label for ticket, label, _ in connection.execute(CHANNELS, (asked,))}
    told: list[Waited] = []
    for ticket, each, status in judged(connection, found):
        label, until = channels[ticket], each.wait.until
        if until is not None and until in period:
            told.append(Waited(label, each.wait.kind, until - each.wait.since, each.in_hours, each.met))
        elif each.due_at is not None and each.due_at < period.until and (status < Status.SOLVED or until is not None):
            told.append(Waited(label, each.wait.kind, None, None, met=False))
    return tuple(told)


def judged(connection: Connection, found: Mapping[int, Sequence[Wait]]) -> Iterable[tuple[int, Judged, int]]:
    """The waits of these tickets as the team's targets judge them, each with its ticket and that ticket's status."""
    statuses = {ticket: status for ticket, _, status in connection.execute(CHANNELS, (json.dumps(list(found)),))}
    wanted, history = aims(connection, list(found)), turns(connection, list(found))
    rule = targets(connection)
    for ticket, several in found.items():
        for wait in several:
            due_at = due(wait, statuses[ticket], wanted[ticket], rule, history.get(ticket, ()))
            in_hours = None if wait.until is None else within(rule.hours, wait.since, wait.until)
            yield ticket, Judged(wait, in_hours, due_at), statuses[ticket]


def said_on(connection: Connection, ticket_ids: Collection[int]) -> dict[int, list[Said]]:
    """All that counts of what was said on these tickets."""
    return _gathered(connection.execute(SAID_ON, {"tickets": json.dumps(list(ticket_ids))}))


def flow(connection: Connection, period: Period, now: int) -> Flow:
    """What came, was solved and came back."""
    solved: dict[int, set[int]] = defaultdict(set)
    for ticket, at in connection.execute(SOLVED, (period.since, period.until)):
        solved[ticket].add(at)
    for ticket, at in connection.execute(STANDS_SOLVED, (period.since, period.since, period.until)):
        solved[ticket].add(at)
    reopened: dict[int, list[int]] = defaultdict(list)
    for ticket, at in connection.execute(REOPENED, (period.since, now + 1)):
        reopened[ticket].append(at)
    came_back = sum(any(at >= min(times) for at in reopened.get(ticket, ())) for ticket, times in solved.items())
    stand, one_touch = connection.execute(ONE_TOUCH, (json.dumps(list(solved)),)).fetchone()
    arrived: dict[str, list[int]] = defaultdict(list)
    for at, channel in connection.execute(ARRIVED, (period.since, period.until)):
        arrived[channel].append(at)
    return Flow(
        arrived=dict(sorted(arrived.items(), key=lambda item: (-len(item[1]), item[0]))),
        solved=tuple(sorted(at for times in solved.values() for at in times)),
        reopened=tuple(sorted(at for times in reopened.values() for at in times if at in period)),
        backlog=tuple(at for (at,) in connection.execute(BACKLOG)),
        solved_tickets=len(solved),
        came_back=came_back,
        stand=stand,
        one_touch=one_touch,
    )


def _said(connection: Connection, period: Period) -> Iterable[tuple[int, list[Said]]]:
    for query in (TOUCHED, NEGLECTED):
        yield from _gathered(connection.execute(query, {"since": period.since})).items()


def _gathered(rows: Iterable[tuple[int, int, str]]) -> dict[int, list[Said]]:
    found: dict[int, list[Said]] = defaultdict(list)
    for ticket, at, kind in rows:
        found[ticket].append(Said(at, ours=kind != "inbound"))
    return found


def _of_period(said: list[Said], period: Period) -> list[Wait]:
    """The waits that were answered in the period, or not before its end."""
    return [
        wait for wait in waits(said) if wait.since < period.until and (wait.until is None or wait.until >= period.since)
    ]
