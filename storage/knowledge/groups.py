"""Sent replies that say the same, brought together one by one as they come, off the write path.

Who calls `catch_up` reads on where the last one ended: the console in quiet moments, a report before it counts. The
invariants: each reply is read once, also where two consoles read on at once, and not before it can't be taken back any
more; the work for one reply is bounded however many there are (a few keys, `NEWEST` groups of each, `COMPARED`
sketches), and so is the time that others wait for the lock, as sketches are made before it is taken; a group is known
by its first reply, so that it can't drift away from it.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import chain
from math import inf
from time import monotonic
from typing import NamedTuple

from desk.knowledge.capture import own_words
from desk.knowledge.similar import Sketch, best, keys, packed, sketch, unpacked, words_of_answer
from storage.connect import Connection, writing

AT_ONCE = 100
# Between two replies may lie any number of other messages; so many are passed over at a time, in 5 ms.
PASSED = 1_000
NEWEST = 48
COMPARED = 8

_CURSOR = "answers.read_to"
_READ_TO = "SELECT CAST(value AS INTEGER) FROM setting WHERE key = ?"
_READ_AGAIN = """
    UPDATE setting SET value = CAST(? AS TEXT) WHERE key = ? AND CAST(value AS INTEGER) > ?"""
_KEEP = "INSERT INTO setting(key, value) VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value"
# The last message that may be read. A reply that counts down, and whatever came after it, waits for the next time.
_UP_TO = """
    SELECT coalesce((SELECT min(message_id) - 1 FROM outbox WHERE state = 'undoable' AND state NOT IN ('sent','dropped')
                        AND message_id IS NOT NULL), (SELECT max(id) FROM message), 0)"""
_NEXT = """
    SELECT m.id, m.at, m.body, ifnull(c.name, ''), ifnull(a.name, '')
      FROM message m JOIN ticket t ON t.id = m.ticket_id LEFT JOIN customer c ON c.id = t.customer_id
      LEFT JOIN agent a ON a.id = m.agent_id
     WHERE m.id > ? AND m.id <= ? AND m.kind = 'outbound' AND m.automatic = ''
       AND NOT EXISTS(SELECT 1 FROM answer_member k WHERE k.message_id = m.id) ORDER BY m.id LIMIT ?"""
_OF_KEY = "SELECT group_id FROM answer_key WHERE key = ? ORDER BY group_id DESC LIMIT ?"
_SKETCH = "SELECT sketch FROM answer_group WHERE id = ?"


class CaughtUp(NamedTuple):
    """Up to which message replies are read now, and up to which they may be."""

    done: int
    whole: int

    @property
    def more(self) -> bool:
        """Whether there is more to read."""
        return self.done < self.whole

    @property
    def share(self) -> float:
        """How much of all that there is was read, 0 to 1."""
        return self.done / self.whole if self.more else 1.0


class _Read(NamedTuple):
    """A reply that was read."""

    message_id: int
    at: int
    sketch: Sketch


def catch_up(connection: Connection, most: int = AT_ONCE, seconds: float = inf) -> CaughtUp:
    """Read at most so many replies that weren't read yet, for about so long at most, at least one where there is any.

    Writes in a transaction of its own.
    """
    begun = progress(connection)
    found, done = _next(connection, begun, most, monotonic() + seconds)
    if done == begun.done:
        return begun
    with writing(connection):
        # Another console may have read these meanwhile.
        if _read_to(connection) != begun.done:
            return progress(connection)
        for each in found:
            _join(connection, each)
        connection.execute(_KEEP, (_CURSOR, str(done)))
    return CaughtUp(done, begun.whole)


def catch_up_all(connection: Connection) -> None:
    """Read all that wasn't read yet; for commands, which may take their time."""
    while catch_up(connection).more:
        pass


def read_again(connection: Connection, message_ids: Iterable[int]) -> None:
    """Messages that were gone are there once more under their old ids: read on from there, in the caller's transaction.

    What was read behind them stays as it is.
    """
    before = min(message_ids, default=0) - 1
    if before >= 0:
        connection.execute(_READ_AGAIN, (before, _CURSOR, before))


def progress(connection: Connection) -> CaughtUp:
    """How much of what was sent is read."""
    return CaughtUp(_read_to(connection), int(connection.execute(_UP_TO).fetchone()[0]))


def _next(connection: Connection, begun: CaughtUp, most: int, until: float) -> tuple[list[_Read], int]:
    """The next replies, and up to which message all of them are read."""
    last = min(begun.whole, begun.done + PASSED)
    found: list[_Read] = []
    for message_id, at, body, customer, agent in connection.execute(_NEXT, (begun.done, last, most)):
        found.append(_Read(message_id, at, sketch(words_of_answer(own_words(body, agent), customer, agent))))
        if len(found) == most or monotonic() >= until:
            return found, message_id
    return found, max(last, begun.done)


def group_of(connection: Connection, of: Sketch) -> int | None:
    """The group that says the same, None where there is none."""
    found = Counter(chain.from_iterable(_of_key(connection, key) for key in keys(of)))
    near = sorted(found, key=lambda group: (-found[group], group))[:COMPARED]
    kept = ((group, connection.execute(_SKETCH, (group,)).fetchone()) for group in near)
    return best(of, [(group, unpacked(row[0])) for group, row in kept if row is not None])


def _of_key(connection: Connection, key: int) -> list[int]:
    return [group for (group,) in connection.execute(_OF_KEY, (key, NEWEST))]


def _join(connection: Connection, reply: _Read) -> None:
    """Put a reply into its group, or begin one with it; one that is too short to be told apart stays outside."""
    of = reply.sketch
    if not of:
        return
    group = group_of(connection, of)
    if group is None:
        group = connection.execute("INSERT INTO answer_group(sketch) VALUES(?)", (packed(of),)).lastrowid
        connection.executemany("INSERT INTO answer_key(key, group_id) VALUES(?,?)", [(key, group) for key in keys(of)])
    connection.execute(
        "INSERT OR IGNORE INTO answer_member(message_id, group_id, at) VALUES(?,?,?)",
        (reply.message_id, group, reply.at),
    )


def _read_to(connection: Connection) -> int:
    found = connection.execute(_READ_TO, (_CURSOR,)).fetchone()
    return int(found[0]) if found else 0
