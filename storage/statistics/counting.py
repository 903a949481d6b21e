"""The facts of tickets, counted from what is written on them: many at once, in as few queries as that takes.

The invariant: what counts as an answer, a solution and a wait is said where the reports say it, and nowhere else.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import NamedTuple

from desk.metrics.facts import Fact, History, Judged, facts
from desk.metrics.reported import first_response
from desk.service import waits
from storage.connect import Connection
from storage.knowledge.rules import answer_rules
from storage.reports.first_contact import OF_TICKET, RESOLVED
from storage.reports.served import CAME_IN, TURNS_OF, judged, said_on

_STANDING = f"""
    SELECT t.id, t.channel_id, t.status, t.created_at, {CAME_IN}, t.solved_at, t.details
      FROM json_each(?) w CROSS JOIN ticket t ON t.id = w.value WHERE t.merged_into_id IS NULL"""  # noqa: S608  ours
_FIRST_CONTACT = f"""
    WITH k AS MATERIALIZED (
        SELECT t.id, t.status, (SELECT min(m.at) FROM message m WHERE {OF_TICKET}) AS answered
          FROM json_each(:tickets) w CROSS JOIN ticket t ON t.id = w.value WHERE t.status >= 3)
    SELECT k.id FROM k WHERE k.answered IS NOT NULL AND {RESOLVED}"""  # noqa: S608  the conditions are ours


class _Ticket(NamedTuple):
    id: int
    channel_id: int
    status: int
    created_at: int
    came_in: int
    solved_at: int | None
    details: str


class Counted(NamedTuple):
    """A fact of a ticket, and the channel that it counts for."""

    ticket_id: int
    channel_id: int
    fact: Fact


def counted(connection: Connection, ticket_ids: Collection[int]) -> Iterator[Counted]:
    """All facts of these tickets; what was merged, or isn't there, has none."""
    asked = json.dumps(list(ticket_ids))
    tickets = [_Ticket(*row) for row in connection.execute(_STANDING, (asked,))]
    standing = [each.id for each in tickets]
    said = said_on(connection, standing)
    turned = _turned(connection, standing)
    waited: dict[int, list[Judged]] = defaultdict(list)
    for key, each, _ in judged(connection, {key: list(waits(told)) for key, told in said.items()}):
        waited[key].append(each)
    within = answer_rules(connection).again_within
    enough = {key for (key,) in connection.execute(_FIRST_CONTACT, {"tickets": asked, "within": within})}
    for ticket in tickets:
        answers = [one.at for one in said.get(ticket.id, ()) if one.ours]
        of = History(
            status=ticket.status,
            created_at=ticket.created_at,
            came_in=bool(ticket.came_in),
            solved_at=ticket.solved_at,
            solved=turned[ticket.id, 1],
            reopened=turned[ticket.id, 0],
            waits=waited[ticket.id],
            answers=len(answers),
            answered_at=min(answers, default=None),
            first_contact=ticket.id in enough,
            said=_said_by_source(ticket.details),
        )
        yield from (Counted(ticket.id, ticket.channel_id, fact) for fact in facts(of))


def _turned(connection: Connection, ticket_ids: Collection[int]) -> dict[tuple[int, int], list[int]]:
    """When each ticket was solved (1) and came back (0)."""
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for ticket, at, solved in connection.execute(TURNS_OF, (json.dumps(list(ticket_ids)),)):
        found[ticket, solved].append(at)
    return found


def _said_by_source(details: str) -> int | None:
    if details == "{}":
        return None
    told = json.loads(details)
    return first_response(told) if isinstance(told, dict) else None
