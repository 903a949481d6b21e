import pytest
from sqlalchemy import Engine

from desk.errors import BadInput, Refused
from desk.snippets import Snippet
from desk.snippets.macros import parse_actions
from storage.connect import Connection
from storage.deeds import snippets, views
from storage.deeds.by import By
from storage.deeds.undo import redo, undo
from storage.engine import deed_session
from storage.library import snippet_named
from tests.factories import make_ticket

SNIPPET = Snippet("My refund", "On its way.", ";our-ref", "Refund", ("money", "back"), parse_actions("status=solved"))


def _views(connection: Connection) -> list[tuple[int, str]]:
    return connection.execute("SELECT position, name FROM view ORDER BY position").fetchall()


def test_a_snippet_is_saved_changed_and_deleted(connection: Connection, engine: Engine, by: By) -> None:
    with deed_session(engine) as session:
        snippets.save(session, by, SNIPPET)
    kept = snippet_named(connection, "our-ref")
    assert (kept.title, kept.trigger, kept.keywords, kept.actions) == (
        "My refund", "our-ref", ("money", "back"), SNIPPET.actions,
    )  # fmt: skip
    with deed_session(engine) as session:
        snippets.save(session, by, Snippet("Our refund", "Sent.", "our-ref", id=kept.id))
    assert snippet_named(connection, "our-ref").body == "Sent."
    with deed_session(engine) as session:
        snippets.delete(session, by, kept.id)
    for title in ("Our refund", "My refund"):
        with deed_session(engine) as session:
            undo(session, by)
        assert snippet_named(connection, "our-ref").title == title
    with deed_session(engine) as session:
        redo(session, by)
    assert snippet_named(connection, "our-ref").title == "Our refund"


def test_a_trigger_belongs_to_one_snippet(connection: Connection, engine: Engine, by: By) -> None:
    with deed_session(engine) as session:
        snippets.save(session, by, SNIPPET)
    with pytest.raises(Refused, match="belongs to “My refund”"), deed_session(engine) as session:
        snippets.save(session, by, Snippet("Another", "Text", "our-ref"))
    with pytest.raises(BadInput), deed_session(engine) as session:
        snippets.save(session, by, Snippet("", "Text"))


def test_use_is_counted_and_survives_undo(connection: Connection, engine: Engine, by: By) -> None:
    with deed_session(engine) as session:
        snippets.save(session, by, SNIPPET)
    kept = snippet_named(connection, "our-ref")
    ticket = make_ticket(connection)
    for _ in range(2):
        with deed_session(engine) as session:
            snippets.used(session, by, kept.id, ticket)
    assert snippet_named(connection, "our-ref").uses == 2
    told = connection.execute("SELECT data->>'title', ticket_id FROM event WHERE kind = 'snippet_used'").fetchall()
    assert told == [("My refund", ticket)] * 2
    with deed_session(engine) as session:
        assert undo(session, by).title == "Undone: Saved the snippet “My refund”"


def test_views_stay_without_a_gap(connection: Connection, engine: Engine, by: By) -> None:
    before = _views(connection)
    with deed_session(engine) as session:
        views.save(session, by, "Refunds", "tag:refund", "due")
    assert _views(connection) == [*before, (len(before) + 1, "Refunds")]
    view = connection.execute("SELECT id FROM view WHERE name = 'Refunds'").fetchone()[0]
    with deed_session(engine) as session:
        views.move(session, by, view, 1)
    assert _views(connection) == [(1, "Refunds"), *((place + 1, name) for place, name in before)]
    with deed_session(engine) as session:
        views.delete(session, by, view)
    assert _views(connection) == before
    for _ in range(3):
        with deed_session(engine) as session:
            undo(session, by)
    assert _views(connection) == before
