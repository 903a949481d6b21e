"""The customers of a search, each with what one line of the list needs beside how they were found."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from desk.lookup import Hit, IdentityKind
from storage.connect import Connection

_RECENT = """
    SELECT c.id, c.name, ifnull(o.name, ''), c.plan, c.contacted_at
      FROM customer c LEFT JOIN organization o ON o.id = c.organization_id
     WHERE c.merged_into_id IS NULL ORDER BY c.recency DESC LIMIT ?"""
_OPEN = """
    SELECT customer_id, count(*) FROM ticket
     WHERE customer_id IN (SELECT value FROM json_each(?)) AND status<3 GROUP BY customer_id"""
# Where no contact was counted yet (a workspace out of files), the last message is the last contact.
_LAST = """
    SELECT value, (SELECT at FROM message m WHERE m.customer_id = value AND m.kind IN ('inbound', 'outbound', 'call')
                    ORDER BY m.at DESC LIMIT 1)
      FROM json_each(?)"""
# One address or number for each, addresses before numbers, what is known before what may be; worst first, so that
# the best is what stays.
_REACHED = """
    SELECT customer_id, kind, value, known FROM identity
     WHERE customer_id IN (SELECT value FROM json_each(?)) AND kind IN (2, 3)
     ORDER BY known, kind DESC, id DESC"""


@dataclass(frozen=True, slots=True)
class Contact:
    """One customer in a list. `identity` is what they were found by, or how they are reached; `match` tells which.

    `match` is empty where nobody was searched for; `named` is set where the name itself was what matched.
    """

    customer_id: int
    name: str
    organization: str
    plan: str
    contacted_at: int | None
    match: str = ""
    named: bool = False
    kind: IdentityKind = IdentityKind.NAME
    identity: str = ""
    known: bool = True
    open_tickets: int = 0


def recent(connection: Connection, limit: int) -> tuple[Contact, ...]:
    """The customers of the last contacts, the newest first."""
    return _completed(connection, [Contact(*row) for row in connection.execute(_RECENT, (limit,))])


def found(connection: Connection, hits: Sequence[Hit]) -> tuple[Contact, ...]:
    """The customers of these hits, in their order."""
    return _completed(connection, [_found(hit) for hit in hits])


def _found(hit: Hit) -> Contact:
    named = hit.identity_kind is IdentityKind.NAME and hit.identity_value == hit.name
    contact = Contact(
        hit.customer_id, hit.name, hit.organization, hit.plan, hit.contacted_at, hit.match, named=named, known=hit.known
    )
    return contact if named else replace(contact, kind=hit.identity_kind, identity=hit.identity_value)


def _completed(connection: Connection, contacts: Iterable[Contact]) -> tuple[Contact, ...]:
    contacts = tuple(contacts)
    wanted = (json.dumps([contact.customer_id for contact in contacts]),)
    open_tickets = dict(connection.execute(_OPEN, wanted).fetchall())
    last: dict[int, int | None] = dict(connection.execute(_LAST, wanted).fetchall())
    reached = {customer: rest for customer, *rest in connection.execute(_REACHED, wanted)}
    completed = []
    for contact in contacts:
        contact = replace(
            contact,
            open_tickets=open_tickets.get(contact.customer_id, 0),
            contacted_at=contact.contacted_at or last[contact.customer_id],
        )
        if not contact.identity and contact.customer_id in reached:
            kind, value, known = reached[contact.customer_id]
            contact = replace(contact, kind=IdentityKind(kind), identity=value, known=bool(known))
        completed.append(contact)
    return tuple(completed)
