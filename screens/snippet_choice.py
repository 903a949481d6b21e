"""Snippets as choices of a question: searched as the library searches, the text in one line behind the title."""

from collections.abc import Callable, Sequence

from desk.snippets.library import Library, Snippet
from desk.snippets.macros import format_actions
from screens.ask import Choice, Question


def choose_snippet(snippets: Sequence[Snippet], text: str, accept: Callable[[Snippet], object]) -> Question:
    """Ask which one; `accept` gets it."""
    by_id = {str(snippet.id): snippet for snippet in snippets}
    library = Library(snippets)

    def match(_choices: Sequence[Choice], words: str) -> list[Choice]:
        return [_choice(snippet) for snippet in library.search(words)]

    choices = tuple(_choice(snippet) for snippet in snippets)
    return Question("Snippet", lambda key: accept(by_id[key]), text, choices=choices, match=match)


def _choice(snippet: Snippet) -> Choice:
    changes = format_actions(snippet.actions)
    detail = " ".join((changes, " ".join(snippet.body.split())[:200])).strip()
    return Choice(str(snippet.id), snippet.title, detail, ";" + snippet.trigger if snippet.trigger else "")
