"""Snippets out of tables. One is known again by its trigger, or else by its folder and title."""

from dataclasses import dataclass

from desk.errors import BadInput
from desk.ids import new_uid
from desk.text import clean
from storage.connect import Connection
from storage.imports import values
from storage.imports.report import Outcome
from storage.imports.tables import Read


@dataclass(frozen=True, slots=True)
class GivenSnippet:
    """A snippet as the file tells of it, clean."""

    title: str
    trigger: str
    folder: str
    keywords: str
    body: str


def snippet_of(read: Read) -> GivenSnippet:
    """The snippet that a record tells of; BadInput where it has no text."""
    fields = read.fields
    body = clean(values.text(fields, "body"))
    if not body:
        raise BadInput("The snippet has no body", 'Give at least "title" and "body".')
    title = clean(values.text(fields, "title"), lines=False) or body.partition("\n")[0][:60]
    return GivenSnippet(
        title=title,
        trigger=clean(values.text(fields, "trigger"), lines=False).lstrip(";"),
        folder=clean(values.text(fields, "folder"), lines=False),
        keywords=", ".join(clean(word, lines=False) for word in values.phrases(fields, "keywords")),
        body=body,
    )


class SnippetTaker:
    """Takes snippets into one workspace, inside the importer's transaction."""

    def __init__(self, connection: Connection, now: int) -> None:
        self._connection = connection
        self._now = now

    def take(self, given: GivenSnippet) -> Outcome:
        """Add or update one: "added", "updated" or "skipped" (it was there, word for word)."""
        told = (given.title, given.trigger, given.folder, given.keywords, given.body)
        row = self._connection.execute(
            """SELECT id, title, "trigger", folder, keywords, body FROM snippet
               WHERE CASE WHEN ? <> '' THEN "trigger" = ? ELSE folder = ? AND title = ? END""",
            (given.trigger, given.trigger, given.folder, given.title),
        ).fetchone()
        if row is None:
            self._connection.execute(
                """INSERT INTO snippet(uid, title, "trigger", folder, keywords, body, actions, uses, created_at,
                       updated_at) VALUES(?, ?, ?, ?, ?, ?, '', 0, ?, ?)""",
                (new_uid(), *told, self._now, self._now),
            )
            return "added"
        if tuple(row[1:]) == told:
            return "skipped"
        self._connection.execute(
            """UPDATE snippet SET title = ?, "trigger" = ?, folder = ?, keywords = ?, body = ?, updated_at = ?
               WHERE id = ?""",
            (*told, self._now, row[0]),
        )
        return "updated"
