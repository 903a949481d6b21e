"""What customers were told: read for a ticket and for a customer, and settled where an answer came in from elsewhere.

The invariants: `ticket.promised_at` is the earliest of the ticket's open promises; the first answer after a promise
settles it, kept or broken, by whichever way that answer was sent; what a machine of ours promised is settled by any
answer of a person.
"""

import json
from collections.abc import Collection

from desk.records import PromiseRow
from storage.connect import Connection

_COLUMNS = """
    SELECT p.id, p.ticket_id, t.number, p.words, p.made_at, p.due_at, p.target_at, p.state, p.settled_at,
           coalesce(a.name, '')
      FROM promise p JOIN ticket t ON t.id = p.ticket_id LEFT JOIN agent a ON a.id = p.agent_id"""
_OF_TICKET = f"""{_COLUMNS} WHERE p.ticket_id = ?
     ORDER BY p.state <> 'open', CASE WHEN p.state = 'open' THEN p.due_at ELSE -p.settled_at END, p.id"""
_OPEN_OF_CUSTOMER = f"""
    {
    _COLUMNS.replace(
        "FROM promise p JOIN ticket t ON t.id = p.ticket_id", "FROM ticket t CROSS JOIN promise p ON p.ticket_id = t.id"
    )
}
     WHERE t.customer_id = ? AND p.state = 'open' ORDER BY p.due_at, p.id"""
_EARLIEST = "SELECT min(due_at) FROM promise WHERE ticket_id = ? AND state = 'open'"
# CROSS keeps SQLite from beginning with all messages.
_SETTLE = """
    UPDATE promise SET state = CASE WHEN found.at <= promise.due_at THEN 'kept' ELSE 'broken' END,
                       settled_at = found.at
      FROM (SELECT p.id, min(m.at) AS at
              FROM json_each(?) wanted CROSS JOIN promise p ON p.ticket_id = wanted.value AND p.state = 'open'
             CROSS JOIN message m ON m.ticket_id = p.ticket_id AND m.id IS NOT p.message_id
               AND (m.at > p.made_at
                    OR EXISTS(SELECT 1 FROM message a WHERE a.id = p.message_id AND a.automatic <> ''))
               AND (m.kind = 'call' OR m.kind = 'outbound' AND m.automatic = '')
             GROUP BY p.id) found
     WHERE promise.id = found.id"""
# The table stays small beside the tickets; its index of open ones is read whole or not at all.
_ANY_OPEN = "SELECT 1 FROM promise WHERE state = 'open' LIMIT 1"


def of_ticket(connection: Connection, ticket_id: int) -> tuple[PromiseRow, ...]:
    """All promises of a ticket: the open ones as they come due, then the settled ones, the newest first."""
    return tuple(PromiseRow(*row) for row in connection.execute(_OF_TICKET, (ticket_id,)))


def open_of_customer(connection: Connection, customer_id: int) -> tuple[PromiseRow, ...]:
    """What a customer was told and is still waiting for, on any ticket, as it comes due."""
    return tuple(PromiseRow(*row) for row in connection.execute(_OPEN_OF_CUSTOMER, (customer_id,)))


def earliest(connection: Connection, ticket_id: int) -> int | None:
    """When the first open promise of a ticket is due."""
    at: int | None = connection.execute(_EARLIEST, (ticket_id,)).fetchone()[0]
    return at


def settle_answered(connection: Connection, ticket_ids: Collection[int]) -> None:
    """Settle what answers that came in have kept or broken, inside the caller's transaction."""
    if ticket_ids and connection.execute(_ANY_OPEN).fetchone():
        connection.execute(_SETTLE, (json.dumps(list(ticket_ids)),))
