"""What a ticket teaches, what the library has of the kind, and which answers are offered for its question."""

import pytest
from sqlalchemy import Engine

from desk.errors import BadInput, Refused
from desk.snippets import Library, Snippet
from desk.times import HOUR
from storage import library
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.knowledge import Learnt, improve, keep
from storage.deeds.undo import redo, undo
from storage.engine import deed_session
from storage.knowledge import answers
from storage.knowledge.answers import captured, offered
from storage.knowledge.drift import drifting, tickets_of
from tests.factories import NOW, make_customer, make_message, make_ticket

REPLY = (
    "Hi Ana,\n\nthe money left today, Ana, and is on your account within three working days, as banks are slow.\n\nBo"
)


def _asked(connection: Connection, question: str, reply: str = "", *, at: int = NOW) -> int:
    customer = make_customer(connection, "Ana Ruiz", email="ana@example.org")
    ticket = make_ticket(connection, subject="Re: Refund for my lamp", customer_id=customer)
    make_message(connection, ticket, body=question, at=at)
    if reply:
        make_message(connection, ticket, kind="outbound", body=reply, at=at + HOUR)
    return ticket


def _use(connection: Connection, snippet: int, ticket: int, inserted: str, text: str, changed: int = 0) -> None:
    message = make_message(connection, ticket, kind="outbound", body=text, at=NOW + HOUR)
    connection.execute(
        "INSERT INTO snippet_use(snippet_id, title, ticket_id, message_id, at, changed, inserted, text) "
        "VALUES(?, 'x', ?, ?, ?, ?, ?, ?)",
        (snippet, ticket, message, NOW + HOUR, changed, inserted, text),
    )


def test_the_newest_answer_and_the_question_that_it_answered(connection: Connection) -> None:
    ticket = _asked(connection, "Where is my lamp?", "It is on its way to you.")
    make_message(connection, ticket, body="It came. But where is my refund?", at=NOW + 2 * HOUR)
    answer = make_message(connection, ticket, kind="outbound", body=REPLY, at=NOW + 3 * HOUR)
    make_message(connection, ticket, body="Thanks! And my invoice?", at=NOW + 4 * HOUR)
    make_message(connection, ticket, kind="outbound", body="Out of office", automatic="auto", at=NOW + 5 * HOUR)
    found = captured(connection, ticket)
    assert (found.title, found.question) == ("Refund for my lamp", "But where is my refund?")
    assert found.answer.startswith("the money left today, {{customer.first_name}}, and")
    assert captured(connection, ticket, answer) == found
    assert found.near == ()


def test_nothing_answered_nothing_to_keep(connection: Connection) -> None:
    with pytest.raises(Refused, match="no answer yet"):
        captured(connection, _asked(connection, "Where is it?"))


def test_a_kept_answer_is_found_by_its_questions_words_and_undone(
    connection: Connection, engine: Engine, by: By
) -> None:
    ticket = _asked(connection, "Where is my refund?", REPLY)
    learnt = Learnt(Snippet("Money", "It left.", folder="Answers", question="Where is my refund?\x1b[2J"), ticket)
    with deed_session(engine) as session:
        done = keep(session, by, learnt)
    assert (done.title, done.ticket_ids) == ("Kept “Money” as a known answer", (ticket,))
    (kept,) = Library(library.snippets(connection)).search("where refund my", 1)
    assert (kept.title, kept.question) == ("Money", "Where is my refund?")
    better = Learnt(Snippet("Money", "It left today.", folder="Answers", id=kept.id, question="Refund?"), ticket)
    with deed_session(engine) as session:
        improve(session, by, better)
    assert [(each.body, each.question) for each in library.snippets(connection) if each.id == kept.id] == [
        ("It left today.", "Refund?")
    ]
    for _ in range(2):
        with deed_session(engine) as session:
            undo(session, by)
    assert [each for each in library.snippets(connection) if each.question] == []
    with deed_session(engine) as session:
        redo(session, by)
    assert [each.question for each in library.snippets(connection) if each.question] == ["Where is my refund?"]
    with pytest.raises(BadInput, match="question"), deed_session(engine) as session:
        keep(session, by, Learnt(Snippet("Money", "It left."), ticket))


def test_what_says_about_the_same_is_shown(connection: Connection) -> None:
    ticket = _asked(connection, "Where is my refund?", REPLY)
    body = "The money left today and is on your account within five working days, as banks are slow. Be patient."
    library.replace_or_add(
        connection, [Snippet("Money back", body), Snippet("Lamp", "The lamp has a long cable.")], NOW
    )
    (near,) = captured(connection, ticket).near
    assert near.snippet.title == "Money back"
    assert 0.3 < near.likeness < 1


def test_an_answer_is_offered_where_it_was_given_to_such_a_question(connection: Connection) -> None:
    library.replace_or_add(
        connection, [Snippet("Money back", "It left.", "mb"), Snippet("Login", "Log in.", "lo")], NOW
    )
    money, login = (library.snippet_named(connection, each).id for each in ("mb", "lo"))
    ticket = _asked(connection, "When does the refund reach my bank account?", at=NOW + 9 * HOUR)
    assert offered(connection, ticket) == ()
    for _ in range(2):
        before = _asked(connection, "Is the refund on my bank account yet?")
        _use(connection, money, before, "It left.", "It left.")
    # One of which little was left was no answer to it.
    _use(connection, login, before, "Log in.", "The refund left.", changed=900)
    _use(connection, login, ticket, "Log in.", "Log in.")
    (offer,) = offered(connection, ticket)
    assert (offer.snippet_id, offer.times) == (money, 2)
    # A known answer is offered by its question alone.
    connection.execute(
        "INSERT INTO known_answer VALUES(?, 'When is my refund on the bank account?', NULL, NULL, 0)", (login,)
    )
    assert {each.snippet_id for each in offered(connection, ticket)} == {money, login}


def test_no_step_of_offering_walks_a_table_of_messages(connection: Connection) -> None:
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {answers._USED}", (1, 500, 400))]
    assert any("snippet_use_at" in step for step in plan), plan
    assert not [step for step in plan if step.startswith(("SCAN m", "SCAN t"))], plan
    assert not [step for step in plan if "TEMP B-TREE" in step], plan


def test_drift_is_of_the_present_text_alone(connection: Connection) -> None:
    body = "It takes five days and then it is there."
    library.replace_or_add(connection, [Snippet("Days", body, "days")], NOW)
    snippet = library.snippet_named(connection, "days").id
    ticket = _asked(connection, "When?")
    for text, changed in ((body, 0), (body.replace("five", "three"), 111)):
        _use(connection, snippet, ticket, body, text, changed)
    _use(connection, snippet, ticket, "It takes long.", "It takes very long.", 300)
    (found,) = drifting(connection, NOW)
    assert (found.drift.uses, found.drift.changed_uses) == (2, 1)
    assert found.drift.common is not None
    assert found.drift.common.after == "three"
    assert tickets_of(connection, snippet, 9) == (ticket, ticket)
    assert drifting(connection, NOW + 2 * HOUR) == ()
