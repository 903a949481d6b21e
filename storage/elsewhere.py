"""What was changed elsewhere, into a ticket: field by field, with what waits here to leave for the same place.

The invariant: history says of every field who wrote it last and where that was read, and of an agent's change that gave
way that it did; what gave way doesn't leave any more. A ticket's own time stays: the change is older than its news, and
a customer's mail from between must still open the ticket again. Every function works in the caller's transaction.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from desk.ids import new_uid
from desk.merging import Edit, Overridden, merge
from desk.statuses import Status
from storage.connect import Connection
from storage.delivery import CROSSED

# As the outbox has them: status and priority are numbers, an agent is a handle, a queue its name, tags a sorted list.
Value = int | str | list[str] | None
ASSIGNEE = "assignee"
STATUS = "status"
TAGS = "tags"

_WAITING = """
    SELECT o.id, o.payload, o.created_at, (SELECT e.agent_id FROM event e WHERE e.deed = o.deed LIMIT 1)
      FROM outbox o
     WHERE o.ticket_id = ? AND o.source_id IS NOT NULL AND o.kind = 'change'
       AND o.state NOT IN ('sent','dropped') ORDER BY o.id"""
_ASSIGNEE = """
    SELECT a.id, a.handle, a.name FROM ticket t LEFT JOIN agent a ON a.id = t.assignee_id WHERE t.id = ?"""
_AGENT = "SELECT id, name FROM agent WHERE handle = ?"
_ASSIGN = "UPDATE ticket SET assignee_id = ? WHERE id = ?"
_STANDING = "SELECT status, priority, solved_at FROM ticket WHERE id = ?"
_SET_STATUS = """
    UPDATE ticket SET status = ?1, solved_at = ?2, snoozed_until = CASE WHEN ?1 < 3 THEN snoozed_until END,
        unread = unread AND ?1 < 3 WHERE id = ?3"""
_SET_PRIORITY = "UPDATE ticket SET priority = ? WHERE id = ?"
_QUEUE = "SELECT q.name FROM ticket t JOIN queue q ON q.id = t.queue_id WHERE t.id = ?"
_ADD_QUEUE = "INSERT INTO queue(uid, name, created_at) VALUES(?, ?, ?) ON CONFLICT DO NOTHING"
_QUEUED = "SELECT id FROM queue WHERE name = ?"
_SET_QUEUE = "UPDATE ticket SET queue_id = ? WHERE id = ?"
_TAGGED = "SELECT g.name FROM ticket_tag k JOIN tag g ON g.id = k.tag_id WHERE k.ticket_id = ?"
_ADD_TAG = "INSERT OR IGNORE INTO tag(name) VALUES(?)"
_TAG = "INSERT OR IGNORE INTO ticket_tag(ticket_id, tag_id) SELECT ?, id FROM tag WHERE name = ?"
_UNTAG = "DELETE FROM ticket_tag WHERE ticket_id = ? AND tag_id = (SELECT id FROM tag WHERE name = ?)"
_TELL = "INSERT INTO event(deed, kind, at, agent_id, ticket_id, data, patch) VALUES(?, ?, ?, ?, ?, ?, '')"
_GAVE_WAY = """
    SELECT e.at, t.number, ifnull(a.name, '')
      FROM event e JOIN ticket t ON t.id = e.ticket_id LEFT JOIN agent a ON a.id = t.assignee_id
     WHERE e.kind = 'overridden' AND e.at > ? AND e.agent_id = ? ORDER BY e.at DESC LIMIT 1"""
_KEEP = "UPDATE outbox SET payload = ? WHERE id = ?"
_GIVE_UP = "UPDATE outbox SET payload = '{}', state = 'dropped', error = ? WHERE id = ?"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where a ticket's fields were changed, in words, and when that was read here.

    `changed_at`: when it was changed there, where that is known.
    """

    where: str
    now: int
    changed_at: int | None = None

    @property
    def at(self) -> int:
        """When it was changed there, at the latest."""
        return self.now if self.changed_at is None else self.changed_at


@dataclass(frozen=True, slots=True)
class GaveWay:
    """A change of an agent's that gave way: when, on which ticket, and who has that now (empty: nobody)."""

    at: int
    number: int
    assignee: str


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A change of some fields that has not left."""

    id: int
    fields: dict[str, list[Value]]
    at: int
    agent_id: int | None


def take(
    connection: Connection, ticket_id: int, elsewhere: Elsewhere, base: Mapping[str, Value],
    theirs: Mapping[str, Edit[Value]],
) -> None:  # fmt: skip
    """Take over what was changed there since `base`, unless what waits here is newer."""
    waiting = [_Waiting(row_id, json.loads(payload), *rest) for row_id, payload, *rest in
               connection.execute(_WAITING, (ticket_id,))]  # fmt: skip
    ours = {name: Edit(change[1], row.at, "") for row in waiting for name, change in row.fields.items()}
    merged = merge(base, {name: edit for name, edit in ours.items() if name in theirs}, theirs)
    for name, edit in theirs.items():
        if merged.fields[name] == edit.value:
            _WRITES[name](connection, ticket_id, elsewhere, edit.value)
    for each in merged.overridden:
        if each.kept == theirs[each.field]:
            _give_way(connection, ticket_id, elsewhere, each, waiting)


def stand(connection: Connection, ticket_id: int, elsewhere: Elsewhere, fields: Mapping[str, Value]) -> None:
    """Let these of a ticket's fields stand so, whatever waits here; tags aren't among them."""
    for name, value in fields.items():
        if name in _WRITES:
            _WRITES[name](connection, ticket_id, elsewhere, value)


def gave_way(connection: Connection, agent_id: int, since: int) -> GaveWay | None:
    """The newest change of an agent's that gave way after that moment."""
    row = connection.execute(_GAVE_WAY, (since, agent_id)).fetchone()
    return None if row is None else GaveWay(*row)


def _assign(connection: Connection, ticket_id: int, elsewhere: Elsewhere, handle: Value) -> None:
    """Let the ticket be that agent's; nothing is told where it is already."""
    _, had, name = connection.execute(_ASSIGNEE, (ticket_id,)).fetchone()
    if had == handle:
        return
    agent_id, agent = connection.execute(_AGENT, (handle,)).fetchone() or (None, None)
    connection.execute(_ASSIGN, (agent_id, ticket_id))
    data = {"field": ASSIGNEE, "before": name, "after": agent, "where": elsewhere.where}
    _tell(connection, ticket_id, elsewhere, "changed", agent_id, data)


def _set_status(connection: Connection, ticket_id: int, elsewhere: Elsewhere, value: Value) -> None:
    """Let the ticket stand so; what is done with sleeps no more, and when it was solved is known by its source."""
    had, _, solved_at = connection.execute(_STANDING, (ticket_id,)).fetchone()
    if had == value or not isinstance(value, int):
        return
    solved_at = None if value < Status.SOLVED else solved_at or elsewhere.at
    connection.execute(_SET_STATUS, (value, solved_at, ticket_id))
    _tell_change(connection, ticket_id, elsewhere, STATUS, had, value)


def _set_priority(connection: Connection, ticket_id: int, elsewhere: Elsewhere, value: Value) -> None:
    had: int = connection.execute(_STANDING, (ticket_id,)).fetchone()[1]
    if had != value:
        connection.execute(_SET_PRIORITY, (value, ticket_id))
        _tell_change(connection, ticket_id, elsewhere, "priority", had, value)


def _set_queue(connection: Connection, ticket_id: int, elsewhere: Elsewhere, value: Value) -> None:
    """Let it lie in the queue of that name, which is made where there is none yet."""
    found = connection.execute(_QUEUE, (ticket_id,)).fetchone()
    had = found[0] if found else None
    if had != value:
        connection.execute(_SET_QUEUE, (queue_named(connection, value, elsewhere.now), ticket_id))
        _tell_change(connection, ticket_id, elsewhere, "queue", had, value)


def queue_named(connection: Connection, name: Value, now: int) -> int | None:
    """The queue of that name, made where there is none; None for no name."""
    if not name:
        return None
    connection.execute(_ADD_QUEUE, (new_uid(), name, now))
    queue_id: int = connection.execute(_QUEUED, (name,)).fetchone()[0]
    return queue_id


def take_tags(
    connection: Connection, ticket_id: int, elsewhere: Elsewhere, added: Iterable[str], removed: Iterable[str]
) -> None:
    """Tags that came and went there come and go here: both sides' can't be in each other's way."""
    before = {name for (name,) in connection.execute(_TAGGED, (ticket_id,))}
    after = (before | set(added)) - set(removed)
    connection.executemany(_ADD_TAG, [(name,) for name in sorted(after - before)])
    connection.executemany(_TAG, [(ticket_id, name) for name in sorted(after - before)])
    connection.executemany(_UNTAG, [(ticket_id, name) for name in sorted(before - after)])
    if after != before:
        _tell_change(connection, ticket_id, elsewhere, TAGS, sorted(before), sorted(after))


# How each field that is changed elsewhere is written here.
_WRITES = {ASSIGNEE: _assign, STATUS: _set_status, "priority": _set_priority, "queue": _set_queue}


def _tell_change(
    connection: Connection, ticket_id: int, elsewhere: Elsewhere, field: str, before: Value, after: Value
) -> None:
    data: dict[str, Value] = {"field": field, "before": before, "after": after, "where": elsewhere.where}
    _tell(connection, ticket_id, elsewhere, "changed", None, data)


def _give_way(
    connection: Connection, ticket_id: int, elsewhere: Elsewhere, each: Overridden[Value], waiting: list[_Waiting]
) -> None:
    """Take the field out of what waits, and say so on the ticket."""
    losers = [row for row in waiting if each.field in row.fields]
    for row in losers:
        left = {name: change for name, change in row.fields.items() if name != each.field}
        if left.keys() - {CROSSED}:
            connection.execute(_KEEP, (json.dumps(left, ensure_ascii=False), row.id))
        else:
            connection.execute(_GIVE_UP, (_why(each, elsewhere), row.id))
    data: dict[str, Value] = {"lost": each.field, "where": elsewhere.where}
    _tell(connection, ticket_id, elsewhere, "overridden", losers[-1].agent_id, data)


def _why(each: Overridden[Value], elsewhere: Elsewhere) -> str:
    if each.field == ASSIGNEE:
        return f"{each.kept.value} was first, says {elsewhere.where}."
    return f"The {each.field} was changed there later, says {elsewhere.where}."


def _tell(
    connection: Connection, ticket_id: int, elsewhere: Elsewhere, kind: str, agent_id: int | None,
    data: Mapping[str, Value],
) -> None:  # fmt: skip
    told = json.dumps(data, ensure_ascii=False)
    connection.execute(_TELL, (new_uid(), kind, elsewhere.now, agent_id, ticket_id, told))
