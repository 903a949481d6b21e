"""What is about to be late: tickets of an agent that warn, and promises that come due while their ticket is asleep.

The invariant: a ticket whose promise has reached its inner target is never snoozed for longer than it takes the next
console to look.
"""

import json
from typing import NamedTuple

from desk.ids import new_uid
from storage.clocks import targets
from storage.connect import Connection, writing

_WARNED = """
    SELECT t.id, t.number, coalesce(c.name, ''), t.due_at FROM ticket t LEFT JOIN customer c ON c.id = t.customer_id
     WHERE t.status<3 AND t.assignee_id = ?1 AND t.due_at > ?2 AND t.due_at <= ?3 AND t.warns_at <= ?2
    UNION
    SELECT t.id, t.number, coalesce(c.name, ''), t.promised_at
      FROM ticket t LEFT JOIN customer c ON c.id = t.customer_id
     WHERE t.status<3 AND t.promised_at IS NOT NULL AND t.promised_at > ?2 AND t.promised_at <= ?3
       AND t.assignee_id = ?1 AND t.due_at <= ?2
     ORDER BY 4, 1 LIMIT 50"""
_ASLEEP = """
    SELECT DISTINCT t.id, t.snoozed_until FROM promise p JOIN ticket t ON t.id = p.ticket_id
     WHERE p.state='open' AND p.target_at <= ? AND t.status<3 AND t.snoozed_until > ?"""
_WAKE = "UPDATE ticket SET snoozed_until = NULL WHERE id = ?"
_TOLD = "INSERT INTO event(deed, kind, at, ticket_id, data, patch) VALUES(?, 'changed', ?, ?, ?, '')"


class Warned(NamedTuple):
    """A ticket that is due soon."""

    ticket_id: int
    number: int
    customer: str
    due_at: int


def warned(connection: Connection, agent_id: int, now: int) -> tuple[Warned, ...]:
    """The tickets of an agent that warn and aren't late yet, as they come due."""
    rule = targets(connection)
    # A clock warns so long of the team's hours before its end, which may be a weekend before it.
    latest = now + rule.warning_at_most if rule.hours is None else rule.hours.after(now, rule.warning_at_most)
    return tuple(Warned(*row) for row in connection.execute(_WARNED, (agent_id, now, latest)))


def any_asleep(connection: Connection, now: int) -> bool:
    """Whether a promise has come to its inner target on a ticket that is snoozed."""
    return connection.execute(_ASLEEP, (now, now)).fetchone() is not None


def wake(connection: Connection, now: int) -> None:
    """Bring back what a promise calls for; history says so, and that nobody did it."""
    with writing(connection):
        for ticket_id, until in connection.execute(_ASLEEP, (now, now)).fetchall():
            connection.execute(_WAKE, (ticket_id,))
            data = {"field": "snoozed_until", "before": until, "after": None}
            connection.execute(_TOLD, (new_uid(), now, ticket_id, json.dumps(data)))
