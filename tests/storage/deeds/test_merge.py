import pytest
from sqlalchemy import Engine

from desk.errors import BadInput, Refused
from desk.times import HOUR
from storage.connect import Connection
from storage.deeds import checklist
from storage.deeds.by import By
from storage.deeds.change import Change, change
from storage.deeds.merge import merge
from storage.engine import deed_session
from storage.inbound import after_inbound
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
