"""The form in which a question and its answer are kept, filled already: two keys keep them.

The invariant: what looks as if it belonged to one customer alone is said before it is kept for everyone.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from desk.errors import BadInput
from desk.knowledge.capture import beyond, of_one_customer
from desk.snippets import Snippet
from screens.form import Entry, Form, Values
from screens.seat import Seat
from screens.snippet_form import meaning
from storage.deeds.by import Done
from storage.form_drafts import About

if TYPE_CHECKING:
    from sqlmodel import Session

    from storage.knowledge.answers import Captured

# What the form needs beside the lines of the answer.
AROUND = 16
MOST_SAID = 3


def keep_form(seat: Seat, snippet: Snippet, ticket_id: int | None, height: int) -> Form:
    """The form of an answer that isn't known yet; `height` is the terminal's."""

    def deed(values: Values) -> "Callable[[Session], Done]":
        from storage.deeds.knowledge import Learnt, keep

        by, learnt = seat.by(), Learnt(_snippet(snippet, values), ticket_id)
        return lambda session: keep(session, by, learnt)

    about = About("answer", () if ticket_id is None else (ticket_id,))
    entries = _entries(snippet, height)
    return Form("Keep this answer", entries, deed, lambda values: _check(_snippet(snippet, values)), about)


def improve_form(seat: Seat, known: Snippet, captured: "Captured", height: int) -> Form:
    """The form of an answer that is known, with what the new one says beyond it below its text."""
    new = beyond(known.body, captured.answer)
    better = replace(
        known,
        question=known.question or captured.question,
        body=known.body.rstrip() + ("\n\n" + new if new else ""),
    )

    def deed(values: Values) -> "Callable[[Session], Done]":
        from storage.deeds.knowledge import Learnt, improve

        by, learnt = seat.by(), Learnt(_snippet(better, values), captured.ticket_id)
        return lambda session: improve(session, by, learnt)

    title = "Improve “" + known.name + "”"
    about = About("better answer", (captured.ticket_id,), snippet=known.id)
    return Form(title, _entries(better, height), deed, lambda values: _check(_snippet(better, values)), about)


def fresh(captured: "Captured") -> Snippet:
    """What a ticket taught, as a snippet that isn't kept yet."""
    from storage.deeds.knowledge import FOLDER

    return Snippet(captured.title, captured.answer, folder=FOLDER, question=captured.question)


def _entries(snippet: Snippet, height: int) -> tuple[Entry, ...]:
    return (
        Entry("question", "Question", snippet.question, "what customers ask, in a few words"),
        Entry("title", "Title", snippet.title, "what colleagues look for"),
        Entry("trigger", "Trigger", snippet.trigger, "typed after ; in a reply; may stay empty"),
        Entry("folder", "Folder", snippet.folder, "Answers"),
        Entry("body", "Answer", snippet.body, lines=max(4, height - AROUND)),
    )


def _check(snippet: Snippet) -> str:
    """What it will do, or what is to be looked at once more."""
    said = meaning(snippet)
    if not snippet.question.strip():
        raise BadInput("The question is missing", "Write in a few words what customers ask.")
    alone = of_one_customer(snippet.body)
    if alone:
        return "look again, this may be of one customer: " + ", ".join(alone[:MOST_SAID])
    return said


def _snippet(before: Snippet, values: Values) -> Snippet:
    return replace(
        before,
        question=values["question"].strip(),
        title=values["title"].strip(),
        trigger=values["trigger"].strip().removeprefix(";"),
        folder=values["folder"].strip(),
        body=values["body"].rstrip(),
    )
