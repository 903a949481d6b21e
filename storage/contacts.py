"""The customers of a search, each with what one line of the list needs beside how they were found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desk.lookup import Hit, IdentityKind
from storage.connect import Connection

_RECENT = """
    SELECT c.id, c.name, ifnull(o.name, ''), c.plan, c.contacted_at
      FROM customer c LEFT JOIN organization o ON o.id = c.organization_id
     WHERE c.merged_into_id IS NULL AND NOT EXISTS(SELECT 1 FROM tombstone x WHERE x.customer_id = c.id)
     ORDER BY c.recency DESC LIMIT ?"""
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


# A contact without its open tickets. The screen makes thirty at each key, and a frozen record takes a while to make: so
# each is made once, when all of it is known.
_Line = tuple[int, str, str, str, int | None, str, bool, IdentityKind, str, bool]


def recent(connection: Connection, limit: int) -> tuple[Contact, ...]:
    """The customers of the last contacts, the newest first."""
    rows = connection.execute(_RECENT, (limit,))
    return _completed(connection, [(*row, "", False, IdentityKind.NAME, "", True) for row in rows])


def found(connection: Connection, hits: Sequence[Hit]) -> tuple[Contact, ...]:
    """The customers of these hits, in their order."""
    return _completed(connection, [_found(hit) for hit in hits])


def _found(hit: Hit) -> _Line:
    named = hit.identity_kind is IdentityKind.NAME and hit.identity_value == hit.name
    kind, identity = (IdentityKind.NAME, "") if named else (hit.identity_kind, hit.identity_value)
    return (
        hit.customer_id, hit.name, hit.organization, hit.plan, hit.contacted_at, hit.match, named, kind, identity,
        hit.known,
    )  # fmt: skip


def _completed(connection: Connection, lines: Sequence[_Line]) -> tuple[Contact, ...]:
    """These with their open tickets, and with a last contact and a way to reach them where they have none yet."""
    opened: dict[int, int] = dict(connection.execute(_OPEN, _asked(line[0] for line in lines)).fetchall())
    silent = _asked(line[0] for line in lines if not line[4])
    last: dict[int, int | None] = dict(connection.execute(_LAST, silent).fetchall())
    unreached = connection.execute(_REACHED, _asked(line[0] for line in lines if not line[8]))
    reached = {customer: (IdentityKind(kind), value, bool(known)) for customer, kind, value, known in unreached}

    def completed(line: _Line) -> Contact:
        customer, name, organization, plan, contacted_at, match, named, kind, identity, known = line
        kind, identity, known = reached.get(customer) or (kind, identity, known)
        return Contact(
            customer, name, organization, plan, contacted_at or last[customer], match, named, kind, identity, known,
            opened.get(customer, 0),
        )  # fmt: skip

    return tuple(map(completed, lines))


def _asked(customers: Iterable[int]) -> tuple[str]:
    return (f"[{','.join(map(str, customers))}]",)
