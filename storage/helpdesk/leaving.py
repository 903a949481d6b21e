"""Tickets that are at a helpdesk no more: deleted there, or merged into another one.

The invariant: what was said on them stays here. One that was deleted is closed; one that was merged is merged here too,
as if it had been done here, and what was merged here already stays so.
"""

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

    Of another one that isn't here nothing is known but that this one is gone.
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
            office.batch.finish()
        return
    # Much to import, and seldom needed.
    from storage.deeds.by import By
    from storage.engine import deed_session, engine_over

    with deed_session(engine_over(connection)) as session:
        _merge(session, By(None, now, 0), row[0], into[0])
        connection.execute(_GONE, (now, row[0]))


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
