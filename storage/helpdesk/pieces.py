"""What agents of a helpdesk have at hand: macros and canned answers as snippets, and their lists as views.

The invariant: what a team has changed or thrown away here stays so until it is changed there.
"""

from dataclasses import replace
from hashlib import blake2b

from desk.errors import BadInput
from desk.filters import parse
from desk.ids import new_uid
from desk.snippets import format_actions
from desk.text import clean
from storage.helpdesk.office import Office
from storage.helpdesk.records import SnippetNews, ViewNews
from storage.library import keep_snippet

_PIECE = "SELECT row_id, told FROM remote_piece WHERE source_id = ? AND kind = ? AND external_id = ?"
_KEEP = """
    INSERT INTO remote_piece(source_id, kind, external_id, row_id, told) VALUES(?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET row_id = excluded.row_id, told = excluded.told"""
_TRIGGER = """SELECT 1 FROM snippet WHERE "trigger" = ? AND "trigger" <> '' AND id <> ?"""
_ADD_VIEW = """
    INSERT INTO view(uid, position, name, query, sort)
    VALUES(?, (SELECT coalesce(max(position), 0) + 1 FROM view), ?, ?, 'due') RETURNING id"""
_CHANGE_VIEW = "UPDATE view SET name = ?, query = ? WHERE id = ?"


def put_snippet(office: Office, news: SnippetNews) -> None:
    """Keep it in the library, in a folder of the helpdesk's name where it lies in none."""
    told = _digest(repr(news.snippet))
    row_id, before = _known(office, "snippet", news.external_id)
    empty = not (news.snippet.body.strip() or format_actions(news.snippet.actions))
    if told == before or empty:
        return
    trigger = news.snippet.trigger.strip().removeprefix(";")
    taken = office.connection.execute(_TRIGGER, (trigger, row_id)).fetchone()
    snippet = replace(
        news.snippet,
        id=row_id,
        title=news.snippet.name,
        # Whoever has it types it already.
        trigger="" if taken else trigger,
        folder=news.snippet.folder or office.where,
        question="",
    )
    _keep(office, "snippet", news.external_id, keep_snippet(office.connection, snippet, office.now), told)


def put_view(office: Office, news: ViewNews) -> None:
    """Keep it behind the team's own views, unless its filter can't be understood here."""
    name, query = (clean(text, lines=False).strip() for text in (news.name, news.query))
    told = _digest(f"{name}\0{query}")
    row_id, before = _known(office, "view", news.external_id)
    try:
        parse(query)
    except BadInput:
        return
    if told == before:
        return
    if not office.connection.execute(_CHANGE_VIEW, (name, query, row_id)).rowcount:
        row_id = office.connection.execute(_ADD_VIEW, (new_uid(), name, query)).fetchone()[0]
    _keep(office, "view", news.external_id, row_id, told)


def _known(office: Office, kind: str, external_id: str) -> tuple[int, bytes]:
    """The row that it is here, 0 where it is none yet, and a digest of what was told last."""
    row = office.connection.execute(_PIECE, (office.source_id, kind, external_id)).fetchone()
    return (0, b"") if row is None else (row[0], row[1])


def _keep(office: Office, kind: str, external_id: str, row_id: int, told: bytes) -> None:
    office.connection.execute(_KEEP, (office.source_id, kind, external_id, row_id, told))


def _digest(told: str) -> bytes:
    return blake2b(told.encode(errors="surrogatepass"), digest_size=16).digest()
