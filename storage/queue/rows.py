"""From ids to the lines of a list: two queries for a page, whatever its length.

Half of what a page takes is the look-up of its tickets one by one and their columns as Python's values; tags are read
by a query of their own, since most tickets have none or one, and a sorted list for each would take as long again.

Each connection keeps the rows that it read last, so that scrolling back reads nothing. The invariant: they are what the
database holds now. Whatever anyone commits drops them all, and inside a transaction none are kept, since what is taken
back leaves no mark.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from desk.records import TicketRow
from storage.connect import Connection

# The ids come first and are looked up one by one; to sort whole rows costs more than to find them again. The columns
# stand as in TicketRow.
_ROWS = """
    SELECT t.id, t.uid, t.number, t.subject, t.preview, t.status, t.priority, h.key, t.customer_id, c.uid,
           ifnull(c.name, ''), ifnull(a.name, ''), t.mood, t.contacts, t.message_count, t.created_at, t.updated_at,
           t.due_at, t.promised_at, t.snoozed_until, t.unread, t.warns_at, t.source_id
      FROM json_each(?) wanted
      CROSS JOIN ticket t ON t.id = wanted.value
      JOIN channel h ON h.id = t.channel_id
      LEFT JOIN customer c ON c.id = t.customer_id
      LEFT JOIN agent a ON a.id = t.assignee_id"""
_TAGS = """
    SELECT w.ticket_id, g.name FROM json_each(?) wanted
     CROSS JOIN ticket_tag w ON w.ticket_id = wanted.value
     CROSS JOIN tag g ON g.id = w.tag_id"""


# Eight pages: half a megabyte for each connection.
MOST = 512


@dataclass(slots=True)
class _Kept:
    """Rows by id, as they were at a mark: the connection's own changes, and a number that those of others change."""

    mark: tuple[int, int] = (-1, -1)
    rows: dict[int, TicketRow] = field(default_factory=dict)


_KEPT: WeakKeyDictionary[Connection, _Kept] = WeakKeyDictionary()


def rows(connection: Connection, ids: Sequence[int]) -> list[TicketRow]:
    """The tickets of these ids, in their order; an id that is gone is left out."""
    kept = _kept(connection)
    found = {ticket_id: kept[ticket_id] for ticket_id in ids if ticket_id in kept}
    if len(found) < len(ids):
        read = _read(connection, [ticket_id for ticket_id in ids if ticket_id not in found])
        found |= read
        if len(kept) + len(read) > MOST:
            kept.clear()
        if len(read) <= MOST:
            kept |= read
    return [found[ticket_id] for ticket_id in ids if ticket_id in found]


def _kept(connection: Connection) -> dict[int, TicketRow]:
    """The rows that still hold. The mark is taken before anything is read, so that they are never older than it."""
    if connection.in_transaction:
        return {}
    mark: tuple[int, int] = (connection.total_changes, connection.execute("PRAGMA data_version").fetchone()[0])
    kept = _KEPT.setdefault(connection, _Kept())
    if kept.mark != mark:
        kept.mark, kept.rows = mark, {}
    return kept.rows


def _read(connection: Connection, ids: Sequence[int]) -> dict[int, TicketRow]:
    wanted = str(list(ids))
    tags: dict[int, tuple[str, ...]] = {}
    for ticket_id, name in connection.execute(_TAGS, (wanted,)):
        tags[ticket_id] = tuple(sorted((*tags[ticket_id], name))) if ticket_id in tags else (name,)
    return {
        row[0]: TicketRow._make((*row[:-3], row[-3] == 1, tags.get(row[0], ()), *row[-2:]))
        for row in connection.execute(_ROWS, (wanted,)).fetchall()
    }
