"""Sent replies that say the same, brought together one by one as they come, off the write path.

Who calls `catch_up` reads on where the last one ended: the console in quiet moments, a report before it counts. The
invariants: each reply is read once, and not before it can't be taken back any more; the work for one reply is bounded
however many there are (a few keys, `NEWEST` groups of each, `COMPARED` sketches); a group is known by its first reply,
so that it can't drift away from it.
"""

from collections import Counter
from itertools import chain
from typing import NamedTuple

from desk.knowledge.capture import own_words
from desk.knowledge.similar import Sketch, best, keys, packed, sketch, unpacked, words_of_answer
from storage.connect import Connection, writing

AT_ONCE = 100
NEWEST = 48
COMPARED = 8

_CURSOR = "answers.read_to"
_READ_TO = "SELECT CAST(value AS INTEGER) FROM setting WHERE key = ?"
_KEEP = "INSERT INTO setting(key, value) VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value"
# A reply that counts down, and whatever came after it, waits for the next time.
_COUNTING_DOWN = """
    SELECT min(message_id) FROM outbox WHERE state = 'undoable' AND state NOT IN ('sent','dropped')
       AND message_id IS NOT NULL"""
_NEXT = """
    SELECT m.id, m.at, CASE WHEN m.kind = 'outbound' AND m.automatic = '' THEN m.body END, ifnull(c.name, ''),
           ifnull(a.name, '')
      FROM message m JOIN ticket t ON t.id = m.ticket_id LEFT JOIN customer c ON c.id = t.customer_id
      LEFT JOIN agent a ON a.id = m.agent_id
     WHERE m.id > ? AND m.id < ? ORDER BY m.id LIMIT ?"""
_OF_KEY = "SELECT group_id FROM answer_key WHERE key = ? ORDER BY group_id DESC LIMIT ?"
_SKETCH = "SELECT sketch FROM answer_group WHERE id = ?"
_LAST = 1 << 62


class CaughtUp(NamedTuple):
    """How many messages were looked at, and whether there may be more."""

    read: int
    more: bool


def catch_up(connection: Connection, most: int = AT_ONCE) -> CaughtUp:
    """Read at most so many messages that weren't read yet, in a transaction of its own."""
    with writing(connection):
        rows = connection.execute(_NEXT, (_read_to(connection), _ceiling(connection), most)).fetchall()
        for message_id, at, body, customer, agent in rows:
            if body is not None:
                _join(connection, message_id, at, sketch(words_of_answer(own_words(body, agent), customer, agent)))
        if rows:
            connection.execute(_KEEP, (_CURSOR, str(rows[-1][0])))
    return CaughtUp(len(rows), len(rows) == most)


def catch_up_all(connection: Connection) -> None:
    """Read all that wasn't read yet; for commands, which may take their time."""
    while catch_up(connection).more:
        pass


def behind(connection: Connection) -> bool:
    """Whether there is anything that wasn't read yet."""
    found = connection.execute(_NEXT, (_read_to(connection), _ceiling(connection), 1)).fetchone()
    return found is not None


def group_of(connection: Connection, of: Sketch) -> int | None:
    """The group that says the same, None where there is none."""
    found = Counter(chain.from_iterable(_of_key(connection, key) for key in keys(of)))
    near = sorted(found, key=lambda group: (-found[group], group))[:COMPARED]
    kept = ((group, connection.execute(_SKETCH, (group,)).fetchone()) for group in near)
    return best(of, [(group, unpacked(row[0])) for group, row in kept if row is not None])


def _of_key(connection: Connection, key: int) -> list[int]:
    return [group for (group,) in connection.execute(_OF_KEY, (key, NEWEST))]


def _join(connection: Connection, message_id: int, at: int, of: Sketch) -> None:
    """Put a reply into its group, or begin one with it; one that is too short to be told apart stays outside."""
    if not of:
        return
    group = group_of(connection, of)
    if group is None:
        group = connection.execute("INSERT INTO answer_group(sketch) VALUES(?)", (packed(of),)).lastrowid
        connection.executemany("INSERT INTO answer_key(key, group_id) VALUES(?,?)", [(key, group) for key in keys(of)])
    connection.execute(
        "INSERT OR IGNORE INTO answer_member(message_id, group_id, at) VALUES(?,?,?)", (message_id, group, at)
    )


def _read_to(connection: Connection) -> int:
    found = connection.execute(_READ_TO, (_CURSOR,)).fetchone()
    return int(found[0]) if found else 0


def _ceiling(connection: Connection) -> int:
    found = connection.execute(_COUNTING_DOWN).fetchone()[0]
    return _LAST if found is None else int(found)
