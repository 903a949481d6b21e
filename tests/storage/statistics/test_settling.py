"""Settling: bounded, newest first, by two at once, and nothing written where nothing has changed."""

import re
from contextlib import closing
from datetime import UTC

from desk.metrics.facts import Did
from desk.times import DAY, HOUR
from storage.connect import Connection, writing
from storage.deeds.by import By
from storage.deeds.change import Change, change
from storage.deeds.undo import undo
from storage.engine import deed_session, engine_over
from storage.statistics.asked import Kept
from storage.statistics.reading import read, tickets_behind
from storage.statistics.settling import BATCH, KEPT_DAYS, settle, settle_some, waiting
from storage.workspace import Workspace, open_to_write
from tests.factories import NOW, make_message, make_ticket


def test_the_newest_tickets_come_first_and_no_more_than_a_batch_at_once(connection: Connection) -> None:
    tickets = [make_ticket(connection, created_at=NOW - HOUR) for _ in range(BATCH + 10)]
    assert settle_some(connection, NOW)
    counted = {row[0] for row in connection.execute("SELECT ticket_id FROM ticket_fact")}
    assert counted == set(tickets[10:])
    assert waiting(connection) == 10
    assert read(connection, NOW, UTC, metrics=["arrived"]).counting == 10
    settle(connection, NOW)
    assert waiting(connection) == 0
    assert read(connection, NOW, UTC, metrics=["arrived"]).figures["arrived"].value == BATCH + 10


def test_closed_years_are_passed_over(connection: Connection) -> None:
    for _ in range(3 * BATCH):
        make_ticket(connection, status=4, created_at=NOW - 400 * DAY)
    waits = make_ticket(connection, created_at=NOW - 400 * DAY)
    make_message(connection, waits, at=NOW - 400 * DAY)
    assert settle_some(connection, NOW)
    assert not settle_some(connection, NOW)
    assert connection.execute("SELECT ticket_id, kind FROM ticket_fact").fetchall() == [(waits, Did.AWAITS_FIRST)]


def test_where_nothing_has_changed_nothing_is_written(connection: Connection, workspace: Workspace) -> None:
    make_ticket(connection)
    settle(connection, NOW)
    with closing(open_to_write(workspace)) as watching:
        before = watching.execute("PRAGMA data_version").fetchone()
        settle(connection, NOW)
        assert watching.execute("PRAGMA data_version").fetchone() == before
        # A ticket whose facts are as they were is only crossed off: no day is read again.
        days = connection.execute("SELECT * FROM fact_day").fetchall()
        connection.execute('UPDATE ticket SET details = \'{"x": "y"}\'')
        settle(connection, NOW)
        assert connection.execute("SELECT * FROM fact_day").fetchall() == days


def test_two_who_settle_at_once_count_each_ticket_once(connection: Connection, workspace: Workspace) -> None:
    for _ in range(BATCH + 5):
        make_ticket(connection)
    with closing(open_to_write(workspace)) as other:
        while settle_some(connection, NOW) or settle_some(other, NOW):
            pass
    assert connection.execute("SELECT count(*), count(DISTINCT ticket_id) FROM ticket_fact").fetchone() == (
        BATCH + 5, BATCH + 5,
    )  # fmt: skip


def test_days_that_no_number_shows_are_forgotten(connection: Connection) -> None:
    make_ticket(connection, status=3, created_at=NOW, solved_at=NOW)
    settle(connection, NOW)
    assert connection.execute("SELECT count(*) FROM ticket_fact").fetchone() == (2,)
    settle(connection, NOW + (KEPT_DAYS + 2) * DAY)
    assert connection.execute("SELECT count(*) FROM ticket_fact").fetchone() == (0,)
    assert connection.execute("SELECT count(*) FROM fact_day").fetchone() == (0,)


def test_a_deed_and_its_undoing_are_both_seen(connection: Connection, by: By) -> None:
    ticket, kept = make_ticket(connection), Kept()
    settle(connection, NOW)

    def solved() -> tuple[object, object]:
        settle(connection, NOW)
        figures = read(connection, NOW, UTC, kept, ["solved", "backlog"]).figures
        return figures["solved"].value, figures["backlog"].value

    assert solved() == (0, 1)
    with deed_session(engine_over(connection)) as session:
        change(session, by, [ticket], Change(status=3))
    assert solved() == (1, 0)
    assert tickets_behind(connection, "solved", "", NOW, UTC, kept) == (ticket,)
    with deed_session(engine_over(connection)) as session:
        undo(session, by)
    assert solved() == (0, 1)


def test_a_reading_is_of_one_moment(connection: Connection, workspace: Workspace) -> None:
    """Another process solves a ticket in the middle of a reading: none of its numbers knows."""
    make_ticket(connection)
    settle(connection, NOW)
    with closing(open_to_write(workspace)) as other:
        seen: list[str] = []

        def meddle(sql: str) -> None:
            seen.append(sql)
            if len(seen) == 3:
                with writing(other):
                    other.execute("UPDATE ticket SET status = 3, solved_at = ?", (NOW,))

        connection.set_trace_callback(meddle)
        figures = read(connection, NOW, UTC, metrics=["open", "backlog", "backlog_team"]).figures
        connection.set_trace_callback(None)
    assert other is not connection
    assert len({figure.value for figure in figures.values()}) == 1


def test_no_query_of_a_reading_or_a_settling_reads_a_whole_table(connection: Connection) -> None:
    ticket = make_ticket(connection)
    make_message(connection, ticket)
    seen: list[str] = []
    connection.set_trace_callback(seen.append)
    settle(connection, NOW)
    found = read(connection, NOW, UTC)
    for metric, figure in found.figures.items():
        for part in ("", *(part.key for part in figure.parts)):
            tickets_behind(connection, metric, part, NOW, UTC)
    connection.set_trace_callback(None)
    plain = {sql for sql in seen if re.match(r"\s*(SELECT|WITH|INSERT|UPDATE|DELETE)", sql)}
    steps = [(row[3], sql) for sql in plain for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
    big = {"ticket", "message", "event", "call", "promise", "gesture", "ticket_fact", "t", "m", "e", "c", "p", "g",
           "outbox", "o", "f"}  # fmt: skip
    scanned = [(step, sql) for step, sql in steps if step.startswith("SCAN") and step.split()[1] in big]
    # The active tickets are few, and lie together in their own indexes.
    few = ("ticket_active_", "gesture_waiting")
    assert [step for step in scanned if not any(index in step[0] for index in few)] == []
