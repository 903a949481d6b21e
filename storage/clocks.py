"""What tickets wait for, read for many at once: the facts behind `due_at`."""

import json

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
