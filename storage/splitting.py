"""What came by one identity of a customer: shown before it goes to somebody else, ticket by ticket.

The invariant: reading only; what an agent leaves ticked is what `storage.deeds.customer_split` moves.
"""

from dataclasses import dataclass

from desk.digits import ending
from desk.identifiers import address_of
from desk.lookup import IdentityKind
from storage.connect import Connection

_IDENTITY = "SELECT customer_id, kind, value, normal FROM identity WHERE id = ?"
_TICKETS = """
    SELECT id, number, subject, created_at FROM ticket WHERE customer_id = ? AND merged_into_id IS NULL
     ORDER BY updated_at DESC, id DESC"""
_MESSAGES = """
    SELECT id, ticket_id, sender FROM message WHERE customer_id = ? AND kind IN ('inbound', 'call') ORDER BY at, id"""
_CALLS = "SELECT id, ticket_id, message_id, number FROM call WHERE customer_id = ? ORDER BY rang_at, id"


@dataclass(frozen=True, slots=True)
class Came:
    """A ticket of the customer. `by_it` of its `said` messages and calls came by the identity; `first`: the first."""

    ticket_id: int
    number: int
    subject: str
    by_it: int
    said: int
    first: bool


@dataclass(frozen=True, slots=True)
class Split:
    """An identity, and what came by it: tickets, messages (also on tickets that stay) and calls."""

    identity_id: int
    customer_id: int
    kind: IdentityKind
    value: str
    tickets: tuple[Came, ...]
    messages: tuple[int, ...]
    calls: tuple[int, ...]


def split_of(connection: Connection, identity_id: int) -> Split | None:
    """What would go with an identity; None where it is gone."""
    row = connection.execute(_IDENTITY, (identity_id,)).fetchone()
    if row is None:
        return None
    customer_id, number, value, normal = row
    kind = IdentityKind(number)
    calls = connection.execute(_CALLS, (customer_id,)).fetchall()
    theirs = [call for call in calls if kind is IdentityKind.PHONE and call[3] and ending(call[3]) == ending(normal)]
    written = {message for _, _, message, _ in theirs if message is not None}
    said: dict[int, list[bool]] = {}
    messages: list[int] = []
    for message, ticket, sender in connection.execute(_MESSAGES, (customer_id,)):
        by_it = message in written or (kind is IdentityKind.EMAIL and "@" in sender and address_of(sender) == normal)
        said.setdefault(ticket, []).append(by_it)
        messages += [message] if by_it else []
    for _, ticket, message, _ in theirs:
        if ticket is not None and message is None:
            said.setdefault(ticket, []).append(True)
    tickets = tuple(
        Came(ticket, place, subject, sum(each), len(each), bool(each and each[0]))
        for ticket, place, subject, _ in connection.execute(_TICKETS, (customer_id,)).fetchall()
        for each in (said.get(ticket, []),)
    )
    return Split(identity_id, customer_id, kind, value, tickets, tuple(messages), tuple(call[0] for call in theirs))
