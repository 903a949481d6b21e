"""One's own numbers: each week as a slow look at one's own rows gives it, and nobody else's."""

import json
from datetime import UTC

from desk.ids import new_uid
from desk.times import DAY, HOUR
from storage.connect import Connection
from storage.own_numbers import PRIVATE, WEEKS, LeftToDo, own_numbers, weeks
from tests.factories import NOW, make_agent, make_message, make_ticket

# NOW is a Monday at nine.
WEEK = 7 * DAY
PRESENT = NOW + 3 * DAY


def changed(connection: Connection, ticket: int, agent: int, before: int, after: int, at: int) -> None:
    connection.execute(
        "INSERT INTO event(deed, kind, at, agent_id, ticket_id, data, patch) VALUES(?, 'changed', ?, ?, ?, ?, '')",
        (new_uid(), at, agent, ticket, json.dumps({"field": "status", "before": before, "after": after})),
    )


def answered(connection: Connection, agent: int, asked: int, at: int, kind: str = "outbound") -> int:
    ticket = make_ticket(connection, created_at=asked, updated_at=at)
    make_message(connection, ticket, at=asked)
    make_message(connection, ticket, kind=kind, at=at, agent_id=agent)
    return ticket


def test_a_week_counts_what_was_mine_alone(connection: Connection) -> None:
    me, other = make_agent(connection, handle="ana"), make_agent(connection, handle="bo")
    mine = answered(connection, me, NOW, NOW + 2 * HOUR)
    answered(connection, me, NOW - WEEK, NOW - WEEK + HOUR, kind="call")
    answered(connection, other, NOW, NOW + HOUR)
    make_message(connection, mine, at=NOW + 3 * HOUR)
    make_message(connection, mine, kind="outbound", at=NOW + 4 * HOUR, agent_id=other)
    changed(connection, mine, me, 0, 3, NOW + 5 * HOUR)
    changed(connection, mine, other, 3, 0, NOW + 6 * HOUR)
    changed(connection, mine, other, 0, 3, NOW + 7 * HOUR)
    *_, last, present = weeks(connection, me, PRESENT, UTC)
    assert (present.answers, present.took, present.solved, present.came_back) == (1, (2 * HOUR,), 1, 1)
    assert (last.answers, last.took, last.solved) == (1, (HOUR,), 0)


def test_weeks_begin_on_monday_and_end_before_the_next(connection: Connection) -> None:
    me = make_agent(connection)
    monday = NOW - 9 * HOUR
    for at in (monday - 1, monday, monday + WEEK - 1):
        answered(connection, me, monday - 2 * DAY, at)
    found = weeks(connection, me, PRESENT, UTC)
    assert len(found) == WEEKS
    assert [week.answers for week in found[-2:]] == [1, 2]
    assert found[-1].since == monday


def test_promises_ratings_and_checklists_are_counted(connection: Connection) -> None:
    me = make_agent(connection)
    ticket = make_ticket(connection, status=3)
    for state in ("kept", "kept", "broken", "open"):
        connection.execute(
            "INSERT INTO promise(uid, ticket_id, agent_id, words, made_at, due_at, target_at, state)"
            " VALUES(?, ?, ?, 'today', ?, ?, ?, ?)",
            (new_uid(), ticket, me, NOW, NOW, NOW, state),
        )
    for score in (1, 3):
        connection.execute(
            "INSERT INTO rating(uid, ticket_id, agent_id, score, words, way, at, action)"
            " VALUES(?, ?, ?, ?, '', 'word', ?, '')",
            (new_uid(), ticket, me, score, NOW),
        )
    run = connection.execute(
        "INSERT INTO checklist_run(uid, ticket_id, checklist_key, agent_id, started_at) VALUES(?, ?, 'heard', ?, ?)",
        (new_uid(), ticket, me, NOW),
    ).lastrowid
    connection.executemany(
        "INSERT INTO checklist_tick(run_id, step, state, at, reason, text) VALUES(?, ?, 'done', ?, '', '')",
        [(run, step, NOW) for step in ("hear", "empathize", "apologize", "resolve")],
    )
    page = own_numbers(connection, me, "Ana", PRESENT, UTC)
    report = page.report
    (newest, *_) = report.tables[0].rows
    assert newest[5:] == (1.0, 2, 1, 1, 2)
    figures = {figure.key: (figure.value, figure.n) for figure in report.figures}
    assert figures["whole"] == (1.0, 1)
    assert figures["later"] == (1, 1), "Diagnose is left to do"
    assert report.filters == (("Private", PRIVATE),)
    assert page.left == (LeftToDo(ticket, 1001, "Where is my order?", "Diagnose"),)
    # What is done, skipped, or still open isn't left.
    connection.execute("UPDATE ticket SET status = 0")
    assert own_numbers(connection, me, "Ana", PRESENT, UTC).left == ()
    connection.execute("UPDATE ticket SET status = 4")
    for state in ("done", "skipped"):
        connection.execute(
            "INSERT OR REPLACE INTO checklist_tick(run_id, step, state, at, reason, text)"
            " VALUES(?, 'diagnose', ?, ?, '', '')",
            (run, state, NOW),
        )
        assert own_numbers(connection, me, "Ana", PRESENT, UTC).left == ()


def test_only_a_list_with_a_step_that_comes_later_is_a_case_of_what_is_left(connection: Connection) -> None:
    me = make_agent(connection)
    for key, status in (("heard", 3), ("heard", 0), ("ten-steps", 3)):
        ticket = make_ticket(connection, status=status)
        connection.execute(
            "INSERT INTO checklist_run(uid, ticket_id, checklist_key, agent_id, started_at) VALUES(?, ?, ?, ?, ?)",
            (new_uid(), ticket, key, me, NOW),
        )
    figures = {
        each.key: (each.value, each.n) for each in own_numbers(connection, me, "Ana", PRESENT, UTC).report.figures
    }
    assert figures["later"] == (1, 1)
    assert figures["whole"] == (0.0, 2)


def test_nothing_yet_reads_well(connection: Connection) -> None:
    me = make_agent(connection)
    page = own_numbers(connection, me, "Ana", PRESENT, UTC)
    report = page.report
    assert {figure.value for figure in report.figures} == {0, None}
    assert page.left == ()
    assert len(report.tables[0].rows) == WEEKS


def test_no_query_reads_a_whole_table(connection: Connection) -> None:
    seen: list[str] = []
    me = make_agent(connection)
    connection.set_trace_callback(seen.append)
    own_numbers(connection, me, "Ana", PRESENT, UTC)
    connection.set_trace_callback(None)
    steps = [row[3] for sql in seen for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
    # The ids that are asked for are a table of their own.
    assert [step for step in steps if step.startswith("SCAN")] == ["SCAN checklist", "SCAN w VIRTUAL TABLE INDEX 1:"]
