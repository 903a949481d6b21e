"""The team's snippets and checklists: read whole, and taken in whole from a file.

A snippet is known again by its trigger, or else by its folder and title (as `heard import` does); a checklist by its
key. Taking in a file is one transaction: all of it, or nothing. What a file doesn't name stays as it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from desk.checklists import ChecklistTemplate, parse_checklists
from desk.checklists import to_toml as checklists_toml
from desk.errors import NotFound
from desk.ids import new_uid
from desk.nearest import mend_name
from desk.snippets import Snippet, format_actions, parse_actions
from desk.text import clean
from storage.connect import Connection, writing

_SNIPPETS = """
    SELECT s.title, s.body, s."trigger", s.folder, s.keywords, s.actions, s.id, s.uses, ifnull(k.question, '')
      FROM snippet s LEFT JOIN known_answer k ON k.snippet_id = s.id ORDER BY s.folder, s.title, s.id"""
_SAME = """
    SELECT id, title, "trigger", folder, keywords, body, actions,
           ifnull((SELECT question FROM known_answer WHERE snippet_id = snippet.id), '') FROM snippet
     WHERE CASE WHEN ?1 <> '' THEN "trigger" = ?1 ELSE folder = ?2 AND title = ?3 END"""
_ADD_SNIPPET = """
    INSERT INTO snippet(uid, title, "trigger", folder, keywords, body, actions, uses, created_at, updated_at)
    VALUES(?,?,?,?,?,?,?,0,?,?)"""
_UPDATE_SNIPPET = """
    UPDATE snippet SET title=?, "trigger"=?, folder=?, keywords=?, body=?, actions=?, updated_at=? WHERE id=?"""
# A file without a question leaves the one that there is.
_KEEP_QUESTION = """
    INSERT INTO known_answer(snippet_id, question, captured_at) VALUES(?,?,?)
    ON CONFLICT(snippet_id) DO UPDATE SET question = excluded.question"""
_ADD_TEMPLATE = """
    INSERT INTO checklist(key, title, content, position, updated_at)
    VALUES(?,?,?,(SELECT coalesce(max(position), -1) + 1 FROM checklist),?)"""
_OFFERED = "SELECT key, content FROM checklist WHERE ticket_id IS NULL ORDER BY position, key"
_OF_TICKET = "SELECT key, content FROM checklist WHERE ticket_id = ? ORDER BY position, key"


Piece = Snippet | ChecklistTemplate
Outcome = Literal["added", "updated", "skipped"]


@dataclass(frozen=True, slots=True)
class Taken:
    """How many pieces of a file were new, changed, and there already word for word."""

    added: int
    updated: int
    unchanged: int


def snippets(connection: Connection) -> tuple[Snippet, ...]:
    """All snippets, by folder and title."""
    return tuple(
        Snippet(title, body, trigger, folder, _keywords(keywords), parse_actions(actions), key, uses, question)
        for title, body, trigger, folder, keywords, actions, key, uses, question in connection.execute(_SNIPPETS)
    )


def snippet_named(connection: Connection, name: str) -> Snippet:
    """The snippet of that trigger (with or without its `;`), or else of that title; NotFound with the nearest."""
    known = snippets(connection)
    wanted = name.strip().casefold()
    trigger = wanted.removeprefix(";")
    for snippet in known:
        if snippet.trigger and snippet.trigger.casefold() == trigger:
            return snippet
    for snippet in known:
        if snippet.title.casefold() == wanted:
            return snippet
    names = [name for snippet in known for name in (snippet.trigger, snippet.title) if name]
    raise NotFound(f"There is no snippet “{name}”", mend_name(name, names) if names else "The library is empty.")


def templates(connection: Connection) -> tuple[ChecklistTemplate, ...]:
    """All checklists of the team's, in the order in which they are offered."""
    return _templates(connection.execute(_OFFERED))


def templates_of(connection: Connection, ticket_id: int) -> tuple[ChecklistTemplate, ...]:
    """Those that are for one ticket alone, as its helpdesk has told them."""
    return _templates(connection.execute(_OF_TICKET, (ticket_id,)))


def _templates(found: Iterable[tuple[str, str]]) -> tuple[ChecklistTemplate, ...]:
    return tuple(template for key, content in found for template in parse_checklists(content, f"checklist {key}"))


def template_named(connection: Connection, name: str) -> ChecklistTemplate:
    """The checklist of that key or title; NotFound with the nearest."""
    known = templates(connection)
    wanted = name.strip().casefold()
    for template in known:
        if wanted in (template.key, template.title.casefold()):
            return template
    keys = [template.key for template in known]
    raise NotFound(f"There is no checklist “{name}”", mend_name(name, keys) if keys else "There are none yet.")


def remove_template(connection: Connection, key: str) -> None:
    """Offer a checklist no more. What was ticked with it stays, and shows again once it is taken in again."""
    with writing(connection):
        connection.execute("DELETE FROM checklist WHERE key = ?", (key,))


def replace_or_add(connection: Connection, pieces: Iterable[Piece], now: int) -> Taken:
    """Take snippets or checklists in, in one transaction; raises what the database says, and then nothing changed."""
    outcomes: dict[Outcome, int] = {"added": 0, "updated": 0, "skipped": 0}
    with writing(connection):
        for piece in pieces:
            outcomes[take(connection, piece, now)] += 1
    return Taken(outcomes["added"], outcomes["updated"], outcomes["skipped"])


def take(connection: Connection, piece: Piece, now: int) -> Outcome:
    """Take one snippet or checklist in, inside the caller's transaction; skipped is one that is there word for word."""
    if isinstance(piece, Snippet):
        return _take_snippet(connection, piece, now)
    return _take_template(connection, piece, now)


def keep_snippet(connection: Connection, snippet: Snippet, now: int) -> int:
    """Change the snippet of that id, or add one where there is none (any more); its id, in the caller's transaction."""
    changed = connection.execute(_UPDATE_SNIPPET, (*_told(snippet), now, snippet.id))
    if changed.rowcount:
        return snippet.id
    return int(connection.execute(_ADD_SNIPPET, (new_uid(), *_told(snippet), now, now)).lastrowid or 0)


def _told(given: Snippet) -> tuple[str, str, str, str, str, str]:
    one_line = (given.title, given.trigger, given.folder, ", ".join(given.keywords))
    title, trigger, folder, keywords = (clean(text, lines=False) for text in one_line)
    return title, trigger, folder, keywords, clean(given.body), format_actions(given.actions)


def _take_snippet(connection: Connection, given: Snippet, now: int) -> Outcome:
    told = _told(given)
    title, trigger, folder, *_ = told
    question = clean(given.question, lines=False)
    same = connection.execute(_SAME, (trigger, folder, title)).fetchone()
    if same is not None and same[1:] == (*told, question or same[-1]):
        return "skipped"
    if same is None:
        key = connection.execute(_ADD_SNIPPET, (new_uid(), *told, now, now)).lastrowid
    else:
        key = same[0]
        connection.execute(_UPDATE_SNIPPET, (*told, now, key))
    if question:
        connection.execute(_KEEP_QUESTION, (key, question, now))
    return "added" if same is None else "updated"


def _take_template(connection: Connection, given: ChecklistTemplate, now: int) -> Outcome:
    template = _cleaned(given)
    content = checklists_toml([template])
    same = connection.execute("SELECT content FROM checklist WHERE key = ?", (template.key,)).fetchone()
    if same is None:
        connection.execute(_ADD_TEMPLATE, (template.key, template.title, content, now))
        return "added"
    if same[0] == content:
        return "skipped"
    connection.execute(
        "UPDATE checklist SET title = ?, content = ?, updated_at = ? WHERE key = ?",
        (template.title, content, now, template.key),
    )
    return "updated"


def _cleaned(given: ChecklistTemplate) -> ChecklistTemplate:
    """The checklist with every text of it cleaned: a TOML file can hold control characters as escapes."""
    steps = tuple(
        replace(
            step,
            title=clean(step.title, lines=False),
            meaning=clean(step.meaning),
            tip=clean(step.tip),
            done_when=clean(step.done_when),
            snippet=clean(step.snippet, lines=False),
        )
        for step in given.steps
    )
    return replace(
        given,
        title=clean(given.title, lines=False),
        purpose=clean(given.purpose),
        steps=steps,
        tags=tuple(clean(tag, lines=False) for tag in given.tags),
        queues=tuple(clean(queue, lines=False) for queue in given.queues),
        flags=tuple(clean(flag, lines=False) for flag in given.flags),
    )


def _keywords(text: str) -> tuple[str, ...]:
    return tuple(word for word in (part.strip() for part in text.split(",")) if word)
