"""Settling: bringing the facts of changed tickets up to what is written on them, a bounded transaction at a time.

Whoever shows the numbers settles first; two consoles may do so at once, since each transaction takes the tickets that
are left. The invariants: when none is noted as changed, the facts are what a count of all tickets anew would give, of
the days that are kept; a crash loses nothing, since a note goes in the transaction that settles it.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence

from desk.metrics.facts import STANDING
from desk.metrics.snapshot import MOST_COUNTING
from desk.times import DAY
from storage.connect import Connection, writing
from storage.statistics.counting import Counted, counted

# Four weeks, the week before them, and a day for zones on either side.
KEPT_DAYS = 37
# Two clocks, or one that is set right by a little, differ by less.
SPARE_DAYS = 7
# So many tickets in one transaction, while consoles wait for theirs.
BATCH = 200
# Of a first import most tickets are too old to count: they are told apart faster than they are counted.
LOOKED_AT = 1_000

_NOTED = "SELECT ticket_id FROM stale_ticket ORDER BY ticket_id DESC LIMIT ?"
_HOW_MANY = "SELECT count(*) FROM (SELECT 1 FROM stale_ticket LIMIT ?)"
# What a board shows: who is waited for, and whatever happened in the days that are kept.
_MATTERS = """
    SELECT t.id FROM json_each(:tickets) w CROSS JOIN ticket t ON t.id = w.value
     WHERE t.status < 3 OR t.created_at >= :since OR t.solved_at >= :since
        OR EXISTS(SELECT 1 FROM message m WHERE m.ticket_id = t.id AND m.at >= :since)
        OR EXISTS(SELECT 1 FROM event e WHERE e.ticket_id = t.id AND e.at >= :since)"""
_HAS = """
    SELECT id, ticket_id, kind, at, channel_id, took, in_hours, met, until
      FROM ticket_fact WHERE ticket_id IN (SELECT value FROM json_each(?))"""
_ADD = """
    INSERT INTO ticket_fact(ticket_id, kind, at, channel_id, took, in_hours, met, until) VALUES(?,?,?,?,?,?,?,?)"""
_DROP = "DELETE FROM ticket_fact WHERE id = ?"
_SETTLED = "DELETE FROM stale_ticket WHERE ticket_id IN (SELECT value FROM json_each(?))"
_CHANGED = """
    INSERT INTO fact_day(kind, day, changes) VALUES(?,?,1)
    ON CONFLICT(kind, day) DO UPDATE SET changes = changes + 1"""
_OLD_DAY = "SELECT kind, day FROM fact_day WHERE day < ? AND day > 0 LIMIT 1"
_FORGET = "DELETE FROM ticket_fact WHERE kind = ? AND at >= ? AND at < ?"
_FORGET_DAY = "DELETE FROM fact_day WHERE kind = ? AND day = ?"
# The first day that was kept when facts were forgotten last, by the clock of whoever did it.
_KEPT_FROM = "facts.kept_from"
_SET_KEPT_FROM = """
    INSERT INTO setting(key, value) VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value"""
_ANEW = """
    INSERT INTO stale_ticket(ticket_id)
    SELECT id FROM ticket WHERE true UNION SELECT ticket_id FROM ticket_fact WHERE true ON CONFLICT DO NOTHING"""

_Row = tuple[int, int, int, int, int | None, int | None, int | None, int | None]


def waiting(connection: Connection, most: int = MOST_COUNTING) -> int:
    """How many tickets are noted as changed; counted up to `most`."""
    return int(connection.execute(_HOW_MANY, (most,)).fetchone()[0])


def settle(connection: Connection, now: int) -> None:
    """Settle all that is noted."""
    while settle_some(connection, now):
        pass


def settle_some(connection: Connection, now: int) -> bool:
    """One transaction of it, the newest tickets first; False where nothing was left, and then nothing was written."""
    since = _kept_since(now)
    if _forgotten_too_soon(connection, since):
        count_anew(connection)
        return True
    old = connection.execute(_OLD_DAY, (since // DAY,)).fetchone()
    if old is None and connection.execute(_NOTED, (1,)).fetchone() is None:
        return False
    with writing(connection):
        if old is not None:
            _forget(connection, *old)
            connection.execute(_SET_KEPT_FROM, (_KEPT_FROM, since // DAY))
        noted = [ticket for (ticket,) in connection.execute(_NOTED, (LOOKED_AT,))]
        asked = {"tickets": json.dumps(noted), "since": since}
        matters = {ticket for (ticket,) in connection.execute(_MATTERS, asked)}
        taken = _first_of(noted, matters)
        _write(connection, taken, [each for each in taken if each in matters], since)
        connection.execute(_SETTLED, (json.dumps(taken),))
    return True


def count_anew(connection: Connection) -> None:
    """Note every ticket as changed, so that all facts are counted again."""
    with writing(connection):
        connection.execute(_ANEW)
        connection.execute("DELETE FROM setting WHERE key = ?", (_KEPT_FROM,))


def _forgotten_too_soon(connection: Connection, since: int) -> bool:
    """Whether a clock was far ahead, and facts that numbers show were forgotten by it."""
    kept_from = connection.execute("SELECT value FROM setting WHERE key = ?", (_KEPT_FROM,)).fetchone()
    return kept_from is not None and int(kept_from[0]) > since // DAY + SPARE_DAYS


def _kept_since(now: int) -> int:
    """The beginning of the first day, UTC, that is kept."""
    return (now // DAY - KEPT_DAYS) * DAY


def _first_of(noted: Sequence[int], matters: set[int]) -> Sequence[int]:
    """As many from the front as have no more than a batch among them that matters."""
    left = BATCH
    for place, ticket in enumerate(noted):
        left -= ticket in matters
        if left < 0:
            return noted[:place]
    return noted


def _write(connection: Connection, taken: Sequence[int], matters: Sequence[int], since: int) -> None:
    """Put the facts of these tickets in the place of those that they had; what is as it was isn't touched."""
    had: dict[_Row, list[int]] = {}
    for key, *row in connection.execute(_HAS, (json.dumps(taken),)):
        had.setdefault(tuple(row), []).append(key)
    wanted = Counter(_row(each) for each in counted(connection, matters) if _kept(each, since))
    gone = [(key, row) for row, keys in had.items() for key in keys[wanted[row] :]]
    new = [row for row, times in wanted.items() for _ in range(times - len(had.get(row, ())))]
    connection.executemany(_DROP, [(key,) for key, _ in gone])
    connection.executemany(_ADD, new)
    _note_days(connection, [*(row for _, row in gone), *new])


def _kept(each: Counted, since: int) -> bool:
    return each.fact.did in STANDING or each.fact.at >= since


def _row(each: Counted) -> _Row:
    fact = each.fact
    met = None if fact.met is None else int(fact.met)
    return (each.ticket_id, int(fact.did), fact.at, each.channel_id, fact.took, fact.in_hours, met, fact.until)


def _note_days(connection: Connection, rows: Iterable[_Row]) -> None:
    days = {(row[1], 0 if row[1] in STANDING else row[2] // DAY) for row in rows}
    connection.executemany(_CHANGED, sorted(days))


def _forget(connection: Connection, kind: int, day: int) -> None:
    """Facts of a day that no number shows any more."""
    connection.execute(_FORGET, (kind, day * DAY, (day + 1) * DAY))
    connection.execute(_FORGET_DAY, (kind, day))
