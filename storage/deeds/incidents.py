"""Incidents: begin one, say how it stands, link the tickets that belong to it, and end it.

The invariant: a ticket that somebody said is none of an incident is never suggested for it again; each link stands in
the ticket's history.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from desk.errors import BadInput, Refused
from desk.incidents import STATES, parse_state
from desk.statuses import Status
from desk.text import clean
from storage.deeds.by import By, Done
from storage.deeds.change import write_moves
from storage.deeds.journal import Journal, held
from storage.deeds.patches import Patch, Row
from storage.deeds.plan import Change, plan
from storage.deeds.titles import numbered

if TYPE_CHECKING:
    from sqlmodel import Session

    from storage.models import Incident

_MERGED = "SELECT number, merged_into_id FROM ticket WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
_STAND = """
    SELECT t.id, t.number, k.state, k.agent_id, k.at FROM ticket t
      LEFT JOIN incident_ticket k ON k.ticket_id = t.id AND k.incident_id = ?
     WHERE t.id IN (SELECT value FROM json_each(?)) ORDER BY t.id"""
_SET = """
    INSERT INTO incident_ticket(incident_id, ticket_id, state, agent_id, at) VALUES(?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET state = excluded.state, agent_id = excluded.agent_id, at = excluded.at"""
_TOLD = {"linked": "incident_linked", "dismissed": "incident_unlinked"}
_ACTIVE = """
    SELECT t.id FROM incident_ticket k JOIN ticket t ON t.id = k.ticket_id
     WHERE k.incident_id = ? AND k.state = 'linked' AND t.status < 3 ORDER BY t.id"""


@dataclass(frozen=True, slots=True)
class Described:
    """What is said of an incident; `notice` is for customers, `next_update_at` when they hear of it again."""

    title: str
    state: str = "looking"
    notice: str = ""
    next_update_at: int | None = None


def begin(session: "Session", by: By, described: Described, ticket_ids: Sequence[int] = ()) -> Done:
    """Begin an incident, with the tickets that showed it."""
    from storage import models

    journal = Journal(session, by)
    said = _said(by, described)
    incident = models.Incident(
        title=said.title, state=said.state, notice=said.notice, next_update_at=said.next_update_at,
        agent_id=by.agent_id, created_at=by.at, over_at=by.at if said.state == "over" else None,
    )  # fmt: skip
    journal.add(incident)
    journal.tell("incident_begun", {"title": incident.title})
    _link(journal, incident, ticket_ids)
    return journal.done(f"Began the incident “{incident.title}”", *ticket_ids)


def describe(session: "Session", by: By, incident_id: int, described: Described, was: Described) -> Done:
    """Say otherwise how it stands: its title, state, text, and when customers hear again.

    What is as it `was` when the agent began to write stays as it is now: a colleague may have changed it, or told
    customers, meanwhile.
    """
    journal, incident = _held(session, by, incident_id)
    now = Described(incident.title, incident.state, incident.notice, incident.next_update_at)
    changed = {
        each.name: getattr(described, each.name)
        for each in fields(Described)
        if getattr(described, each.name) != getattr(was, each.name)
    }
    said = _said(by, replace(now, **changed), incident.next_update_at)
    if said == now:
        raise Refused("That is how it stands already", "")
    if said.state != incident.state:
        journal.change(incident, over_at=by.at if said.state == "over" else None)
    journal.change(incident, title=said.title, state=said.state, notice=said.notice, next_update_at=said.next_update_at)
    journal.tell("incident_changed", {"title": incident.title, "state": incident.state})
    return journal.done(f"Changed the incident “{incident.title}”")


def set_state(session: "Session", by: By, incident_id: int, state: str, *, solve: bool = False) -> Done:
    """Bring it to another state; over, with its linked tickets solved where `solve`."""
    state = parse_state(state)
    journal, incident = _held(session, by, incident_id)
    if incident.state == state:
        raise Refused(f"“{incident.title}” is at {state} already", "")
    over = state == "over"
    next_at = None if over else incident.next_update_at
    journal.change(incident, state=state, over_at=by.at if over else None, next_update_at=next_at)
    journal.tell("incident_changed", {"title": incident.title, "state": state})
    solved: list[int] = []
    if over and solve:
        found = [ticket_id for (ticket_id,) in journal.connection.execute(_ACTIVE, (incident_id,))]
        moves = plan(journal.connection, found, Change(status=int(Status.SOLVED)), by.agent_id, by.at).moves
        write_moves(journal, moves)
        solved = [move.ticket_id for move in moves]
    words = f"“{incident.title}”: {STATES[state]}"
    return journal.done(f"{words}, and {len(solved)} solved" if solved else words, *solved)


def link(session: "Session", by: By, incident_id: int, ticket_ids: Sequence[int]) -> Done:
    """These tickets belong to it."""
    journal, incident = _held(session, by, incident_id)
    if incident.state == "over":
        raise Refused(f"“{incident.title}” is over", "= opens it again on the page of incidents.")
    numbers = _link(journal, incident, ticket_ids)
    if not numbers:
        raise Refused("They are linked to it already", "")
    return journal.done(f"Linked {numbered(numbers)} to “{incident.title}”", *ticket_ids)


def unlink(session: "Session", by: By, incident_id: int, ticket_ids: Sequence[int]) -> Done:
    """These tickets don't belong to it, and are never suggested for it again."""
    journal, incident = _held(session, by, incident_id)
    numbers = _stand(journal, incident, ticket_ids, "dismissed")
    if not numbers:
        raise Refused(f"That isn't part of “{incident.title}” already", "")
    verb = "is" if len(numbers) == 1 else "are"
    return journal.done(f"{numbered(numbers)} {verb} none of “{incident.title}”", *ticket_ids)


def _link(journal: Journal, incident: "Incident", ticket_ids: Sequence[int]) -> list[int]:
    """Link those that aren't yet; their numbers."""
    for number, merged in journal.connection.execute(_MERGED, (json.dumps(list(ticket_ids)),)):
        if merged is not None:
            raise Refused(f"#{number} was merged into another ticket", "Link that one.")
    return _stand(journal, incident, ticket_ids, "linked")


def _stand(journal: Journal, incident: "Incident", ticket_ids: Sequence[int], wanted: str) -> list[int]:
    """Link or dismiss those that aren't yet; their numbers. By plain SQL, as a whole selection may be meant."""
    connection, by, numbers = journal.connection, journal.by, list[int]()
    asked = json.dumps(list(dict.fromkeys(ticket_ids)))
    for ticket_id, number, state, agent_id, at in connection.execute(_STAND, (incident.id, asked)).fetchall():
        if state == wanted:
            continue
        row: Row = {"state": wanted, "agent_id": by.agent_id, "at": by.at}
        key: Row = {"incident_id": incident.id, "ticket_id": ticket_id}
        connection.execute(_SET, (*key.values(), *row.values()))
        before: Row | None = None if state is None else {"state": state, "agent_id": agent_id, "at": at}
        journal.note(Patch("incident_ticket", key, before, row if before else {**key, **row}))
        journal.tell(_TOLD[wanted], {"title": incident.title}, ticket_id=ticket_id)
        numbers.append(number)
    return numbers


def _said(by: By, described: Described, was: int | None = None) -> Described:
    """What was said, cleaned; BadInput where it can't be. A time that stood there before may have passed."""
    title = clean(described.title, lines=False).strip()
    if not title:
        raise BadInput("An incident has a title", "Say in a few words what is wrong.")
    state = parse_state(described.state)
    next_at = None if state == "over" else described.next_update_at
    if next_at is not None and next_at <= by.at and next_at != was:
        raise BadInput("The next update can't be in the past", "Give a time to come.")
    return Described(title, state, clean(described.notice).strip(), next_at)


def _held(session: "Session", by: By, incident_id: int) -> "tuple[Journal, Incident]":
    from storage import models

    return Journal(session, by), held(session, models.Incident, incident_id, "incident")
