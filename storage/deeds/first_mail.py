"""A conversation that we begin: a ticket of a customer who hasn't written, ready for a first mail.

The invariant: it belongs to the agent who began it, and leaves by a mailbox of the team's where there is one.
"""

from typing import TYPE_CHECKING

from desk.errors import BadInput
from desk.statuses import Status
from desk.text import clean
from storage.deeds.by import By, Done
from storage.deeds.journal import Journal, held
from storage.sources import connected

if TYPE_CHECKING:
    from sqlmodel import Session

_NEXT_NUMBER = "SELECT coalesce(max(number), 1000) + 1 FROM ticket"
_EMAIL = "SELECT id FROM channel WHERE key = 'email'"


def begin(session: "Session", by: By, customer_id: int, subject: str) -> Done:
    """Open a ticket to write to a customer first; BadInput where no address of theirs is known."""
    from storage import models

    journal = Journal(session, by)
    customer = held(session, models.Customer, customer_id, "customer")
    known = journal.connection.execute(
        "SELECT 1 FROM identity WHERE customer_id = ? AND value LIKE '%_@_%'", (customer_id,)
    )
    if known.fetchone() is None:
        raise BadInput(f"No address of {customer.name} is known", "Add one on their page with +.")
    mailbox = next((source.id for source in connected(journal.connection) if source.kind == "mailbox"), None)
    ticket = models.Ticket(
        number=journal.connection.execute(_NEXT_NUMBER).fetchone()[0],
        subject=clean(subject, lines=False).strip() or "Hello",
        channel_id=journal.connection.execute(_EMAIL).fetchone()[0],
        customer_id=customer_id,
        assignee_id=by.agent_id,
        status=int(Status.PENDING),
        source_id=mailbox,
        unread=False,
        created_at=by.at,
        updated_at=by.at,
    )
    # No change to take back: history speaks of the ticket, so that it stays, as one that a customer began would.
    session.add(ticket)
    session.flush()
    ticket_id = ticket.id or 0
    journal.tell("opened_first", {"title": ticket.subject}, ticket_id=ticket_id, customer_id=customer_id)
    return journal.done(f"Opened #{ticket.number} for {customer.name}", ticket_id, customer_id=customer_id)
