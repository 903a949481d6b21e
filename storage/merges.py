"""Which records of customers were merged into which: a forest, of which only the roots are seen as customers.

The invariant: `customer.merged_into_id` is the root of a merged record's tree, so that one look finds who stands for
it; `customer_merge` has the branches.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from storage.connect import Connection

_STANDING = "SELECT coalesce(merged_into_id, id) FROM customer WHERE id = ?"
_TREE = """
    WITH RECURSIVE tree(id) AS (
        SELECT ? UNION SELECT g.customer_id FROM customer_merge g JOIN tree ON g.into_id = tree.id)
    SELECT id FROM tree"""
_PARTS = """
    SELECT g.customer_id, c.name, i.name, g.at, coalesce(a.name, ''),
           (SELECT count(*) FROM merged_row r WHERE r.customer_id = g.customer_id AND r.kind = 'ticket')
      FROM customer_merge g JOIN customer c ON c.id = g.customer_id JOIN customer i ON i.id = g.into_id
      LEFT JOIN agent a ON a.id = g.agent_id
     WHERE g.customer_id IN (SELECT value FROM json_each(?)) ORDER BY g.at DESC, g.customer_id DESC"""

# So many identities are named before a merge; the rest is counted.
MOST_NAMED = 6
_MOVING = (
    ("ticket", "tickets", "SELECT count(*) FROM ticket WHERE customer_id = ?"),
    ("message", "messages", "SELECT count(*) FROM message WHERE customer_id = ?"),
    ("call", "calls", "SELECT count(*) FROM call WHERE customer_id = ?"),
    ("gesture", "gestures", "SELECT count(*) FROM gesture WHERE customer_id = ?"),
)
_KNOWN_BY = """
    SELECT value FROM identity i WHERE customer_id = ? AND NOT EXISTS(
        SELECT 1 FROM identity o WHERE o.customer_id = ? AND o.kind = i.kind AND o.normal = i.normal)
     ORDER BY kind, id"""
_SAID = """
    SELECT a.name FROM no_duplicate n LEFT JOIN agent a ON a.id = n.agent_id
     WHERE n.customer_id = ? AND n.other_id = ?"""


@dataclass(frozen=True, slots=True)
class Part:
    """A record that was merged into a customer, or into one of their parts (`into`). `tickets` are its own."""

    customer_id: int
    name: str
    into: str
    at: int
    agent: str
    tickets: int


@dataclass(frozen=True, slots=True)
class Preview:
    """Whose records would be merged, and what would go from the first to the second, line by line."""

    name: str
    into: str
    lines: tuple[str, ...]


def standing(connection: Connection, customer_id: int) -> int:
    """Who stands for this record: itself, unless it was merged."""
    found = connection.execute(_STANDING, (customer_id,)).fetchone()
    return int(found[0]) if found else customer_id


def tree(connection: Connection, customer_id: int) -> list[int]:
    """This record and all that were merged into it, also by way of others."""
    return [found for (found,) in connection.execute(_TREE, (customer_id,))]


def parts(connection: Connection, customer_id: int) -> tuple[Part, ...]:
    """The records that a customer has besides their own, the last merged first."""
    others = [each for each in tree(connection, customer_id) if each != customer_id]
    return tuple(Part(*row) for row in connection.execute(_PARTS, (listed(others),))) if others else ()


def preview(connection: Connection, from_id: int, into_id: int) -> Preview:
    """What merging would do, in numbers and names."""
    names = dict(connection.execute("SELECT id, name FROM customer WHERE id IN (?, ?)", (from_id, into_id)).fetchall())
    counted = []
    for one, more, statement in _MOVING:
        (count,) = connection.execute(statement, (from_id,)).fetchone()
        counted += [f"{count:,} {one if count == 1 else more}"] if count else []
    known_by = [value for (value,) in connection.execute(_KNOWN_BY, (from_id, into_id)).fetchall()]
    left = len(known_by) - MOST_NAMED
    lines = [", ".join(counted) or "No ticket, call or gesture"]
    if known_by:
        named = ", ".join(known_by[:MOST_NAMED]) + (f" and {left} more" if left > 0 else "")
        lines.append(f"Known by: {named}")
    apart = connection.execute(_SAID, tuple(sorted((from_id, into_id)))).fetchone()
    if apart is not None:
        lines.append(f"Careful: {apart[0] or 'somebody'} said that these are two people")
    return Preview(names.get(from_id, ""), names.get(into_id, ""), tuple(lines))


def listed(ids: Iterable[int]) -> str:
    """Ids as `json_each` takes them."""
    return json.dumps(list(ids))
