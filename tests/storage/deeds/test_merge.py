import pytest
from sqlalchemy import Engine

from desk.errors import BadInput, Refused
from desk.times import HOUR
from storage import models
from storage.connect import Connection
from storage.deeds import checklist
from storage.deeds.by import By
from storage.deeds.change import Change, change
from storage.deeds.merge import merge
from storage.deeds.undo import undo
from storage.engine import deed_session
from storage.inbound import after_inbound
from storage.runs import runs
from tests.factories import NOW, make_message, make_tag, make_ticket


def test_everything_said_moves_and_the_other_points_there(connection: Connection, engine: Engine, by: By) -> None:
    into, other = make_ticket(connection), make_ticket(connection, snoozed_until=NOW + HOUR)
    make_message(connection, into, at=NOW - 3 * HOUR)
    newest = make_message(connection, other, at=NOW - HOUR, body="Still nothing")
    after_inbound(connection, [into, other])
    make_tag(connection, other, "vip")
    with deed_session(engine) as session:
        checklist.tick(session, by, other, "heard", "hear")
    with deed_session(engine) as session:
        done = merge(session, by, [other], into)
    assert (done.title, done.ticket_ids) == ("Merged #1002 into #1001", (into, other))
    assert connection.execute("SELECT ticket_id FROM message WHERE id=?", (newest,)).fetchone() == (into,)
    row = connection.execute("SELECT message_count, preview, inbound_at FROM ticket WHERE id=?", (into,)).fetchone()
    assert row == (2, "Still nothing", NOW - HOUR)
    row = connection.execute(
        "SELECT status, merged_into_id, snoozed_until, due_at FROM ticket WHERE id=?", (other,)
    ).fetchone()
    assert row == (4, into, None, None)
    assert connection.execute("SELECT ticket_id FROM checklist_run").fetchall() == [(into,)]
    tags = connection.execute("SELECT ticket_id FROM ticket_tag ORDER BY ticket_id").fetchall()
    assert tags == [(into,), (other,)]


def test_what_was_found_out_and_what_is_to_be_mended_goes_along_and_comes_back(
    connection: Connection, engine: Engine, by: By
) -> None:
    into, other = make_ticket(connection, goal="a refund"), make_ticket(connection)
    told = "SELECT goal, summary, choice FROM ticket ORDER BY id"
    linked = "SELECT t.cause, x.ticket_id FROM task t JOIN task_ticket x ON x.task_id = t.id ORDER BY 1"
    connection.execute("UPDATE ticket SET goal = 'an invoice', choice = 'by mail' WHERE id = ?", (other,))
    with deed_session(engine) as session:
        session.add_all(
            [
                models.Call(ticket_id=other, state="done", way="pop", rang_at=NOW),
                *(models.Task(id=key, title=cause, cause=cause, created_at=NOW) for key, cause in ((1, "a"), (2, "b"))),
                *(
                    models.TaskTicket(task_id=task, ticket_id=ticket)
                    for task, ticket in ((1, other), (2, other), (2, into))
                ),
            ]
        )
    before = connection.execute(told).fetchall(), connection.execute(linked).fetchall()
    with deed_session(engine) as session:
        merge(session, by, [other], into)
    assert connection.execute(told).fetchall()[0] == ("a refund", "", "by mail")
    assert connection.execute(linked).fetchall() == [("a", into), ("b", into)]
    assert connection.execute("SELECT ticket_id FROM call").fetchone() == (into,)
    with deed_session(engine) as session:
        undo(session, by)
    assert sorted(connection.execute(linked).fetchall()) == sorted(before[1])
    assert connection.execute(told).fetchall() == before[0]
    assert connection.execute("SELECT ticket_id FROM call").fetchone() == (other,)


def test_a_list_that_was_begun_on_both_has_what_was_settled_on_either(
    connection: Connection, engine: Engine, by: By
) -> None:
    into, other = make_ticket(connection), make_ticket(connection)
    with deed_session(engine) as session:
        checklist.tick(session, by, into, "heard", "hear")
    with deed_session(engine) as session:
        checklist.skip(session, by, other, "heard", "hear", "read it here")
    with deed_session(engine) as session:
        checklist.skip(session, by, other, "heard", "empathize", "they were in a hurry")
    before = [runs(connection, ticket) for ticket in (into, other)]
    with deed_session(engine) as session:
        merge(session, by, [other], into)
    (run,) = runs(connection, into)
    assert {each.step: (each.state, each.reason) for each in run.ticks} == {
        "hear": ("done", ""), "empathize": ("skipped", "they were in a hurry"),
    }  # fmt: skip
    with deed_session(engine) as session:
        undo(session, by)
    assert [runs(connection, ticket) for ticket in (into, other)] == before


def test_a_suggestion_that_was_followed_is_gone(connection: Connection, engine: Engine, by: By) -> None:
    into, other = make_ticket(connection), make_ticket(connection)
    connection.execute(
        "INSERT INTO suggestion(ticket_id, other_ticket_id, reason, created_at) VALUES(?,?,'subject',0)", (other, into)
    )
    with deed_session(engine) as session:
        merge(session, by, [other], into)
    assert connection.execute("SELECT dismissed_at FROM suggestion").fetchone() == (by.at,)


def test_what_can_not_be_merged(connection: Connection, engine: Engine, by: By) -> None:
    first, second, third = (make_ticket(connection) for _ in range(3))
    with pytest.raises(BadInput), deed_session(engine) as session:
        merge(session, by, [first], first)
    with deed_session(engine) as session:
        merge(session, by, [second], first)
    with pytest.raises(Refused, match="#1002 was merged"), deed_session(engine) as session:
        merge(session, by, [third], second)
    with pytest.raises(Refused, match="merged into another ticket"), deed_session(engine) as session:
        change(session, by, [second], Change(status=0))
