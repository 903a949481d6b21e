"""What agents are writing, kept as typed: plain SQL and nothing heavy, since every pause at the keyboard saves.

The invariant: a saved draft is in the file before `save` returns, and there is one for each ticket, agent and kind.
"""

import json

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


def save(connection: Connection, draft: DraftRow) -> None:
    """Keep the draft in the place of the one before."""
    connection.execute(
        _SAVE,
        (
            draft.ticket_id, draft.agent_id, draft.kind, draft.recipients, draft.copies, draft.subject, draft.body,
            json.dumps(draft.attachments), draft.cursor, draft.seen_inbound_id, draft.updated_at,
        ),
    )  # fmt: skip


def load(connection: Connection, ticket_id: int, agent_id: int, kind: str) -> DraftRow | None:
    """The draft, or None where there is none."""
    found = connection.execute(f"{_READ} AND ticket_id = ? AND kind = ?", (agent_id, ticket_id, kind)).fetchone()
    return _draft(*found) if found else None


def forget(connection: Connection, ticket_id: int, agent_id: int, kind: str) -> None:
    """Drop the draft, where there is one."""
    connection.execute(
        "DELETE FROM draft WHERE ticket_id = ? AND agent_id = ? AND kind = ?", (ticket_id, agent_id, kind)
    )


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
