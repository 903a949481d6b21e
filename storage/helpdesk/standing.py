"""A ticket as its helpdesk shows it: what it is called there, in the service's own words."""

import json

from desk.records import Standing
from storage.connect import Connection

_ONE = """
    SELECT s.name, s.kind, r.number, r.label, r.priority_label, r.url, r.final, r.gone_at, t.details
      FROM remote_ticket r JOIN source s ON s.id = r.source_id JOIN ticket t ON t.id = r.ticket_id
     WHERE r.ticket_id = ?"""
_BY_NUMBER = """
    SELECT r.ticket_id FROM remote_ticket r JOIN source s ON s.id = r.source_id
     WHERE r.number = ?1 AND r.number<>'' AND (?2 = '' OR lower(s.name) = ?2 OR lower(s.kind) = ?2)
     ORDER BY r.ticket_id LIMIT 2"""


def standing(connection: Connection, ticket_id: int) -> Standing | None:
    """What its helpdesk says of a ticket; None where it is of none."""
    row = connection.execute(_ONE, (ticket_id,)).fetchone()
    if row is None:
        return None
    source, kind, number, label, priority_label, url, final, gone_at, details = row
    return Standing(source, kind, number, label, priority_label, url, bool(final), gone_at, json.loads(details))


def numbered(connection: Connection, number: str, source: str = "") -> tuple[int, ...]:
    """The tickets that a helpdesk calls so, two at most; of the source of that name or kind, where one is given."""
    found = connection.execute(_BY_NUMBER, (number.strip(), source.strip().lower()))
    return tuple(ticket_id for (ticket_id,) in found)
