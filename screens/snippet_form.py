"""The form in which a snippet is written: what is wrong in it is said while it is typed.

The invariant: what can be saved here can be exported, and read again from that file.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from desk.errors import BadInput
from desk.snippets import Snippet, format_actions, open_fields, parse_actions, parse_snippets, to_toml
from screens.form import Entry, Form, Values
from screens.seat import Seat
from screens.snippet_lines import field_words
from storage.deeds.by import Done
from storage.form_drafts import About

if TYPE_CHECKING:
    from sqlmodel import Session

# What the form needs beside the lines of the body.
AROUND = 17
LABELS = {"body": "Text", "actions": "Then"}


def snippet_form(seat: Seat, snippet: Snippet, height: int) -> Form:
    """The form of a snippet; one without an id is new. `height` is the terminal's."""
    entries = (
        Entry("title", "Title", snippet.title, "what colleagues look for"),
        Entry("trigger", "Trigger", snippet.trigger, "typed after ; in a reply"),
        Entry("folder", "Folder", snippet.folder, "Refund"),
        Entry("keywords", "Keywords", ", ".join(snippet.keywords), "other words for it, with commas between"),
        Entry("actions", "Then", format_actions(snippet.actions), "status=pending +refund assignee=me snooze=3d"),
        Entry("body", "Text", snippet.body, lines=max(4, height - AROUND)),
    )

    def deed(values: Values) -> "Callable[[Session], Done]":
        from storage.deeds.snippets import save

        by, written = seat.by(), _snippet(snippet, values)
        return lambda session: save(session, by, written)

    title = "New snippet" if not snippet.id else "Edit “" + snippet.title + "”"
    about = About("snippet", snippet=snippet.id)
    return Form(title, entries, deed, lambda values: meaning(_snippet(snippet, values)), about)


def meaning(snippet: Snippet) -> str:
    """What a snippet will do, in words; raises BadInput with what is wrong in it."""
    place = "snippet 1 (“" + snippet.title + "”), "
    try:
        parse_snippets(to_toml((snippet,)), "")
    except BadInput as error:
        message = error.message.removeprefix(": ").removeprefix(place).removeprefix("snippet 1, ")
        key, colon, rest = message.partition(": ")
        raise BadInput(LABELS.get(key, key.capitalize()) + colon + rest, error.mend) from None
    typed = "typed as ;" + snippet.trigger if snippet.trigger else "found by its words"
    asked = field_words(open_fields(snippet.body))
    return typed + (" · filled in where known: " + asked if asked else "")


def _snippet(before: Snippet, values: Values) -> Snippet:
    keywords = tuple(word.strip() for word in values["keywords"].split(",") if word.strip())
    return replace(
        before,
        title=values["title"].strip(),
        trigger=values["trigger"].strip().removeprefix(";"),
        folder=values["folder"].strip(),
        keywords=keywords,
        actions=parse_actions(values["actions"]),
        body=values["body"].rstrip(),
    )
