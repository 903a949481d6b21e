"""All else that a team's workspace holds, table by table, so that nothing is left behind when it goes to another tool.

The invariant: every table of the schema is written, or stands in `LEFT_OUT` with its reason (a test compares both with
the schema). A row names others as people and programs know them: by `uid` (which customers.jsonl and tickets.jsonl call
`external_id`), handle, name or key, never by a number of this file.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

from desk.times import iso
from storage.connect import Connection
from storage.export.files import write_lines

FOLDER = "tables"
LEFT_OUT: Mapping[str, str] = MappingProxyType(
    {
        "active_tag": "made of ticket_tag",
        "alembic_version": "the file's own",
        "answer_group": "made of sent replies",
        "answer_key": "made of sent replies",
        "answer_member": "made of sent replies",
        "checklist": "in checklists.toml; those of one ticket are kept at its helpdesk",
        "cursor": "how far a source was read",
        "identity": "in customers.jsonl",
        "mail_copy": "where a mail lies in a mailbox",
        "merged_row": "numbers of this file",
        "message_reference": "in message, as in_reply_to",
        "remote_piece": "what of the library a helpdesk told",
        "remote_step": "steps of lists that are kept at a helpdesk",
        "setting": "rules are in rules/, all else is this workspace's own",
        "source_state": "how a source does just now",
        "ticket_count": "made of ticket",
        "tombstone": "keyed hashes, which nobody else can use",
    }
)
# Of a table that is written: what stands elsewhere, or means nothing outside of this file.
_COLUMNS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "customer": frozenset({"recency"}),
        "customer_merge": frozenset({"gave", "since"}),
        "draft": frozenset({"cursor", "seen_inbound_id"}),
        "event": frozenset({"patch"}),
        "form_draft": frozenset({"about"}),
        "message": frozenset({"body", "folds", "raw"}),
        "remote_ticket": frozenset({"base", "digest", "labels", "version"}),
        "snippet_use": frozenset({"snippet_id"}),
    }
)
# How a row is named where it has no `uid`.
_NAMED: Mapping[str, str] = MappingProxyType(
    {"agent": "handle", "channel": "key", "queue": "name", "source": "name", "tag": "name", "team": "name"}
)
_JSON = frozenset({"event.data", "outbox.payload", "ticket.details", "customer.details", "customer.flags",
                   "draft.attachments", "writing.snippets", "source.settings"})  # fmt: skip
_TIMES = frozenset({"at", "since", "snoozed_until"})
_INTERNAL = ("lookup", "message_text", "sqlite_")


def tables(connection: Connection) -> list[str]:
    """The tables of the schema that hold something of the team's own."""
    found = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall()
    return [name for (name,) in found if not name.startswith(_INTERNAL) and name not in LEFT_OUT]


def write_tables(connection: Connection, folder: Path, watch: Callable[[str, int], object]) -> int:
    """A file of JSON Lines for each table that has rows; how many rows there were."""
    (folder / FOLDER).mkdir(mode=0o700)
    count = 0
    for table in tables(connection):
        file = folder / FOLDER / f"{table}.jsonl"
        written = write_lines(file, _rows(connection, table), partial(watch, table.replace("_", " ")))
        if not written:
            file.unlink()
        count += written
    return count


def _rows(connection: Connection, table: str) -> Iterator[dict[str, object]]:
    """Each row; what is empty is left out by whoever writes it."""
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})").fetchall()]
    others = {row[3]: row[2] for row in connection.execute(f"PRAGMA foreign_key_list({table})").fetchall()}
    asked: dict[str, str] = {}
    for column in columns:
        if column in others:
            other = others[column]
            named = f"(SELECT {_NAMED.get(other, 'uid')} FROM {other} o WHERE o.id = t.{column})"  # noqa: S608  names of ours
            asked[column.removesuffix("_id")] = named
        elif column not in {"id", *_COLUMNS.get(table, ())}:
            asked[column] = f"t.{column}"
    terms = ", ".join(f'{term} AS "{name}"' for name, term in asked.items())
    for row in connection.execute(f"SELECT {terms} FROM {table} t"):  # noqa: S608  as above
        yield {name: _told(table, name, value) for name, value in zip(asked, row, strict=True)}


def _told(table: str, name: str, value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, int) and (name in _TIMES or name.endswith("_at")):
        return iso(value)
    return json.loads(value) if isinstance(value, str) and f"{table}.{name}" in _JSON else value
