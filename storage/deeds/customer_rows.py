"""Whose a row is apart from all merges, worked out anew for what came since, and rows going from hand to hand.

What came by an identity belongs to that identity's owner: a mail by its sender's address, a call by its number, a
ticket by the first thing that a customer said on it, a gesture by its ticket. What tells nothing stays where it is.
"""

import json

from desk.digits import ending
from desk.identifiers import address_of
from desk.lookup import IdentityKind
from storage.belongings import OWNED, Owned
from storage.connect import Connection
from storage.merges import listed, tree

_BRANCHES = "SELECT customer_id, since FROM customer_merge WHERE into_id = ?"
_IDENTITIES = """
    SELECT i.kind, i.normal, r.customer_id FROM identity i
      LEFT JOIN merged_row r ON r.kind = 'identity' AND r.row_id = i.id WHERE i.customer_id = ?"""
_NEW = {
    "message": """SELECT m.id, m.sender, coalesce(k.number, ''), coalesce(r.customer_id, 0) FROM message m
        LEFT JOIN call k ON m.kind = 'call' AND k.ticket_id = m.ticket_id AND k.message_id = m.id
        LEFT JOIN merged_row r ON r.kind = 'ticket' AND r.row_id = m.ticket_id
        WHERE m.customer_id = ? AND m.id > ?""",
    "call": """SELECT k.id, '', k.number, coalesce(r.customer_id, 0) FROM call k
        LEFT JOIN merged_row r ON r.kind = 'ticket' AND r.row_id = k.ticket_id WHERE k.customer_id = ? AND k.id > ?""",
    "ticket": """SELECT t.id, '', '', coalesce(
            (SELECT coalesce(r.customer_id, 0) FROM message m
             LEFT JOIN merged_row r ON r.kind = 'message' AND r.row_id = m.id
             WHERE m.ticket_id = t.id AND m.customer_id = t.customer_id ORDER BY m.at, m.id LIMIT 1),
            (SELECT coalesce(r.customer_id, 0) FROM call k LEFT JOIN merged_row r ON r.kind = 'call' AND r.row_id = k.id
             WHERE k.ticket_id = t.id AND k.customer_id = t.customer_id ORDER BY k.id LIMIT 1), 0)
        FROM ticket t WHERE t.customer_id = ? AND t.id > ?""",
    "gesture": """SELECT g.id, '', '', coalesce(r.customer_id, 0) FROM gesture g
        LEFT JOIN merged_row r ON r.kind = 'ticket' AND r.row_id = g.ticket_id WHERE g.customer_id = ? AND g.id > ?""",
}  # fmt: skip
_OWN = "INSERT OR IGNORE INTO merged_row(kind, row_id, customer_id) VALUES(?, ?, ?)"


class Owners:
    """Whose an address or a number is, of the records that one customer has; what both have is the customer's own."""

    def __init__(self, connection: Connection, customer_id: int) -> None:
        self._owners: dict[tuple[int, str], int] = {}
        for kind, normal, owner in connection.execute(_IDENTITIES, (customer_id,)).fetchall():
            self._owners[kind, ending(normal) if kind == IdentityKind.PHONE else normal] = owner or customer_id

    def of(self, sender: str, number: str) -> int:
        """The record that a mail or a call came by; 0 where nobody knows."""
        if "@" in sender:
            return self._owners.get((IdentityKind.EMAIL, address_of(sender)), 0)
        return self._owners.get((IdentityKind.PHONE, ending(number)), 0) if number else 0


def highest(connection: Connection) -> dict[Owned, int]:
    """The highest id of each kind of row: what is newer comes later."""
    asked = ", ".join(f"(SELECT ifnull(max(id), 0) FROM {table})" for table in OWNED)  # noqa: S608  tables of ours
    found = connection.execute(f"SELECT {asked}").fetchone()
    return dict(zip(OWNED, found, strict=True))


def settle(connection: Connection, customer_id: int) -> None:
    """Find out whose each row is that came to this customer since others were merged into them."""
    branches = connection.execute(_BRANCHES, (customer_id,)).fetchall()
    owners = Owners(connection, customer_id) if branches else None
    for branch, since in branches:
        records = set(tree(connection, branch))
        for table in OWNED[1:]:
            rows = connection.execute(_NEW[table], (customer_id, json.loads(since)[table])).fetchall()
            told = [
                (key, (owners and owners.of(sender, number)) or by_ticket) for key, sender, number, by_ticket in rows
            ]
            connection.executemany(_OWN, [(table, key, owner) for key, owner in told if owner in records])


def keep_owner(connection: Connection, customer_id: int) -> None:
    """All that a customer has and that is no other record's stays known as theirs."""
    for table in OWNED:
        connection.execute(
            f"INSERT OR IGNORE INTO merged_row(kind, row_id, customer_id) SELECT '{table}', id, ?1 FROM {table} "  # noqa: S608  as above
            "WHERE customer_id = ?1",
            (customer_id,),
        )


def hand_over(connection: Connection, from_id: int, into_id: int) -> None:
    """Everything that `from_id` has goes to `into_id`; an identity that both have stays, since it can't be twice."""
    for table in OWNED:
        twice = (
            " AND NOT EXISTS(SELECT 1 FROM identity o WHERE o.customer_id = :into AND o.kind = identity.kind"
            " AND o.normal = identity.normal)"
            if table == "identity"
            else ""
        )
        connection.execute(
            f"UPDATE {table} SET customer_id = :into WHERE customer_id = :from{twice}",  # noqa: S608  as above
            {"into": into_id, "from": from_id},
        )


def give_back(connection: Connection, customer_id: int) -> None:
    """All rows that are this record's, or of one that was merged into it, are in its name again."""
    records = listed(tree(connection, customer_id))
    for table in OWNED:
        connection.execute(
            f"UPDATE OR IGNORE {table} SET customer_id = ?1 WHERE customer_id <> ?1 AND id IN ("  # noqa: S608  as above
            "SELECT row_id FROM merged_row WHERE kind = ?2 AND customer_id IN (SELECT value FROM json_each(?3)))",
            (customer_id, table, records),
        )
    connection.execute("DELETE FROM merged_row WHERE customer_id = ?", (customer_id,))
