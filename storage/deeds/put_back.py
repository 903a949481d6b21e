"""A change that is dropped on its way to a helpdesk: its fields go back to how they stand there.

The invariant: only what still stands as the dropped change had set it goes back; what was changed since stays.
"""

import json
from collections.abc import Mapping

from storage.deeds.change import write_moves
from storage.deeds.journal import Journal
from storage.deeds.plan import KEEP, Change, Keep, plan
from storage.elsewhere import Value
from storage.helpdesk.base import Base, read_base

_BASE = "SELECT base FROM remote_ticket WHERE ticket_id = ?"
_STANDS = """
    SELECT t.status, t.priority, a.handle, q.name FROM ticket t LEFT JOIN agent a ON a.id = t.assignee_id
      LEFT JOIN queue q ON q.id = t.queue_id WHERE t.id = ?"""
_FIELDS = ("status", "priority", "assignee", "queue")
_AGENT = "SELECT id FROM agent WHERE handle = ?"
_QUEUE = "SELECT id FROM queue WHERE name = ?"


def put_back(journal: Journal, ticket_id: int, payload: str) -> None:
    """Let the ticket stand as its helpdesk has it, in what this change had set."""
    row = journal.connection.execute(_BASE, (ticket_id,)).fetchone()
    if row is None:
        return
    change = _back(journal, ticket_id, read_base(row[0]), json.loads(payload))
    moves = plan(journal.connection, [ticket_id], change, journal.by.agent_id, journal.by.at).moves
    if moves:
        write_moves(journal, moves, leaves=False)
        journal.session.expire_all()


def _back(journal: Journal, ticket_id: int, base: Base, wished: Mapping[str, list[Value]]) -> Change:
    stands = dict(zip(_FIELDS, journal.connection.execute(_STANDS, (ticket_id,)).fetchone(), strict=True))
    back = {
        name: base.fields[name]
        for name, (_, after) in ((name, wished[name]) for name in _FIELDS if name in wished)
        if name in base.fields and stands[name] == after
    }
    had, has = (set(each) if isinstance(each, list) else set() for each in wished.get("tags", ([], [])))
    status, priority = back.get("status"), back.get("priority")
    return Change(
        status=status if isinstance(status, int) else None,
        priority=priority if isinstance(priority, int) else None,
        assignee=_key(journal, _AGENT, back["assignee"]) if "assignee" in back else KEEP,
        queue=_key(journal, _QUEUE, back["queue"]) if "queue" in back else KEEP,
        add_tags=tuple(sorted(str(tag) for tag in had - has if tag in base.tags)),
        remove_tags=tuple(sorted(str(tag) for tag in has - had if tag not in base.tags)),
    )


def _key(journal: Journal, statement: str, name: Value) -> int | Keep | None:
    """The row of that name; whoever is gone since leaves the field as it is."""
    if not name:
        return None
    row = journal.connection.execute(statement, (name,)).fetchone()
    return KEEP if row is None else int(row[0])
