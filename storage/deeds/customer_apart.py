"""Saying that two customers who look alike are two people: they are never suggested again, until it is undone."""

from typing import TYPE_CHECKING

from storage.deeds.by import By, Done
from storage.deeds.journal import Journal, held

if TYPE_CHECKING:
    from sqlmodel import Session


def told_apart(session: "Session", by: By, customer_id: int, other_id: int) -> Done:
    """These two are two; saying so twice changes nothing."""
    from storage import models

    journal = Journal(session, by)
    one, other = (held(session, models.Customer, key, "customer") for key in (customer_id, other_id))
    low, high = sorted((customer_id, other_id))
    if session.get(models.NoDuplicate, (low, high)) is None:
        journal.add(models.NoDuplicate(customer_id=low, other_id=high, agent_id=by.agent_id, at=by.at))
    data = {"field": "customer", "before": other.name, "after": None}
    journal.tell("customers_told_apart", data, customer_id=customer_id)
    return journal.done(f"{one.name} and {other.name} are two people", customer_id=customer_id)
