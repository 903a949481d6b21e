"""Snippets that leave: what became of them is written with the message, and taken back with it."""

import pytest
from sqlalchemy import Engine

from desk.records import DraftRow
from desk.snippets import Snippet
from desk.times import MINUTE
from storage import drafts, library
from storage.connect import Connection
from storage.deeds import snippets
from storage.deeds.by import By
from storage.deeds.undo import redo, undo
from storage.deeds.write import Outgoing, write
from storage.engine import deed_session
from tests.factories import NOW, make_ticket

BODY = "Hi {{customer.first_name|there}},\n\nyour money is back within five days."
SENT = "Hi Li,\n\nyour money is back within three days.\n\nBest, Ana"


@pytest.fixture
def snippet(connection: Connection) -> Snippet:
    library.replace_or_add(connection, [Snippet("Money back", BODY, "mb")], NOW)
    return library.snippet_named(connection, "mb")


def _draft(connection: Connection, by: By, ticket: int, kind: str = "reply", body: str = SENT) -> None:
    drafts.save(
        connection, DraftRow(ticket, by.agent_id or 0, kind, "li@example.org", "", "Re", body, (), 0, None, by.at)
    )


def _insert(engine: Engine, by: By, ticket: int, snippet: Snippet, kind: str = "reply") -> None:
    with deed_session(engine) as session:
        snippets.used(session, by, snippet.id, ticket, kind)


def _send(engine: Engine, by: By, ticket: int, body: str = SENT) -> None:
    with deed_session(engine) as session:
        write(session, by, ticket, Outgoing("reply", body, "li@example.org"))


def _uses(connection: Connection) -> list[tuple[object, ...]]:
    return connection.execute("SELECT title, changed, inserted, text FROM snippet_use ORDER BY id").fetchall()


def _seconds(connection: Connection) -> object:
    return connection.execute(
        "SELECT json_extract(data, '$.seconds') FROM event WHERE kind = 'replied' ORDER BY id DESC LIMIT 1"
    ).fetchone()[0]


def test_what_became_of_a_snippet_leaves_with_the_reply_and_comes_back_with_it(
    connection: Connection, engine: Engine, by: By, snippet: Snippet
) -> None:
    ticket = make_ticket(connection)
    _insert(engine, by, ticket, snippet)
    _draft(connection, by, ticket)
    later = by._replace(at=NOW + 2 * MINUTE)
    _send(engine, later, ticket)
    # One of the snippet's own eight words: the name isn't one.
    used = [("Money back", 125, BODY, "Hi Li,\n\nyour money is back within three days.")]
    assert _uses(connection) == used
    assert _seconds(connection) == 120
    assert connection.execute("SELECT count(*) FROM writing").fetchone() == (0,)
    with deed_session(engine) as session:
        undo(session, by._replace(at=NOW + 2 * MINUTE + 1))
    assert _uses(connection) == []
    begun, remembered = drafts.remembered(connection, ticket, by.agent_id or 0, "reply")
    assert begun == NOW
    assert [(each.snippet_id, each.body) for each in remembered] == [(snippet.id, BODY)]
    # Sent again it counts the same, also where it is simply done again.
    with deed_session(engine) as session:
        redo(session, by._replace(at=NOW + 3 * MINUTE))
    assert _uses(connection) == used
    assert connection.execute("SELECT count(*) FROM writing").fetchone() == (0,)


def test_a_reply_that_was_taken_back_counts_when_it_is_sent_anew(
    connection: Connection, engine: Engine, by: By, snippet: Snippet
) -> None:
    ticket = make_ticket(connection)
    _insert(engine, by, ticket, snippet)
    _draft(connection, by, ticket)
    _send(engine, by, ticket)
    with deed_session(engine) as session:
        undo(session, by)
    _send(engine, by._replace(at=NOW + 5 * MINUTE), ticket, SENT.replace("three", "five"))
    assert [changed for _, changed, _, _ in _uses(connection)] == [0]
    assert _seconds(connection) == 300


def test_a_snippet_that_was_deleted_from_the_text_was_not_used(
    connection: Connection, engine: Engine, by: By, snippet: Snippet
) -> None:
    ticket = make_ticket(connection)
    _insert(engine, by, ticket, snippet)
    _draft(connection, by, ticket, body="Call us!")
    _send(engine, by, ticket, "Call us!")
    assert _uses(connection) == []


def test_drafts_of_other_kinds_and_agents_keep_what_they_remember(
    connection: Connection, engine: Engine, by: By, snippet: Snippet
) -> None:
    ticket = make_ticket(connection)
    for kind in ("reply", "note"):
        _insert(engine, by, ticket, snippet, kind)
        _draft(connection, by, ticket, kind)
    _send(engine, by, ticket)
    assert len(_uses(connection)) == 1
    assert len(drafts.remembered(connection, ticket, by.agent_id or 0, "note").snippets) == 1
    drafts.forget(connection, ticket, by.agent_id or 0, "note")
    assert drafts.remembered(connection, ticket, by.agent_id or 0, "note") == drafts.Remembered()


def test_several_snippets_of_one_reply_are_each_a_use_and_twice_the_same_is_one(
    connection: Connection, engine: Engine, by: By, snippet: Snippet
) -> None:
    library.replace_or_add(connection, [Snippet("Bye", "All the best from all of us here", "bye")], NOW)
    bye = library.snippet_named(connection, "bye")
    ticket = make_ticket(connection)
    for each in (snippet, bye, snippet):
        _insert(engine, by, ticket, each)
    body = SENT + "\nAll the best from all of us here"
    _draft(connection, by, ticket, body=body)
    _send(engine, by, ticket, body)
    assert [(title, changed) for title, changed, _, _ in _uses(connection)] == [("Money back", 125), ("Bye", 0)]
    assert library.snippet_named(connection, "mb").uses == 2


def test_a_snippet_with_its_question_can_be_deleted_and_brought_back(
    connection: Connection, engine: Engine, by: By, snippet: Snippet
) -> None:
    connection.execute("INSERT INTO known_answer VALUES(?, 'Where is it?', NULL, NULL, 0)", (snippet.id,))
    with deed_session(engine) as session:
        snippets.delete(session, by, snippet.id)
    assert connection.execute("SELECT count(*) FROM known_answer").fetchone() == (0,)
    with deed_session(engine) as session:
        undo(session, by)
    assert library.snippet_named(connection, "mb").question == "Where is it?"
