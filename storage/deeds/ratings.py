"""What was done about a rating: a survey is only worth its question where somebody acts on the answer."""

from typing import TYPE_CHECKING

from desk.errors import BadInput, Refused
from desk.ratings import NAMES
from desk.text import clean
from storage.deeds.by import By, Done
from storage.deeds.journal import Journal, held
from storage.ratings import of_ticket

if TYPE_CHECKING:
    from sqlmodel import Session


def act(session: "Session", by: By, ticket_id: int, text: str) -> Done:
    """Note what was done about the rating of a ticket: a bad one that waits for it, else the newest."""
    from storage import models

    journal = Journal(session, by)
    action = clean(text, lines=False).strip()
    if not action:
        raise BadInput("What was done?", "Say it in a few words.")
    ticket = held(session, models.Ticket, ticket_id, "ticket")
    found = of_ticket(journal.connection, ticket_id)
    if found is None:
        raise Refused(f"#{ticket.number} has no rating", "")
    row = held(session, models.Rating, found.id, "rating")
    journal.change(row, action=action, acted_at=by.at, acted_by_id=by.agent_id)
    journal.tell("rating_acted", {"title": NAMES.get(row.score, ""), "reason": action}, ticket_id=ticket_id)
    return journal.done(f"Noted what was done about the rating of #{ticket.number}", ticket_id)
