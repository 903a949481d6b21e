"""What a database says, without its uids and the numbers that only order: for comparing two ways of filling one.

A ticket goes by its place among those that stand, since what is joined within a batch takes no number.
"""

from desk.statuses import Status
from storage.connect import Connection

Told = dict[str, list[tuple[object, ...]]]

# A ticket's contacts and mood count what its customer wrote elsewhere too, as it was when the ticket last heard
# something: so they are no more of the order of arrival than of the records, and left out.
_TABLES = {
    "customer": "id, name, organization_id, since, plan, note, details, contacted_at, external_id",
    "organization": "id, name",
    "identity": "customer_id, kind, value, normal, known",
    "ticket": """id, number - id, subject, preview, status, priority, channel_id, customer_id, assignee_id, external_id,
        unread, details, message_count, created_at, updated_at, inbound_at, outbound_at, first_response_at, due_at,
        solved_at""",
    "message": "ticket_id, kind, at, customer_id, sender, subject, body, folds, message_id, digest, external_id",
    "message_reference": "message_id, child_id",
    "suggestion": "ticket_id, other_ticket_id, reason",
    "ticket_tag": "ticket_id, (SELECT name FROM tag WHERE id = tag_id)",
    "active_tag": "ticket_id, (SELECT name FROM tag WHERE id = tag_id)",
}


def told(connection: Connection) -> Told:
    """Every table that records fill. Of a ticket that became another nothing is told: one batch may never make it."""

    def rows(statement: str) -> list[tuple[object, ...]]:
        return connection.execute(statement).fetchall()

    found = {table: sorted(rows(f"SELECT {columns} FROM {table}"), key=repr) for table, columns in _TABLES.items()}
    merged = rows("SELECT id, merged_into_id, status FROM ticket WHERE merged_into_id IS NOT NULL ORDER BY id")
    assert all(status == Status.CLOSED for *_, status in merged)
    stand = rows("SELECT id FROM ticket WHERE merged_into_id IS NULL ORDER BY id")
    places: dict[object, object] = {ticket: place for place, (ticket,) in enumerate(stand)}
    waiting = [(ticket, into) for ticket, into, _ in merged]
    while waiting:
        ticket, into = waiting.pop(0)
        if into in places:
            places[ticket] = places[into]
        else:
            waiting.append((ticket, into))
    gone = {row[0] for row in merged}
    found["ticket"] = [row for row in found["ticket"] if row[0] not in gone]
    for table in ("ticket", "message", "ticket_tag", "active_tag"):
        found[table] = sorted(((places[row[0]], *row[1:]) for row in found[table]), key=repr)
    suggested = ((places[one], places[other], why) for one, other, why in found["suggestion"])
    found["suggestion"] = sorted({each for each in suggested if each[0] != each[1]}, key=repr)
    return found | {"order": rows("SELECT id FROM customer ORDER BY recency")}


def full_text(connection: Connection, word: str) -> list[int]:
    """The messages in which the full text finds the word."""
    found = "SELECT rowid FROM message_text WHERE message_text MATCH ? ORDER BY rowid"
    return [row[0] for row in connection.execute(found, (f'"{word}"',))]
