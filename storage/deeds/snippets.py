"""Writing the team's snippets, and counting their use."""

from typing import TYPE_CHECKING

from desk.errors import BadInput, Refused
from desk.snippets.macros import format_actions
from desk.text import clean
from storage.deeds.by import By, Done
from storage.deeds.journal import Journal, held

if TYPE_CHECKING:
    from sqlmodel import Session

    from desk.snippets.library import Snippet
    from storage import models


def save(session: "Session", by: By, snippet: "Snippet") -> Done:
    """Add a snippet (its id is 0) or change one; Refused where another has its trigger."""
    journal = Journal(session, by)
    row = write_snippet(journal, snippet)
    journal.tell("snippet_saved", {"title": row.title})
    return journal.done(f"Saved the snippet “{row.title}”")


def write_snippet(journal: Journal, snippet: "Snippet") -> "models.Snippet":
    """Add or change a snippet as part of a deed; Refused where another has its trigger."""
    from storage import models

    values, at = _values(snippet), journal.by.at
    taken = journal.connection.execute(
        'SELECT title FROM snippet WHERE "trigger" = ? AND "trigger" <> \'\' AND id <> ?',
        (values["trigger"], snippet.id),
    ).fetchone()
    if taken is not None:
        raise Refused(f"The trigger {values['trigger']} belongs to “{taken[0]}”", "Choose another trigger.")
    if snippet.id:
        row = held(journal.session, models.Snippet, snippet.id, "snippet")
        journal.change(row, **values, updated_at=at)
    else:
        row = models.Snippet(title="", body="", created_at=at, updated_at=at)
        for column, value in values.items():
            setattr(row, column, value)
        journal.add(row)
    return row


def delete(session: "Session", by: By, snippet_id: int) -> Done:
    """Take a snippet out of the library."""
    from storage import models

    journal = Journal(session, by)
    row = held(session, models.Snippet, snippet_id, "snippet")
    title = row.title
    known = session.get(models.KnownAnswer, snippet_id)
    if known is not None:
        journal.remove(known)
    journal.remove(row)
    journal.tell("snippet_deleted", {"title": title})
    return journal.done(f"Deleted the snippet “{title}”")


def used(session: "Session", by: By, snippet_id: int, ticket_id: int | None = None, draft: str = "") -> Done:
    """Count that a snippet was inserted. It is nothing to undo: the text is still in the composer.

    `draft` is the kind of the draft that it went into, which remembers it until it leaves.
    """
    from storage import drafts, models

    journal = Journal(session, by)
    row = held(session, models.Snippet, snippet_id, "snippet")
    if draft and ticket_id is not None and by.agent_id is not None:
        inserted = drafts.Inserted(snippet_id, row.title, row.body)
        drafts.remember(journal.connection, ticket_id, by.agent_id, draft, by.at, inserted)
    journal.connection.execute("UPDATE snippet SET uses = uses + 1, used_at = ? WHERE id = ?", (by.at, snippet_id))
    journal.tell("snippet_used", {"title": row.title, "snippet": row.uid.hex()}, ticket_id=ticket_id)
    return journal.done(f"Used the snippet “{row.title}”", *(() if ticket_id is None else (ticket_id,)))


def _values(snippet: "Snippet") -> dict[str, str]:
    title = clean(snippet.title, lines=False).strip()
    body = clean(snippet.body)
    if not title or not (body.strip() or snippet.actions):
        raise BadInput("A snippet needs a title and a text", "Write both.")
    return {
        "title": title,
        "trigger": clean(snippet.trigger, lines=False).strip().removeprefix(";"),
        "folder": clean(snippet.folder, lines=False).strip(),
        "keywords": ", ".join(clean(word, lines=False).strip() for word in snippet.keywords),
        "body": body,
        "actions": format_actions(snippet.actions),
    }
