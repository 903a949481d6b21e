"""Snippets out of tables; how one is known again is the library's rule (storage.library)."""

from desk.errors import BadInput
from desk.snippets import Snippet
from storage.imports import values
from storage.imports.tables import Read


def snippet_of(read: Read) -> Snippet:
    """The snippet that a record tells of; BadInput where it has no text."""
    fields = read.fields
    body = values.text(fields, "body")
    if not body:
        raise BadInput("The snippet has no body", 'Give at least "title" and "body".')
    return Snippet(
        title=values.text(fields, "title") or body.partition("\n")[0][:60],
        body=body,
        trigger=values.text(fields, "trigger").lstrip(";"),
        folder=values.text(fields, "folder"),
        keywords=tuple(values.phrases(fields, "keywords")),
    )
