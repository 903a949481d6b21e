"""Keeping what was learnt: a question and its answer as a snippet of the library, or an answer that has become better.

The invariant: a known answer is a snippet like any other, which its question is kept beside; undo takes both back.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from desk.errors import BadInput
from desk.text import clean
from storage.deeds.by import By, Done
from storage.deeds.journal import Journal
from storage.deeds.snippets import write_snippet

if TYPE_CHECKING:
    from sqlmodel import Session

    from desk.snippets.library import Snippet

FOLDER = "Answers"


@dataclass(frozen=True, slots=True)
class Learnt:
    """A snippet with the question that it answers (`snippet.question`), and the ticket where it was learnt."""

    snippet: "Snippet"
    ticket_id: int | None


def keep(session: "Session", by: By, learnt: Learnt) -> Done:
    """Make it a known answer; BadInput without a question, Refused where another snippet has its trigger."""
    journal = Journal(session, by)
    title = _keep(journal, replace(learnt.snippet, id=0), learnt.ticket_id)
    return _told(journal, "answer_kept", title, learnt, f"Kept “{title}” as a known answer")


def improve(session: "Session", by: By, learnt: Learnt) -> Done:
    """Let a snippet say it better; it becomes a known answer where it wasn't one."""
    journal = Journal(session, by)
    title = _keep(journal, learnt.snippet, learnt.ticket_id)
    return _told(journal, "answer_improved", title, learnt, f"Improved the answer “{title}”")


def _keep(journal: Journal, snippet: "Snippet", ticket_id: int | None) -> str:
    from storage import models

    question = clean(snippet.question, lines=False).strip()
    if not question:
        raise BadInput("A known answer needs its question", "Write in a few words what customers ask.")
    row = write_snippet(journal, snippet)
    known = journal.session.get(models.KnownAnswer, row.id)
    if known is not None:
        journal.change(known, question=question)
    else:
        journal.add(
            models.KnownAnswer(
                snippet_id=row.id or 0, question=question, ticket_id=ticket_id, agent_id=journal.by.agent_id,
                captured_at=journal.by.at,
            )
        )  # fmt: skip
    return row.title


def _told(journal: Journal, kind: str, title: str, learnt: Learnt, words: str) -> Done:
    question = clean(learnt.snippet.question, lines=False).strip()
    journal.tell(kind, {"title": title, "question": question}, ticket_id=learnt.ticket_id)
    return journal.done(words, *(() if learnt.ticket_id is None else (learnt.ticket_id,)))
