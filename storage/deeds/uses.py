"""Snippets that leave in a message: what became of each is written down in the very transaction that sends it.

The invariants: a use is there if and only if its message is, through every undo and redo; a reply that is taken back
remembers its snippets and its beginning again, so that sending it anew counts the same; a snippet of which no word is
left was not used.
"""

from typing import TYPE_CHECKING

from desk.knowledge.changes import ALL, use_of
from desk.times import SECOND
from storage import drafts
from storage.connect import Connection
from storage.drafts import Inserted, Remembered

if TYPE_CHECKING:
    from storage.deeds.journal import Journal

_SENT = "SELECT snippet_id, title, inserted FROM snippet_use WHERE message_id = ? ORDER BY id"
_BEGUN = """
    SELECT at - ? * CAST(json_extract(data, '$.seconds') AS INTEGER) FROM event
     WHERE message_id = ? AND kind IN ('replied', 'noted', 'forwarded') ORDER BY id DESC LIMIT 1"""


def write_uses(journal: "Journal", ticket_id: int, message_id: int, body: str, snippets: tuple[Inserted, ...]) -> None:
    """One row for each snippet that is still in the text."""
    from storage import models

    for snippet in snippets:
        use = use_of(snippet.body, body)
        if use.changed == ALL:
            continue
        journal.add(
            models.SnippetUse(
                snippet_id=snippet.snippet_id, title=snippet.title, ticket_id=ticket_id, message_id=message_id,
                agent_id=journal.by.agent_id, at=journal.by.at, changed=use.changed, inserted=snippet.body,
                text=use.text,
            )
        )  # fmt: skip


def seconds_of(remembered: Remembered, at: int) -> int | None:
    """How long this was written on, from its first key to its sending; None where that isn't known."""
    return None if remembered.begun_at is None else max(0, (at - remembered.begun_at) // SECOND)


def remember_again(connection: Connection, message_id: int, ticket_id: int, agent_id: int, kind: str, at: int) -> None:
    """A message that was sent is a draft once more: what was remembered with it is so again."""
    snippets = tuple(Inserted(*row) for row in connection.execute(_SENT, (message_id,)))
    begun = connection.execute(_BEGUN, (SECOND, message_id)).fetchone()
    known = begun[0] if begun is not None and begun[0] is not None else at
    drafts.remember(connection, ticket_id, agent_id, kind, known, *snippets)
