"""Words on a ticket that is final there have begun another one: they lie on it here too, with all that was to follow.

The invariant: of a final ticket nothing waits that was done with those words or after them; it stands as it is there.
Every function works in the caller's transaction.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from storage.delivery import Job
from storage.elsewhere import TAGS, Elsewhere, Value, stand, take_tags
from storage.helpdesk.base import Base, read_base
from storage.helpdesk.office import Office
from storage.helpdesk.records import TicketNews
from storage.helpdesk.tickets import put_tickets

_TICKET = "SELECT id FROM ticket WHERE source_id = ? AND external_id = ? AND merged_into_id IS NULL"
_BASE = "SELECT base FROM remote_ticket WHERE ticket_id = ?"
_TO_COME = """
    SELECT id, kind, payload FROM outbox
     WHERE ticket_id = ? AND source_id = ? AND id > ? AND kind IN ('reply','note','change')
       AND state IN ('undoable','waiting') AND state NOT IN ('sent','dropped') ORDER BY id"""
_MOVE = "UPDATE outbox SET ticket_id = ? WHERE id = ?"
_MOVE_WORDS = "UPDATE message SET ticket_id = ? WHERE id = (SELECT message_id FROM outbox WHERE id = ?)"


@dataclass(frozen=True, slots=True)
class _Way:
    """From the ticket that was final to the one that was begun."""

    before: int
    after: int


def follow(office: Office, job: Job, found: TicketNews) -> None:
    """Let the words of that row, and what waits behind them, belong to the ticket that they began."""
    put_tickets(office, (found,))
    row = office.connection.execute(_TICKET, (office.source_id, found.external_id)).fetchone()
    if row is None:
        return
    way = _Way(job.ticket_id, row[0])
    _move(office, way, job.id, "")
    waiting = office.connection.execute(_TO_COME, (way.before, office.source_id, job.id)).fetchall()
    for row_id, kind, payload in waiting:
        _move(office, way, row_id, payload if kind == "change" else "")
    office.batch.changed_tickets |= {way.before, way.after}


def _move(office: Office, way: _Way, row_id: int, change: str) -> None:
    office.connection.execute(_MOVE, (way.after, row_id))
    if not change:
        office.connection.execute(_MOVE_WORDS, (way.after, row_id))
        return
    wished: dict[str, list[Value]] = json.loads(change)
    row = office.connection.execute(_BASE, (way.before,)).fetchone()
    elsewhere = Elsewhere(office.where, office.now)
    stand(office.connection, way.after, elsewhere, {name: turn[1] for name, turn in wished.items()})
    _tag(office, way.after, elsewhere, wished, 1)
    if row is not None:
        _back(office, way.before, elsewhere, read_base(row[0]), wished)


def _back(
    office: Office, ticket_id: int, elsewhere: Elsewhere, base: Base, wished: Mapping[str, list[Value]]
) -> None:  # fmt: skip
    """What can't be changed any more stands as it is there."""
    there = {name: base.fields[name] for name in wished if name in base.fields}
    stand(office.connection, ticket_id, elsewhere, there)
    _tag(office, ticket_id, elsewhere, wished, 0)


def _tag(office: Office, ticket_id: int, elsewhere: Elsewhere, wished: Mapping[str, list[Value]], side: int) -> None:
    """Tags as that side of a change has them: 0 before it, 1 after it."""
    if TAGS in wished:
        sides = [[str(tag) for tag in each] if isinstance(each, list) else [] for each in wished[TAGS]]
        put_on, taken_off = set(sides[side]) - set(sides[1 - side]), set(sides[1 - side]) - set(sides[side])
        take_tags(office.connection, ticket_id, elsewhere, sorted(put_on), sorted(taken_off))
