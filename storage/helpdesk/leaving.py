"""Tickets that are at a helpdesk no more: deleted there, or merged into another one.

The invariant: what was said on them stays here. One that was deleted is closed; one that was merged is merged here too,
as if it had been done here, and what was merged here already stays so; where the other one isn't here yet, it is merged
as soon as that comes.
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from desk.merging import Edit
from desk.statuses import Status
from storage.connect import Connection, writing
from storage.elsewhere import STATUS, Elsewhere, Value, take
from storage.helpdesk.office import Helpdesk, Office
from storage.helpdesk.records import TicketGone

if TYPE_CHECKING:
    from sqlmodel import Session

    from storage.deeds.by import By

_STANDING = "SELECT id FROM ticket WHERE source_id = ? AND external_id = ? AND merged_into_id IS NULL"
# What comes for one that was merged is meant for the one that it became.
_BECAME = """
    WITH RECURSIVE became(id, into_id) AS (
        SELECT id, merged_into_id FROM ticket WHERE source_id = ? AND external_id = ?
        UNION SELECT t.id, t.merged_into_id FROM became b JOIN ticket t ON t.id = b.into_id)
    SELECT id FROM became WHERE into_id IS NULL"""
# Should it come back, that is news.
_GONE = """
    UPDATE remote_ticket SET gone_at = ?, base = json_set(base, '$.fields.status', 4)
     WHERE ticket_id = ? AND gone_at IS NULL"""
_PART_OF = "part of "
_EXPECT = "INSERT OR REPLACE INTO remote_piece(source_id, kind, external_id, row_id, told) VALUES(?, ?, ?, ?, x'')"
_EXPECTED = f"""
    SELECT p.external_id, substr(p.kind, {len(_PART_OF) + 1})
      FROM json_each(?) told CROSS JOIN remote_piece p ON p.source_id = ? AND p.kind = '{_PART_OF}' || told.value
      JOIN remote_ticket r ON r.ticket_id = p.row_id AND r.gone_at IS NOT NULL
      JOIN ticket t ON t.id = p.row_id AND t.merged_into_id IS NULL"""  # noqa: S608  a word of ours


def leave(office: Office, gone: TicketGone) -> None:
    """Close a ticket that was deleted there, in the caller's transaction."""
    row = office.connection.execute(_STANDING, (office.source_id, gone.external_id)).fetchone()
    if row is None:
        return
    (ticket_id,) = row
    office.connection.execute(_GONE, (office.now, ticket_id))
    edit: Edit[Value] = Edit(int(Status.CLOSED), office.now, office.where)
    take(office.connection, ticket_id, Elsewhere(office.where, office.now), {}, {STATUS: edit})
    office.batch.changed_tickets.add(ticket_id)


def leave_for(connection: Connection, helpdesk: Helpdesk, gone: TicketGone, now: int, *, ahead: int) -> None:
    """Merge a ticket into the one that it was merged into there, in a transaction of its own.

    Of another one that isn't here yet nothing is known but that this one is gone; it is remembered (`expected`).
    """
    source_id = helpdesk.row.id
    row = connection.execute(_STANDING, (source_id, gone.external_id)).fetchone()
    into = connection.execute(_BECAME, (source_id, gone.merged_into)).fetchone()
    if row is None or row == into:
        return
    if into is None:
        with writing(connection):
            office = Office(connection, helpdesk, now, ahead)
            leave(office, gone)
            connection.execute(_EXPECT, (source_id, _PART_OF + gone.merged_into, gone.external_id, row[0]))
            office.batch.finish()
        return
    # Much to import, and seldom needed.
    from storage.deeds.by import By
    from storage.engine import deed_session, engine_over

    with deed_session(engine_over(connection)) as session:
        _merge(session, By(None, now, 0), row[0], into[0])
        connection.execute(_GONE, (now, row[0]))


def expected(connection: Connection, source_id: int, external_ids: Sequence[str]) -> list[TicketGone]:
    """What was merged into these before they came."""
    found = connection.execute(_EXPECTED, (json.dumps(list(external_ids)), source_id)).fetchall()
    return [TicketGone(external_id, merged_into) for external_id, merged_into in found]


def _merge(session: "Session", by: "By", ticket_id: int, into_id: int) -> None:
    from storage import models
    from storage.deeds.journal import Journal, held
    from storage.deeds.merge import count_anew, fold_in
    from storage.deeds.titles import numbered

    journal = Journal(session, by)
    ticket, into = (held(session, models.Ticket, key, "ticket") for key in (ticket_id, into_id))
    fold_in(journal, ticket, into)
    count_anew(journal, into)
    journal.tell("merged_in", {"number": [str(ticket.number)]}, ticket_id=into_id)
    journal.done(f"Merged {numbered([ticket.number])} into #{into.number}", into_id, ticket_id)
