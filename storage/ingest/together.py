"""Rows that go into a table many at a time, in one statement.

A statement on a table with triggers or foreign keys keeps a journal of its own, so that it can be taken back alone: of
every page that it touches. For each row anew that was two fifths of the time; fifty at once share it.
"""

from collections.abc import Sequence
from itertools import chain

from storage.connect import Connection

# More save nothing, and what is left over goes in one by one.
TOGETHER = 50


def insert(
    connection: Connection, into: str, row: str, rows: Sequence[tuple[object, ...]], otherwise: str = ""
) -> None:
    """Run `into` ("INSERT INTO t(a, b)") with `row` ("(?, ?)") for each of these, and what is done on a conflict."""
    whole = len(rows) // TOGETHER * TOGETHER
    if whole:
        many = f"{into} VALUES {', '.join([row] * TOGETHER)} {otherwise}"
        for first in range(0, whole, TOGETHER):
            connection.execute(many, tuple(chain.from_iterable(rows[first : first + TOGETHER])))
    if whole < len(rows):
        connection.executemany(f"{into} VALUES {row} {otherwise}", rows[whole:])
