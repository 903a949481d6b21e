"""Many rows at once: indexes are dropped before and made again afterwards, which sorts once instead of a million times.

The invariant: what was dropped comes back as it was and in the order in which it was, since between two indexes that
serve alike SQLite takes the one that comes first.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from storage.connect import Connection


@contextmanager
def indexed_afterwards(connection: Connection, tables: Sequence[str]) -> Iterator[None]:
    """Without the indexes of these tables inside, except those that keep a column unique."""
    with _without(connection, "index", tables):
        yield


@contextmanager
def untriggered(connection: Connection, tables: Sequence[str]) -> Iterator[None]:
    """Without the triggers of these tables inside: what those keep, the caller has to bring along."""
    with _without(connection, "trigger", tables):
        yield


@contextmanager
def _without(connection: Connection, kind: str, tables: Sequence[str]) -> Iterator[None]:
    marks = ",".join("?" * len(tables))
    dropped = connection.execute(
        f"SELECT name, sql FROM sqlite_schema WHERE type = ? AND sql NOT NULL AND tbl_name IN ({marks}) ORDER BY rowid",
        (kind, *tables),
    ).fetchall()
    for name, _ in dropped:
        connection.execute(f'DROP {kind} "{name}"')
    yield
    for _, statement in dropped:
        connection.execute(statement)
