"""Who wrote last is first: putting customers in the order of their last contact after records came in any order.

A batch moves only its newest contacts to the front. Where it leaves others out of their place, a setting says so from
the same transaction on, so that whoever ends an import knows, even if an earlier one was killed.
The invariant: after `put_in_order` recency grows with the last contact. Who was never in contact stands below, but one
who was made by hand counts as met then.
"""

import json
import time
from array import array
from collections.abc import Iterable
from itertools import islice

from storage.connect import Connection, writing
from storage.ingest.pace import Pace
from storage.search.index import touch_all

SETTING = "recency_unordered"

_MET = "coalesce({0}.contacted_at, CASE WHEN {0}.source_id IS NULL THEN {0}.created_at END, -1 << 62)"
_C, _BELOW, _ABOVE = (_MET.format(name) for name in ("c", "b", "a"))
_MISPLACED = f"""
SELECT 1 FROM customer c
WHERE c.id IN (SELECT value FROM json_each(?1)
               UNION SELECT customer_id FROM ticket WHERE id IN (SELECT value FROM json_each(?2))
               UNION SELECT customer_id FROM message WHERE ticket_id IN (SELECT value FROM json_each(?2)))
  AND c.merged_into_id IS NULL
  AND ({_C} < (SELECT {_BELOW} FROM customer b WHERE b.recency < c.recency AND b.merged_into_id IS NULL
               ORDER BY b.recency DESC LIMIT 1)
    OR {_C} > (SELECT {_ABOVE} FROM customer a WHERE a.recency > c.recency AND a.merged_into_id IS NULL
               ORDER BY a.recency LIMIT 1)) LIMIT 1"""  # noqa: S608  expressions of ours
_IN_ORDER = f"SELECT c.id, c.recency FROM customer c WHERE c.merged_into_id IS NULL ORDER BY {_C}, c.recency"  # noqa: S608
_THERE = "SELECT id FROM customer WHERE merged_into_id IS NULL AND id IN (SELECT value FROM json_each(?))"
_NOTICE = "INSERT INTO setting(key, value) VALUES(?, '1') ON CONFLICT(key) DO UPDATE SET value = value + 1"
_NOTICED = "SELECT value FROM setting WHERE key = ?"
_SETTLED = "DELETE FROM setting WHERE key = ? AND value = ?"


def notice(connection: Connection, customer_ids: Iterable[int], ticket_ids: Iterable[int]) -> None:
    """Remember where one of these customers, or of these tickets', stands on the wrong side of a neighbour."""
    asked = (json.dumps(list(customer_ids)), json.dumps(list(ticket_ids)))
    if connection.execute(_MISPLACED, asked).fetchone():
        connection.execute(_NOTICE, (SETTING,))


def put_in_order(connection: Connection, pace: Pace) -> None:
    """Move everyone who is out of their place, in short transactions; nothing is done where nobody is."""
    while noticed := connection.execute(_NOTICED, (SETTING,)).fetchone():
        moving = _out_of_place(connection)
        if moving:
            _move(connection, moving, pace)
        else:
            # Not where another process noticed more since.
            connection.execute(_SETTLED, (SETTING, noticed[0]))


def _out_of_place(connection: Connection) -> "array[int]":
    """Those who must come to the front, in their order: all from the first on who stands below one met earlier.

    Nobody can be moved but to the front, so that whoever was met later than the first misplaced one follows them.
    """
    moving = array("q")
    last = None
    for customer_id, recency in connection.execute(_IN_ORDER):
        if moving or (last is not None and recency < last):
            moving.append(customer_id)
        last = recency
    return moving


def _move(connection: Connection, customer_ids: "array[int]", pace: Pace) -> None:
    waiting = iter(customer_ids)
    while batch := list(islice(waiting, pace.size)):
        begun = time.perf_counter()
        with writing(connection):
            there = {row[0] for row in connection.execute(_THERE, (json.dumps(batch),))}
            touch_all(connection, filter(there.__contains__, batch))
        pace.took(len(batch), time.perf_counter() - begun)
        pace.rest()
