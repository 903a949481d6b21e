import pytest
from sqlalchemy import Engine

from desk.errors import BadInput, Refused
from desk.statuses import Priority, Status
from desk.times import DAY, HOUR
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.change import Change, change, preview
from storage.deeds.undo import redo, undo
from storage.engine import deed_session
from tests.factories import NOW, make_agent, make_message, make_queue, make_source, make_tag, make_ticket


def _ticket(connection: Connection, ticket_id: int, *columns: str) -> tuple[object, ...]:
    row: tuple[object, ...] = connection.execute(
        f"SELECT {','.join(columns)} FROM ticket WHERE id=?", (ticket_id,)
    ).fetchone()
    return row


def _tags(connection: Connection, ticket_id: int) -> set[str]:
    rows = connection.execute(
        "SELECT name FROM tag JOIN ticket_tag ON tag_id = tag.id WHERE ticket_id=?", (ticket_id,)
    ).fetchall()
    return {row[0] for row in rows}


def test_solving_ends_snooze_and_clock_and_is_told(connection: Connection, engine: Engine, by: By) -> None:
    ticket = make_ticket(connection, snoozed_until=NOW + DAY, due_at=NOW + HOUR)
    with deed_session(engine) as session:
        done = change(session, by, [ticket], Change(status=Status.SOLVED))
    assert done.title == "Solved #1001"
    assert done.ticket_ids == (ticket,)
    row = _ticket(connection, ticket, "status", "solved_at", "snoozed_until", "due_at", "updated_at")
    assert row == (3, by.at, None, None, by.at)
    event = connection.execute(
        "SELECT kind, agent_id, deed, data->>'field', data->>'before', data->>'after' FROM event"
    )
    assert event.fetchall() == [("changed", by.agent_id, done.deed, "status", 0, 3)]
    outbox = connection.execute("SELECT kind, state, sent_at, source_id, payload FROM outbox").fetchall()
    assert outbox == [("change", "sent", by.at, None, '{"status": [0, 3]}')]


def test_what_belongs_to_a_source_waits_for_it(connection: Connection, engine: Engine, by: By) -> None:
    helpdesk, file = make_source(connection, "rt"), make_source(connection, "mbox", "old-mail.mbox")
    tickets = [make_ticket(connection, source_id=helpdesk), make_ticket(connection, source_id=file)]
    with deed_session(engine) as session:
        change(session, by, tickets, Change(priority=Priority.HIGH))
    rows = connection.execute("SELECT ticket_id, source_id, state FROM outbox ORDER BY id").fetchall()
    assert rows == [(tickets[0], helpdesk, "waiting"), (tickets[1], None, "sent")]


def test_opened_again_it_has_the_time_that_it_had_left_when_it_was_solved(
    connection: Connection, engine: Engine, by: By
) -> None:
    ticket = make_ticket(connection, status=Status.SOLVED, channel="phone", outbound_at=NOW - 3 * HOUR)
    for hours in (4, 2, 1):
        make_message(connection, ticket, at=NOW - hours * HOUR)
    with deed_session(engine) as session:
        change(session, by, [ticket], Change(status=Status.OPEN))
    assert _ticket(connection, ticket, "due_at", "solved_at") == (by.at + 5 * 60 * 1_000_000, None)


def test_several_fields_at_once(connection: Connection, engine: Engine, by: By) -> None:
    ticket, queue, bo = make_ticket(connection), make_queue(connection), make_agent(connection)
    make_tag(connection, ticket, "vip")
    wanted = Change(
        status=Status.PENDING,
        priority=Priority.URGENT,
        assignee=bo,
        queue=queue,
        snoozed_until=NOW + DAY,
        add_tags=("Refund ", "vip"),
        remove_tags=("vip", "absent"),
        watch=True,
    )
    with deed_session(engine) as session:
        change(session, by, [ticket], wanted)
    row = _ticket(connection, ticket, "status", "priority", "assignee_id", "queue_id", "snoozed_until")
    assert row == (1, 3, bo, queue, NOW + DAY)
    assert _tags(connection, ticket) == {"refund"}
    assert connection.execute("SELECT agent_id FROM watch").fetchall() == [(by.agent_id,)]
    told = dict(connection.execute("SELECT data->>'field', data->>'after' FROM event").fetchall())
    assert told["assignee"] == "Bo Lind"
    assert told["tags"] == '["refund"]'
    with deed_session(engine) as session:
        undo(session, by)
    assert _tags(connection, ticket) == {"vip"}
    assert connection.execute("SELECT count(*) FROM watch").fetchone() == (0,)
    assert _ticket(connection, ticket, *("status", "priority", "assignee_id", "queue_id", "snoozed_until")) == (
        0, 1, None, None, None,
    )  # fmt: skip


def test_nothing_to_change_is_refused_and_leaves_no_trace(connection: Connection, engine: Engine, by: By) -> None:
    ticket = make_ticket(connection)
    with pytest.raises(Refused, match="so already"), deed_session(engine) as session:
        change(session, by, [ticket], Change(status=Status.OPEN, remove_tags=("absent",)))
    assert connection.execute("SELECT count(*) FROM event").fetchone() == (0,)
    assert connection.execute("SELECT count(*) FROM tag").fetchone() == (0,)


def test_a_time_that_has_passed_is_no_snooze(connection: Connection, engine: Engine, by: By) -> None:
    ticket = make_ticket(connection)
    with pytest.raises(BadInput), deed_session(engine) as session:
        change(session, by, [ticket], Change(snoozed_until=NOW))


def test_the_preview_counts_and_names_the_exceptions(connection: Connection, by: By) -> None:
    tickets = [make_ticket(connection), make_ticket(connection), make_ticket(connection, status=Status.PENDING)]
    solved = make_ticket(connection, status=Status.SOLVED)
    merged = make_ticket(connection, status=Status.CLOSED, merged_into_id=solved)
    lines = preview(connection, [*tickets, solved, merged], Change(status=Status.SOLVED))
    assert lines == (
        "status: open → solved  ·  2 tickets",
        "status: pending → solved  ·  1 ticket",
        "unchanged, so already  ·  #1004",
        "unchanged, merged into another ticket  ·  #1005",
    )


def test_a_thousand_tickets_are_one_deed(connection: Connection, engine: Engine, by: By) -> None:
    connection.execute("BEGIN")
    tickets = [make_ticket(connection, due_at=NOW) for _ in range(1000)]
    connection.execute("COMMIT")
    before = connection.execute("SELECT * FROM ticket ORDER BY id").fetchall()
    bo = make_agent(connection)
    with deed_session(engine) as session:
        done = change(session, by, tickets, Change(status=Status.SOLVED, assignee=bo, add_tags=("outage",)))
    after = connection.execute("SELECT * FROM ticket ORDER BY id").fetchall()
    assert done.title == "Changed 1,000 tickets: status solved, assignee Bo Lind, tags +outage"
    assert connection.execute("SELECT count(DISTINCT deed), count(*) FROM event").fetchone() == (1, 3000)
    with deed_session(engine) as session:
        undo(session, by)
    assert connection.execute("SELECT * FROM ticket ORDER BY id").fetchall() == before
    assert connection.execute("SELECT count(*) FROM ticket_tag").fetchone() == (0,)
    with deed_session(engine) as session:
        redo(session, by)
    assert connection.execute("SELECT * FROM ticket ORDER BY id").fetchall() == after
