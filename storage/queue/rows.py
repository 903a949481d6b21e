"""From ids to the lines of a list: two queries for a page, whatever its length.

Half of what a page takes is the look-up of its tickets one by one and their columns as Python's values; tags are read
by a query of their own, since most tickets have none or one, and a sorted list for each would take as long again.
"""

from collections.abc import Sequence

from desk.records import TicketRow
from storage.connect import Connection

# The ids come first and are looked up one by one; to sort whole rows costs more than to find them again. The columns
# stand as in TicketRow.
_ROWS = """
    SELECT t.id, t.uid, t.number, t.subject, t.preview, t.status, t.priority, h.key, t.customer_id, c.uid,
           ifnull(c.name, ''), ifnull(a.name, ''), t.mood, t.contacts, t.message_count, t.created_at, t.updated_at,
           t.due_at, t.promised_at, t.snoozed_until, t.unread
      FROM json_each(?) wanted
      CROSS JOIN ticket t ON t.id = wanted.value
      JOIN channel h ON h.id = t.channel_id
      LEFT JOIN customer c ON c.id = t.customer_id
      LEFT JOIN agent a ON a.id = t.assignee_id"""
_TAGS = """
    SELECT w.ticket_id, g.name FROM json_each(?) wanted
     CROSS JOIN ticket_tag w ON w.ticket_id = wanted.value
     CROSS JOIN tag g ON g.id = w.tag_id"""


def rows(connection: Connection, ids: Sequence[int]) -> list[TicketRow]:
    """The tickets of these ids, in their order; an id that is gone is left out."""
    wanted = str(list(ids))
    tags: dict[int, tuple[str, ...]] = {}
    for ticket_id, name in connection.execute(_TAGS, (wanted,)):
        tags[ticket_id] = tuple(sorted((*tags[ticket_id], name))) if ticket_id in tags else (name,)
    found = {
        row[0]: TicketRow._make((*row[:-1], row[-1] == 1, tags.get(row[0], ())))
        for row in connection.execute(_ROWS, (wanted,)).fetchall()
    }
    return [found[ticket_id] for ticket_id in ids if ticket_id in found]
