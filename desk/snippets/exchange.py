"""Snippets as TOML, for teams to write, share and keep under version control.

    [[snippet]]
    title = "Refund on its way"
    trigger = "ref"
    folder = "Refund"
    keywords = ["money back"]
    actions = "status=pending +refund"
    question = "Where is my refund?"
    body = \"""
    Hi {{customer.first_name|there}},
    \"""

The invariant: `parse_snippets(to_toml(snippets))` gives the same snippets, with their bodies letter by letter. What is
of one workspace only (row, uses) doesn't travel.
"""

import re
from collections.abc import Iterable

from desk.errors import BadInput
from desk.identifiers import fold
from desk.snippets.library import Snippet
from desk.snippets.macros import Actions, format_actions, parse_actions
from desk.snippets.template import check
from desk.tables import Table, in_lines, quoted, quoted_list, read_tables, without_last_end

_TRIGGER = re.compile(r"[\w.-]{1,40}")


def parse_snippets(toml_text: str, where: str) -> tuple[Snippet, ...]:
    """The snippets of a file; raises BadInput with file, snippet, key, what is wrong and the nearest name."""
    whole = read_tables(toml_text, where)
    tables = whole.tables("snippet")
    whole.done()
    owners: dict[str, str] = {}
    snippets: list[Snippet] = []
    for table in tables:
        snippet = _snippet(table)
        trigger = fold(snippet.trigger)
        if trigger and trigger in owners:
            raise table.problem("trigger", f"“{snippet.trigger}” belongs to “{owners[trigger]}”", "Choose another.")
        owners[trigger] = snippet.title
        snippets.append(snippet)
    return tuple(snippets)


def to_toml(snippets: Iterable[Snippet]) -> str:
    """The file that `parse_snippets` reads, with bodies that read as they are sent."""
    return "\n".join(_written(snippet) for snippet in snippets)


def _snippet(table: Table) -> Snippet:
    snippet = Snippet(
        title=table.text("title"),
        body=without_last_end(table.text("body", "")),
        trigger=table.text("trigger", ""),
        folder=table.text("folder", ""),
        keywords=table.texts("keywords"),
        actions=_actions(table),
        question=table.text("question", "").strip(),
    )
    table.done()
    if snippet.trigger and not _TRIGGER.fullmatch(snippet.trigger):
        mend = "Letters, digits, points and hyphens, 40 at most; the ; before it is typed, not written here."
        raise table.problem("trigger", f"“{snippet.trigger}” can't be typed as one word", mend)
    for keyword in snippet.keywords:
        # The library keeps them in one line, parted by commas.
        if "," in keyword or keyword != keyword.strip() or not keyword:
            raise table.problem("keywords", f"“{keyword}” is no keyword", "Each in its own quotes, without commas.")
    if not snippet.body.strip() and not snippet.actions:
        raise table.problem("body", "is empty, and there are no actions either", "Write a text, or what it does.")
    try:
        check(snippet.body)
    except BadInput as error:
        raise table.problem("body", error.message, error.mend) from None
    return snippet


def _actions(table: Table) -> Actions:
    try:
        return parse_actions(table.text("actions", ""))
    except BadInput as error:
        raise table.problem("actions", error.message, error.mend) from None


def _written(snippet: Snippet) -> str:
    lines = ["[[snippet]]", f"title = {quoted(snippet.title)}"]
    if snippet.trigger:
        lines.append(f"trigger = {quoted(snippet.trigger)}")
    if snippet.folder:
        lines.append(f"folder = {quoted(snippet.folder)}")
    if snippet.keywords:
        lines.append(f"keywords = {quoted_list(snippet.keywords)}")
    if snippet.actions:
        lines.append(f"actions = {quoted(format_actions(snippet.actions))}")
    if snippet.question:
        lines.append(f"question = {quoted(snippet.question)}")
    lines.append(f"body = {in_lines(snippet.body)}")
    return "\n".join(lines) + "\n"
