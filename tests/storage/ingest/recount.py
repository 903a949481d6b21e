"""What a database says, without its uids and the numbers that only order: for comparing two ways of filling one."""

from storage.connect import Connection

Told = dict[str, list[tuple[object, ...]]]

# A ticket's contacts and mood count what its customer wrote elsewhere too, as it was when the ticket last heard
# something: so they are no more of the order of arrival than of the records, and left out.
_TABLES = {
    "customer": "id, name, organization_id, since, plan, note, details, contacted_at, external_id",
    "organization": "id, name",
    "identity": "customer_id, kind, value, normal, known",
    "ticket": """id, number, subject, preview, status, priority, channel_id, customer_id, assignee_id, external_id,
        unread, details, message_count, created_at, updated_at, inbound_at, outbound_at, first_response_at, due_at,
        solved_at""",
    "message": "ticket_id, kind, at, customer_id, sender, subject, body, folds, message_id, digest, external_id",
    "message_reference": "message_id, child_id",
    "suggestion": "ticket_id, other_ticket_id, reason",
    "ticket_tag": "ticket_id, (SELECT name FROM tag WHERE id = tag_id)",
    "active_tag": "ticket_id, (SELECT name FROM tag WHERE id = tag_id)",
}


def told(connection: Connection) -> Told:
    """Every table that records fill. A ticket that became another says no more than that it did."""

    def rows(statement: str) -> list[tuple[object, ...]]:
        return connection.execute(statement).fetchall()

    found = {table: sorted(rows(f"SELECT {columns} FROM {table}"), key=repr) for table, columns in _TABLES.items()}
    merged = rows("SELECT id, merged_into_id, status FROM ticket WHERE merged_into_id IS NOT NULL ORDER BY id")
    gone = {row[0] for row in merged}
    found["ticket"] = [row for row in found["ticket"] if row[0] not in gone]
    return found | {"merged": merged, "order": rows("SELECT id FROM customer ORDER BY recency")}


def full_text(connection: Connection, word: str) -> list[int]:
    """The messages in which the full text finds the word."""
    found = "SELECT rowid FROM message_text WHERE message_text MATCH ? ORDER BY rowid"
    return [row[0] for row in connection.execute(found, (f'"{word}"',))]
