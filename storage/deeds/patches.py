"""What a deed changed, row by row, so that it can be taken back and done again to the letter.

The invariant: nothing that someone else wrote meanwhile is overwritten. A value that isn't as the deed left it any more
raises `ClashError`; only what the program itself keeps count of (`KEPT`) stays as it is by then, for the caller to
count anew.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from storage.connect import Connection, driver

Value: TypeAlias = bool | int | float | str | bytes | None
Row: TypeAlias = dict[str, Value]

# Columns that follow from others, or that reading moves.
KEPT: dict[str, frozenset[str]] = {
    "ticket": frozenset(
        {
            "updated_at", "due_at", "warns_at", "promised_at", "inbound_at", "outbound_at", "first_response_at",
            "message_count", "preview", "unread", "solved_at", "mood", "contacts", "customer_id",
        }
    ),
    "customer": frozenset({"updated_at", "contacted_at", "recency", "mood"}),
    # Whose they are moves when customers are merged; a merge isn't taken back by its rows.
    **dict.fromkeys(("message", "call", "gesture"), frozenset({"customer_id"})),
    "snippet": frozenset({"uses", "used_at", "updated_at"}),
    "draft": frozenset({"cursor", "seen_inbound_id", "updated_at"}),
}  # fmt: skip
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Patch:
    """One row before and after; None before: it was added; None after: it was deleted."""

    table: str
    key: Row
    before: Row | None
    after: Row | None

    def turned(self) -> "Patch":
        """The same the other way round."""
        return Patch(self.table, self.key, self.after, self.before)


class ClashError(Exception):
    """A row isn't as the deed left it. Internal: `undo` turns it into words."""

    def __init__(self, patch: Patch, column: str = "") -> None:
        super().__init__(patch.table, column)
        self.patch = patch
        self.column = column


def encode(patches: Iterable[Patch]) -> str:
    """The text that `event.patch` keeps; empty where there is no patch."""
    rows = [[patch.table, patch.key, patch.before, patch.after] for patch in patches]
    return json.dumps(rows, default=_hex, ensure_ascii=False, separators=(",", ":")) if rows else ""


def decode(text: str) -> list[Patch]:
    """The patches behind `encode`'s text."""
    return [Patch(*row) for row in json.loads(text, object_hook=_bytes)] if text else []


def apply(connection: Connection, patches: Iterable[Patch]) -> set[int]:
    """Bring each row from its `before` to its `after`; the answer names tickets whose counts must be made anew."""
    recount: set[int] = set()
    for patch in patches:
        if patch.before is None:
            _insert(connection, patch)
        elif patch.after is None:
            _delete(connection, patch)
        elif _update(connection, patch) and patch.table == "ticket":
            recount.add(int(str(patch.key["id"])))
    return recount


def _update(connection: Connection, patch: Patch) -> bool:
    """Whether a kept column had moved on."""
    before, after = patch.before or {}, patch.after or {}
    current = _current(connection, patch, list(before))
    kept = KEPT.get(patch.table, NOTHING)
    moved = [column for column in before if current[column] != before[column]]
    for column in moved:
        if column not in kept:
            raise ClashError(patch, column)
    columns = [column for column in after if column not in moved]
    if columns:
        assignments = ", ".join(f"{column} = ?" for column in columns)
        where, keys = _where(patch.key)
        connection.execute(
            f"UPDATE {patch.table} SET {assignments} WHERE {where}",  # noqa: S608  names of the schema, from our own event
            [*(after[column] for column in columns), *keys],
        )
    return bool(moved)


def _insert(connection: Connection, patch: Patch) -> None:
    row = patch.after or {}
    marks = ", ".join("?" * len(row))
    try:
        connection.execute(
            f"INSERT INTO {patch.table}({', '.join(row)}) VALUES({marks})",
            list(row.values()),
        )
    except (sqlite3.IntegrityError, driver().IntegrityError) as error:
        raise ClashError(patch) from error


def _delete(connection: Connection, patch: Patch) -> None:
    before = patch.before or {}
    kept = KEPT.get(patch.table, NOTHING)
    try:
        current = _current(connection, patch, list(before))
    except ClashError:
        # A draft that was thrown away is what taking it back comes to.
        if patch.table == "draft":
            return
        raise
    for column, value in before.items():
        if column not in kept and current[column] != value:
            raise ClashError(patch, column)
    # History outlives what it speaks of; the patch still names it.
    if patch.table == "message":
        connection.execute("UPDATE event SET message_id = NULL WHERE message_id = ?", (patch.key["id"],))
        connection.execute("UPDATE outbox SET message_id = NULL WHERE message_id = ?", (patch.key["id"],))
    connection.execute("DELETE FROM merged_row WHERE kind = ? AND row_id = ?", (patch.table, patch.key.get("id")))
    if patch.table == "customer":
        from storage.search.index import forget

        forget(connection, int(str(patch.key["id"])))
        connection.execute("UPDATE event SET customer_id = NULL WHERE customer_id = ?", (patch.key["id"],))
    where, keys = _where(patch.key)
    if patch.table == "draft":
        connection.execute(f"DELETE FROM writing WHERE {where}", keys)  # noqa: S608  as above
    try:
        connection.execute(f"DELETE FROM {patch.table} WHERE {where}", keys)  # noqa: S608  as above
    except (sqlite3.IntegrityError, driver().IntegrityError) as error:
        raise ClashError(patch) from error


def _current(connection: Connection, patch: Patch, columns: list[str]) -> Row:
    where, keys = _where(patch.key)
    found = connection.execute(
        f"SELECT {', '.join(columns)} FROM {patch.table} WHERE {where}",  # noqa: S608  as above
        keys,
    ).fetchone()
    if found is None:
        raise ClashError(patch)
    return dict(zip(columns, found, strict=True))


def _where(key: Row) -> tuple[str, list[Value]]:
    return " AND ".join(f"{column} = ?" for column in key), list(key.values())


def _hex(value: object) -> dict[str, str]:
    if not isinstance(value, bytes):
        raise TypeError(f"{type(value).__name__} can't stand in a patch")
    return {"hex": value.hex()}


def _bytes(row: dict[str, Value]) -> Row | bytes:
    return bytes.fromhex(str(row["hex"])) if row.keys() == {"hex"} else row
