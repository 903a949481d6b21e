"""From ids to the lines of a list: one query for a page, whatever its length."""

import json
from collections.abc import Sequence
from typing import cast

from desk.records import TicketRow
from storage.connect import Connection

# The ids come first and are looked up one by one, in whatever order; the tags are one field, parted by newlines, which
# no tag can hold since names are cleaned.
_ROWS = """
    SELECT t.id, t.uid, t.number, t.subject, t.preview, t.status, t.priority, h.key, t.customer_id, c.uid,
           ifnull(c.name, ''), ifnull(a.name, ''),
           (SELECT group_concat(g.name, char(10) ORDER BY g.name)
              FROM ticket_tag w JOIN tag g ON g.id = w.tag_id WHERE w.ticket_id = t.id),
           t.mood, t.contacts, t.unread, t.message_count, t.created_at, t.updated_at, t.due_at, t.promised_at,
           t.snoozed_until
      FROM json_each(?) wanted
      CROSS JOIN ticket t ON t.id = wanted.value
      JOIN channel h ON h.id = t.channel_id
      LEFT JOIN customer c ON c.id = t.customer_id
      LEFT JOIN agent a ON a.id = t.assignee_id
     ORDER BY wanted.id"""

Values = tuple[
    *tuple[int, bytes, int, str, str, int, int, str, int | None, bytes | None, str, str, str | None],
    *tuple[int, int, int, int, int, int, int | None, int | None, int | None],
]


def rows(connection: Connection, ids: Sequence[int]) -> list[TicketRow]:
    """The tickets of these ids, in their order; an id that is gone is left out."""
    found = connection.execute(_ROWS, (json.dumps(list(ids)),))
    return [_row(cast(Values, values)) for values in found]


def _row(values: Values) -> TicketRow:
    tags = values[12]
    return TicketRow(
        *values[:12],
        tuple(tags.split("\n")) if tags else (),
        values[13],
        values[14],
        bool(values[15]),
        *values[16:],
    )
