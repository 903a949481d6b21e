import pytest
from sqlalchemy import Engine

from desk.errors import Refused
from desk.statuses import Priority, Status
from desk.times import HOUR, SECOND
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.change import Change, change
from storage.deeds.open import opened
from storage.deeds.undo import redo, undo
from storage.deeds.write import Outgoing, write
from storage.engine import deed_session
from storage.inbound import after_inbound
from tests.factories import NOW, make_agent, make_message, make_source, make_ticket


def _change(engine: Engine, by: By, ticket: int, wanted: Change) -> None:
    with deed_session(engine) as session:
        change(session, by, [ticket], wanted)


def _undo(engine: Engine, by: By) -> str:
    with deed_session(engine) as session:
        return undo(session, by).title


def _redo(engine: Engine, by: By) -> str:
    with deed_session(engine) as session:
        return redo(session, by).title


def test_the_toast_says_what_was_undone(connection: Connection, engine: Engine, by: By) -> None:
    _change(engine, by, make_ticket(connection), Change(status=Status.SOLVED))
    assert _undo(engine, by) == "Undone: Solved #1001"
    assert _redo(engine, by) == "Done again: Solved #1001"


def test_a_field_that_a_colleague_changed_since_is_named_with_who(
    connection: Connection, engine: Engine, by: By
) -> None:
    ticket = make_ticket(connection)
    bo = By(make_agent(connection), NOW + SECOND)
    _change(engine, by, ticket, Change(status=Status.PENDING, priority=Priority.HIGH))
    _change(engine, bo, ticket, Change(priority=Priority.LOW))
    before = connection.execute("SELECT * FROM ticket").fetchall(), connection.execute("SELECT * FROM event").fetchall()
    with pytest.raises(Refused, match="The priority of #1001 was changed since by Bo Lind"):
        _undo(engine, by)
    assert before == (
        connection.execute("SELECT * FROM ticket").fetchall(),
        connection.execute("SELECT * FROM event").fetchall(),
    )


def test_another_field_of_a_colleague_stays(connection: Connection, engine: Engine, by: By) -> None:
    ticket = make_ticket(connection)
    bo = By(make_agent(connection), NOW + SECOND)
    _change(engine, by, ticket, Change(status=Status.PENDING, add_tags=("vip",)))
    _change(engine, bo, ticket, Change(priority=Priority.LOW, add_tags=("late",)))
    _undo(engine, by)
    row = connection.execute("SELECT status, priority, updated_at FROM ticket").fetchone()
    assert row == (Status.OPEN, Priority.LOW, bo.at)
    assert connection.execute("SELECT name FROM tag JOIN ticket_tag ON tag_id = id").fetchall() == [("late",)]


def test_a_message_that_came_in_meanwhile_still_counts(connection: Connection, engine: Engine, by: By) -> None:
    ticket = make_ticket(connection)
    make_message(connection, ticket, at=NOW - 2 * HOUR)
    after_inbound(connection, [ticket])
    with deed_session(engine) as session:
        write(session, by, ticket, Outgoing("reply", "Soon."))
    make_message(connection, ticket, at=NOW + SECOND, body="And my invoice?")
    after_inbound(connection, [ticket])
    _undo(engine, by)
    row = connection.execute("SELECT message_count, preview, outbound_at, due_at FROM ticket").fetchone()
    assert row == (2, "And my invoice?", None, NOW + 22 * HOUR)


def test_everyone_undoes_their_own(connection: Connection, engine: Engine, by: By) -> None:
    ticket = make_ticket(connection)
    bo = By(make_agent(connection), NOW)
    _change(engine, by, ticket, Change(status=Status.PENDING))
    with pytest.raises(Refused, match="nothing to undo"):
        _undo(engine, bo)
    assert _undo(engine, by) == "Undone: Set #1001 to pending"
    with pytest.raises(Refused, match="nothing to do again"):
        _redo(engine, bo)


def test_after_something_new_nothing_is_done_again(connection: Connection, engine: Engine, by: By) -> None:
    ticket = make_ticket(connection)
    _change(engine, by, ticket, Change(status=Status.PENDING))
    _undo(engine, by)
    _change(engine, by, ticket, Change(priority=Priority.HIGH))
    with pytest.raises(Refused, match="nothing to do again"):
        _redo(engine, by)
    _undo(engine, by)
    assert _redo(engine, by) == "Done again: Set #1001 to high priority"
    with pytest.raises(Refused, match="nothing to do again"):
        _redo(engine, by)


def test_what_is_done_again_is_refused_where_a_colleague_was_faster(
    connection: Connection, engine: Engine, by: By
) -> None:
    ticket = make_ticket(connection)
    _change(engine, by, ticket, Change(status=Status.PENDING))
    _undo(engine, by)
    _change(engine, By(make_agent(connection), NOW), ticket, Change(status=Status.SOLVED))
    with pytest.raises(Refused, match="The status of #1001 was changed since by Bo Lind"):
        _redo(engine, by)


def test_a_delivered_change_is_followed_by_its_opposite(connection: Connection, engine: Engine, by: By) -> None:
    ticket = make_ticket(connection, source_id=make_source(connection, "rt"))
    _change(engine, by, ticket, Change(status=Status.PENDING))
    _undo(engine, by)
    assert connection.execute("SELECT state, payload FROM outbox").fetchall() == [("dropped", '{"status": [0, 1]}')]
    _change(engine, by, ticket, Change(status=Status.PENDING))
    connection.execute("UPDATE outbox SET state = 'sent' WHERE state = 'waiting'")
    _undo(engine, by)
    rows = connection.execute("SELECT state, payload FROM outbox ORDER BY id").fetchall()
    assert rows[1:] == [("sent", '{"status": [0, 1]}'), ("waiting", '{"status": [1, 0]}')]


def test_a_note_that_reached_its_source_stays(connection: Connection, engine: Engine, by: By) -> None:
    ticket = make_ticket(connection, source_id=make_source(connection, "rt"))
    with deed_session(engine) as session:
        write(session, by, ticket, Outgoing("note", "Called back."))
    connection.execute("UPDATE outbox SET state = 'sent'")
    with pytest.raises(Refused, match="note on #1001 was already sent"):
        _undo(engine, by)


def test_reading_is_no_deed(connection: Connection, engine: Engine, by: By) -> None:
    mine = make_ticket(connection, unread=True, assignee_id=by.agent_id)
    theirs = make_ticket(connection, unread=True, assignee_id=make_agent(connection))
    for ticket in (mine, theirs):
        opened(connection, by, ticket)
    assert dict(connection.execute("SELECT id, unread FROM ticket").fetchall()) == {mine: 0, theirs: 1}
    with pytest.raises(Refused, match="nothing to undo"):
        _undo(engine, by)


def test_the_newest_deed_is_found_by_an_index(connection: Connection) -> None:
    from storage.deeds import undo as module

    plan = connection.execute(f"EXPLAIN QUERY PLAN {module._NEWEST}", (1,)).fetchall()
    assert [row[3] for row in plan] == ["SEARCH event USING INDEX event_undoable (agent_id=?)"]
