"""What agents are writing, kept as typed: plain SQL and nothing heavy, since every pause at the keyboard saves.

The invariants: a saved draft is in the file before `save` returns, and there is one for each ticket, agent and kind;
what is remembered with it (when it was begun, which snippets went in) is forgotten with it.
"""

import json
from typing import NamedTuple

from desk.records import DraftRow
from storage.connect import Connection

_SAVE = """
INSERT INTO draft(ticket_id, agent_id, kind, recipients, copies, subject, body, attachments, cursor, seen_inbound_id,
                  updated_at) VALUES(?,?,?,?,?,?,?,?,?,?,?)
ON CONFLICT(ticket_id, agent_id, kind) DO UPDATE SET
    recipients = excluded.recipients, copies = excluded.copies, subject = excluded.subject, body = excluded.body,
    attachments = excluded.attachments, cursor = excluded.cursor, seen_inbound_id = excluded.seen_inbound_id,
    updated_at = excluded.updated_at
"""
_READ = """
SELECT ticket_id, agent_id, kind, recipients, copies, subject, body, attachments, cursor, seen_inbound_id, updated_at
FROM draft WHERE agent_id = ?
"""
# What is remembered with a draft stands in a row of its own, which saving leaves alone.
_BEGIN = "INSERT OR IGNORE INTO writing(ticket_id, agent_id, kind, begun_at, snippets) VALUES(?,?,?,?,'[]')"
_INSERTED = """
INSERT INTO writing(ticket_id, agent_id, kind, begun_at, snippets) VALUES(?,?,?,?,?)
ON CONFLICT(ticket_id, agent_id, kind) DO UPDATE SET begun_at = min(coalesce(begun_at, excluded.begun_at),
    excluded.begun_at), snippets = excluded.snippets
"""
_REMEMBERED = "SELECT begun_at, snippets FROM writing WHERE ticket_id = ? AND agent_id = ? AND kind = ?"


class Inserted(NamedTuple):
    """A snippet that went into a draft, as it stood in the library then."""

    snippet_id: int
    title: str
    body: str


class Remembered(NamedTuple):
    """What goes with a draft: when its first key was typed, and the snippets in it."""

    begun_at: int | None = None
    snippets: tuple[Inserted, ...] = ()


def save(connection: Connection, draft: DraftRow) -> None:
    """Keep the draft in the place of the one before."""
    connection.execute(
        _SAVE,
        (
            draft.ticket_id, draft.agent_id, draft.kind, draft.recipients, draft.copies, draft.subject, draft.body,
            json.dumps(draft.attachments), draft.cursor, draft.seen_inbound_id, draft.updated_at,
        ),
    )  # fmt: skip
    connection.execute(_BEGIN, (draft.ticket_id, draft.agent_id, draft.kind, draft.updated_at))


def load(connection: Connection, ticket_id: int, agent_id: int, kind: str) -> DraftRow | None:
    """The draft, or None where there is none."""
    found = connection.execute(f"{_READ} AND ticket_id = ? AND kind = ?", (agent_id, ticket_id, kind)).fetchone()
    return _draft(*found) if found else None


def forget(connection: Connection, ticket_id: int, agent_id: int, kind: str) -> None:
    """Drop the draft, where there is one, and what was remembered with it."""
    for table in ("draft", "writing"):
        connection.execute(
            f"DELETE FROM {table} WHERE ticket_id = ? AND agent_id = ? AND kind = ?",  # noqa: S608  names of the schema
            (ticket_id, agent_id, kind),
        )


def remember(connection: Connection, ticket_id: int, agent_id: int, kind: str, at: int, *snippets: Inserted) -> None:
    """These snippets went into this draft at `at`, beside those that are in it already."""
    before = remembered(connection, ticket_id, agent_id, kind).snippets
    whole = {each.snippet_id: each for each in (*before, *snippets)}
    connection.execute(_INSERTED, (ticket_id, agent_id, kind, at, json.dumps([*whole.values()], ensure_ascii=False)))


def remembered(connection: Connection, ticket_id: int, agent_id: int, kind: str) -> Remembered:
    """What goes with a draft, nothing where there is none."""
    found = connection.execute(_REMEMBERED, (ticket_id, agent_id, kind)).fetchone()
    if found is None:
        return Remembered()
    return Remembered(found[0], tuple(Inserted(*each) for each in json.loads(found[1])))


def listed(connection: Connection, agent_id: int) -> tuple[DraftRow, ...]:
    """All drafts of this agent, the newest first."""
    return tuple(_draft(*row) for row in connection.execute(f"{_READ} ORDER BY updated_at DESC, id DESC", (agent_id,)))


def _draft(
    ticket_id: int, agent_id: int, kind: str, recipients: str, copies: str, subject: str, body: str, attachments: str,
    cursor: int, seen_inbound_id: int | None, updated_at: int,
) -> DraftRow:  # fmt: skip
    files = tuple(json.loads(attachments))
    return DraftRow(
        ticket_id, agent_id, kind, recipients, copies, subject, body, files, cursor, seen_inbound_id, updated_at
    )
