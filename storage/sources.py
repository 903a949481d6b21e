"""The sources of a workspace: what is connected, how each is doing, and which of them take what of what is done here.

What a source doesn't take is this workspace's own: it never waits to leave. What a helpdesk takes stands in its
settings (`takes`, as its kind said when it was connected), since its kind may be another package's. Settings never hold
a secret: those come from the credentials ladder (console.credentials) at each use.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from desk.errors import BadInput, NotFound
from desk.ids import new_uid
from desk.nearest import mend_name
from storage.connect import Connection

MAILBOX = "mailbox"
# Of all that is done to a ticket a mailbox knows its mails, and of its fields who has it. Helpdesks know the rest too.
MAILED = ("reply", "forward", "acknowledgement", "resend")
MARKED = "assignee"
# The setting of a helpdesk that says what it takes: words of `sync.kinds.Kind.takes`, with blanks between them.
TAKES = "takes"

_ROWS = """
    SELECT s.id, s.kind, s.name, s.settings, ifnull(t.state, ''), ifnull(t.said, ''), ifnull(t.mend, ''), t.tried_at,
           t.synced_at, t.next_at, ifnull(t.failures, 0), ifnull(t.done, 0), ifnull(t.total, 0), ifnull(t.asked_at, 0),
           ifnull(t.claims, 1)
      FROM source s LEFT JOIN source_state t ON t.source_id = s.id
     WHERE s.kind = 'mailbox' OR s.settings ->> '$.takes' IS NOT NULL ORDER BY s.id"""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A connected source and how it is doing; the fields are those of storage.models.Source and SourceState."""

    id: int
    kind: str
    name: str
    settings: Mapping[str, str]
    state: str
    said: str
    mend: str
    tried_at: int | None
    synced_at: int | None
    next_at: int | None
    failures: int
    done: int
    total: int
    asked_at: int
    claims: bool = True


def takes(kind: str, settings: Mapping[str, str], operation: str, fields: Collection[str]) -> bool:
    """Whether a source takes such an operation of the outbox, which is about these fields; an imported file none."""
    if kind == MAILBOX:
        return operation in MAILED or (operation == "change" and MARKED in fields)
    taken = settings.get(TAKES, "").split()
    return not set(fields).isdisjoint(taken) if operation == "change" else operation in taken


def delivering(connection: Connection, operation: str, wishes: Mapping[int, Collection[str]]) -> dict[int, int]:
    """The source that takes such an operation on each ticket; where it concerns this workspace alone, none is there.

    `wishes` has the fields that it is about by ticket.
    """
    rows = connection.execute(
        "SELECT t.id, s.id, s.kind, s.settings FROM ticket t JOIN source s ON s.id = t.source_id "
        "WHERE t.id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(wishes)),),
    )
    return {
        ticket_id: source_id
        for ticket_id, source_id, kind, settings in rows
        if takes(kind, json.loads(settings), operation, wishes[ticket_id])
    }


def connected(connection: Connection) -> tuple[SourceRow, ...]:
    """Every source that is synced, the oldest first."""
    return tuple(
        SourceRow(source_id, kind, name, json.loads(settings), *state)
        for source_id, kind, name, settings, *state in connection.execute(_ROWS)
    )


def source_named(connection: Connection, name: str) -> SourceRow:
    """The connected source of that name; NotFound with the nearest one."""
    rows = connected(connection)
    for row in rows:
        if row.name.casefold() == name.strip().casefold():
            return row
    mend = mend_name(name, [row.name for row in rows]) if rows else "Nothing is connected yet: `heard connect KIND`."
    raise NotFound(f"There is no source “{name}”", mend)


def refuse_taken(connection: Connection, name: str) -> None:
    """Raise BadInput where a source has that name."""
    if connection.execute("SELECT 1 FROM source WHERE name = ?", (name,)).fetchone():
        raise BadInput(f"There is a source “{name}” already", "Give it another name with --name.")


def add(connection: Connection, kind: str, name: str, settings: Mapping[str, str], now: int) -> int:
    """Connect a source, inside the caller's transaction; BadInput where its name is taken."""
    refuse_taken(connection, name)
    row = connection.execute(
        "INSERT INTO source(uid, kind, name, settings, created_at) VALUES(?, ?, ?, ?, ?) RETURNING id",
        (new_uid(), kind, name, json.dumps(dict(settings), ensure_ascii=False), now),
    ).fetchone()
    return int(row[0])


def tell(connection: Connection, source_id: int, **columns: int | str | None) -> None:
    """Keep how a source is doing, inside the caller's transaction; columns that aren't named stay as they are."""
    connection.execute(
        """INSERT OR IGNORE INTO source_state(source_id, state, said, mend, failures, done, total, asked_at, claims)
           VALUES(?, 'idle', '', '', 0, 0, 0, 0, 1)""",
        (source_id,),
    )
    changes = ", ".join(f"{column} = ?" for column in columns)
    statement = f"UPDATE source_state SET {changes} WHERE source_id = ?"  # noqa: S608 - the columns are ours
    connection.execute(statement, (*columns.values(), source_id))


def ask_for_a_round(connection: Connection, now: int) -> None:
    """Wish that the sync process looks everywhere now, whatever its pace; inside the caller's transaction."""
    for row in connected(connection):
        tell(connection, row.id, asked_at=now)


def asked_at(connection: Connection, source_id: int) -> int:
    """When a person last wished for a round of this source; 0 for never."""
    row = connection.execute("SELECT asked_at FROM source_state WHERE source_id = ?", (source_id,)).fetchone()
    return int(row[0]) if row else 0


def cursor(connection: Connection, source_id: int, stream: str) -> str:
    """How far a stream was read; empty where it never was."""
    row = connection.execute(
        "SELECT value FROM cursor WHERE source_id = ? AND stream = ?", (source_id, stream)
    ).fetchone()
    return str(row[0]) if row else ""


def keep_cursor(connection: Connection, source_id: int, stream: str, value: str, now: int) -> None:
    """How far a stream was read, in the transaction that holds what was read."""
    connection.execute(
        """INSERT INTO cursor(source_id, stream, value, updated_at) VALUES(?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at""",
        (source_id, stream, value, now),
    )
