"""What tickets wait for, read for many at once: the facts behind `due_at`."""

import json
from collections.abc import Iterable

from desk.clocks import next_due
from storage.connect import Connection

# A ticket without messages waits since it was made; one that was answered last waits for nobody.
_WAITING = """
SELECT t.id, coalesce(
    (SELECT min(m.at) FROM message m
     WHERE m.ticket_id = t.id AND m.kind = 'inbound' AND m.at > coalesce(t.outbound_at, -1 << 62)),
    CASE WHEN t.outbound_at IS NULL OR t.inbound_at > t.outbound_at THEN coalesce(t.inbound_at, t.created_at) END),
    c.target
FROM ticket t JOIN channel c ON c.id = t.channel_id WHERE t.id IN (SELECT value FROM json_each(?))
"""


def due_times(connection: Connection, statuses: dict[int, int]) -> dict[int, int | None]:
    """When each ticket is due, were it in the given status (ticket id → status)."""
    rows = connection.execute(_WAITING, (json.dumps(list(statuses)),)).fetchall()
    return {ticket: next_due(statuses[ticket], since, target) for ticket, since, target in rows}


def refresh_due(connection: Connection, ticket_ids: Iterable[int]) -> None:
    """Write `due_at` anew, after messages or statuses changed by another way than a deed's own columns."""
    asked = json.dumps(list(ticket_ids))
    statuses = dict(
        connection.execute("SELECT id, status FROM ticket WHERE id IN (SELECT value FROM json_each(?))", (asked,))
    )
    connection.executemany(
        "UPDATE ticket SET due_at = ? WHERE id = ?",
        [(due, ticket) for ticket, due in due_times(connection, statuses).items()],
    )
