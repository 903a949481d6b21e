"""The outbox's side of undo: what hasn't left is dropped, what has arrived here only is answered by its opposite.

The invariant: a reply that may have reached its customer is never taken back, and a taken-back text is a draft again.
"""

import json
from collections.abc import Mapping
from typing import NamedTuple

from desk.errors import Refused
from desk.records import DraftRow
from storage import drafts
from storage.connect import Connection
from storage.deeds.journal import Journal
from storage.deeds.patches import Patch, Row
from storage.deeds.uses import remember_again
from storage.knowledge.groups import read_again

_ROWS = (
    "SELECT id, ticket_id, source_id, kind, payload, state, created_at, ready_at FROM outbox WHERE deed = ? ORDER BY id"
)
_WRITTEN = """
SELECT m.id, m.ticket_id, m.recipients, m.copies, m.subject, m.body, e.data
FROM event e JOIN message m ON m.id = e.message_id
WHERE e.deed = ? AND e.kind IN ('replied', 'noted', 'forwarded')
"""
_NEWEST_INBOUND = "SELECT max(id) FROM message WHERE ticket_id = ? AND kind = 'inbound'"
# The draft that the message became when it was taken back, unless someone has written on it since.
_END_DRAFT = """
DELETE FROM draft WHERE EXISTS(SELECT 1 FROM message m WHERE m.id = ? AND m.ticket_id = draft.ticket_id
                               AND m.agent_id = draft.agent_id AND m.body = draft.body)
"""
_END_WRITING = """
DELETE FROM writing WHERE NOT EXISTS(SELECT 1 FROM draft d WHERE d.ticket_id = writing.ticket_id
                                     AND d.agent_id = writing.agent_id AND d.kind = writing.kind)
    AND (ticket_id, agent_id) = (SELECT ticket_id, agent_id FROM message WHERE id = ?)
"""
_LETTERS = ("reply", "forward", "resend", "acknowledgement")


class _Row(NamedTuple):
    id: int
    ticket_id: int
    source_id: int | None
    kind: str
    payload: str
    state: str
    created_at: int
    ready_at: int


def recall(journal: Journal, deed: bytes) -> None:
    """Keep this deed from going out, or send its opposite after it; Refused where it is too late."""
    rows = _rows(journal.connection, deed)
    for row in rows:
        gone = row.state in ("sent", "bounced") or (row.state == "undoable" and row.ready_at <= journal.by.at)
        if gone and (row.kind in _LETTERS or (row.kind == "note" and row.source_id is not None)):
            raise Refused(f"The {row.kind} on {_number(journal.connection, row.ticket_id)} was already sent", "")
        if gone and row.kind != "note":
            journal.send(row.kind, _opposite(row.payload), ticket_id=row.ticket_id, source_id=row.source_id)
        else:
            journal.connection.execute("UPDATE outbox SET state = 'dropped' WHERE id = ?", (row.id,))
    draft_again(journal, deed)


def draft_again(journal: Journal, deed: bytes) -> tuple[Patch, ...]:
    """Let what this deed wrote be a draft of whoever acts now; what that changed, nothing where nothing was written.

    The draft belongs to the ticket on which the message lies now.
    """
    if journal.by.agent_id is None:
        return ()
    written = journal.connection.execute(_WRITTEN, (deed,)).fetchall()
    return tuple(_restore(journal, message, _draft(journal, journal.by.agent_id, *each)) for message, *each in written)


def send_again(journal: Journal, deed: bytes, written_on: Mapping[int | None, int]) -> None:
    """The outbox rows of a deed that is done once more, `written_on` being the message that it wrote on each ticket."""
    for row in _rows(journal.connection, deed):
        written = row.kind in (*_LETTERS, "note")
        journal.send(
            row.kind,
            json.loads(row.payload),
            ticket_id=row.ticket_id,
            message_id=written_on.get(row.ticket_id) if written else None,
            source_id=row.source_id,
            undo_seconds=(row.ready_at > row.created_at) * journal.by.undo_seconds,
        )
    read_again(journal.connection, written_on.values())
    for end in (_END_DRAFT, _END_WRITING):
        journal.connection.executemany(end, [(message_id,) for message_id in written_on.values()])


def _draft(
    journal: Journal, agent_id: int, ticket_id: int, recipients: str, copies: str, subject: str, body: str, data: str
) -> DraftRow:
    facts = json.loads(data)
    newest = journal.connection.execute(_NEWEST_INBOUND, (ticket_id,)).fetchone()[0]
    return DraftRow(
        ticket_id, agent_id, facts["draft"], recipients, copies, subject, body, tuple(facts["attachments"]), len(body),
        newest, journal.by.at,
    )  # fmt: skip


def _restore(journal: Journal, message_id: int, draft: DraftRow) -> Patch:
    """Save the text as a draft, before what was begun in the meantime."""
    begun = drafts.load(journal.connection, draft.ticket_id, draft.agent_id, draft.kind)
    if begun is not None and begun.body.strip():
        draft = draft._replace(
            body=f"{draft.body}\n\n{begun.body}", attachments=(*draft.attachments, *begun.attachments)
        )
    drafts.save(journal.connection, draft)
    remember_again(journal.connection, message_id, draft.ticket_id, draft.agent_id, draft.kind, draft.updated_at)
    key: Row = {"ticket_id": draft.ticket_id, "agent_id": draft.agent_id, "kind": draft.kind}
    return Patch("draft", key, None if begun is None else _columns(begun), _columns(draft))


def _columns(draft: DraftRow) -> Row:
    """A draft as its row is."""
    return {**draft._asdict(), "attachments": json.dumps(draft.attachments)}


def _rows(connection: Connection, deed: bytes) -> list[_Row]:
    return [_Row(*row) for row in connection.execute(_ROWS, (deed,))]


def _opposite(payload: str) -> dict[str, object]:
    return {field: [after, before] for field, (before, after) in json.loads(payload).items()}


def _number(connection: Connection, ticket_id: int) -> str:
    found = connection.execute("SELECT number FROM ticket WHERE id = ?", (ticket_id,)).fetchone()
    return f"#{found[0]}"
