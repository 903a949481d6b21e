"""Clocks of tickets in the workspace: by which rules, after which deeds, and read by index however many there are."""

import signal
import subprocess
import sys

import pytest

from desk.statuses import Status
from desk.times import DAY, HOUR, MINUTE
from storage import clocks, rules
from storage.connect import Connection, writing
from storage.deeds.by import By
from storage.deeds.change import Change, change
from storage.deeds.undo import undo
from storage.deeds.write import Outgoing, write
from storage.engine import deed_session, engine_over
from storage.inbound import after_inbound
from storage.workspace import Workspace
from tests.factories import NOW, make_message, make_tag, make_team, make_ticket

TARGETS = """
zone = "UTC"
hours = "Mon-Fri 9-17"
holidays = ["2026-03-03"]

[[target]]
title = "Everything"
first_response = "4h"
next_response = "6h"
resolution = "16h"
pauses = ["pending"]

[[target]]
title = "Urgent"
priorities = ["urgent"]
first_response = "1h"

[[target]]
title = "VIP"
tags = ["VIP"]
first_response = "30m"

[[target]]
title = "Night shift"
teams = ["Nights"]
first_response = "2h"
around_the_clock = true
"""


@pytest.fixture
def ticket(connection: Connection) -> int:
    """It came on a Monday at nine; Tuesday is a holiday."""
    rules.write(connection, "targets", TARGETS)
    made = make_ticket(connection)
    make_message(connection, made)
    after_inbound(connection, [made])
    return made


def due(connection: Connection, ticket: int) -> int | None:
    at: int | None = connection.execute("SELECT due_at FROM ticket WHERE id = ?", (ticket,)).fetchone()[0]
    return at


def do(connection: Connection, by: By, at: int, ticket: int, wanted: Change) -> None:
    with deed_session(engine_over(connection)) as session:
        change(session, By(by.agent_id, at), [ticket], wanted)


def test_the_team_s_hours_and_holidays_count(connection: Connection, ticket: int) -> None:
    found = {clock.name: clock.due_at for clock in clocks.ticket_clocks(connection, ticket)}
    # Sixteen hours are Monday and Wednesday.
    assert found == {"first response": NOW + 4 * HOUR, "resolution": NOW + 2 * DAY + 8 * HOUR}
    assert due(connection, ticket) == NOW + 4 * HOUR


def test_priority_tag_and_team_move_the_clock_and_undo_moves_it_back(
    connection: Connection, by: By, ticket: int
) -> None:
    do(connection, by, NOW, ticket, Change(priority=3))
    assert due(connection, ticket) == NOW + HOUR
    do(connection, by, NOW, ticket, Change(add_tags=("vip",)))
    assert due(connection, ticket) == NOW + 30 * MINUTE
    do(connection, by, NOW, ticket, Change(remove_tags=("vip",), priority=1, team=make_team(connection, "Nights")))
    assert due(connection, ticket) == NOW + 2 * HOUR
    for expected in (30 * MINUTE, HOUR, 4 * HOUR):
        with deed_session(engine_over(connection)) as session:
            undo(session, By(by.agent_id, NOW))
        assert due(connection, ticket) == NOW + expected


def test_the_solution_s_clock_stands_still_while_the_customer_has_the_word(
    connection: Connection, by: By, ticket: int
) -> None:
    outgoing = Outgoing("reply", "Which one?", "li@example.org", after=Change(status=int(Status.PENDING)))
    with deed_session(engine_over(connection)) as session:
        write(session, By(by.agent_id, NOW + 2 * HOUR), ticket, outgoing)
    (paused,) = clocks.ticket_clocks(connection, ticket)
    assert (paused.name, paused.due_at, paused.left) == ("resolution", None, 14 * HOUR)
    assert due(connection, ticket) is None
    # Wednesday at nine they write again, and all of Monday's six hours after the question didn't count.
    do(connection, by, NOW + 2 * DAY, ticket, Change(status=int(Status.OPEN)))
    assert due(connection, ticket) == NOW + 3 * DAY + 6 * HOUR


def test_a_pause_that_was_undone_never_was(connection: Connection, by: By, ticket: int) -> None:
    do(connection, by, NOW + HOUR, ticket, Change(status=int(Status.PENDING)))
    with deed_session(engine_over(connection)) as session:
        undo(session, By(by.agent_id, NOW + 2 * HOUR))
    do(connection, by, NOW + 3 * HOUR, ticket, Change(priority=0))
    assert due(connection, ticket) == NOW + 4 * HOUR
    assert clocks.due_times(connection, [ticket])[ticket].at == NOW + 4 * HOUR


def test_a_deed_and_a_recount_agree(connection: Connection, by: By, ticket: int) -> None:
    for at, status in ((1, Status.PENDING), (5, Status.OPEN), (6, Status.HOLD), (50, Status.SOLVED), (52, Status.OPEN)):
        do(connection, by, NOW + at * HOUR, ticket, Change(status=int(status)))
        written = connection.execute("SELECT due_at, warns_at FROM ticket").fetchall()
        rules.write(connection, "targets", TARGETS)
        assert connection.execute("SELECT due_at, warns_at FROM ticket").fetchall() == written


def test_more_than_a_batch_is_brought_up_to_new_targets(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clocks, "BATCH", 3)
    made = [make_ticket(connection, status=number % 4) for number in range(11)]
    after_inbound(connection, made)
    rules.write(connection, "targets", '[[target]]\ntitle = "All"\nfirst_response = "1h"\n')
    rows = connection.execute("SELECT status, due_at FROM ticket").fetchall()
    assert {due for status, due in rows if status in (0, 2)} == {NOW + HOUR}
    assert {due for status, due in rows if status in (1, 3)} == {None}


KILLED = """
import os, signal, sys
from contextlib import closing
from pathlib import Path
from storage import clocks, rules
from storage.workspace import Workspace, open_to_write

clocks.BATCH = 3
with closing(open_to_write(Workspace(Path(sys.argv[1])))) as connection:
    count = clocks.due_times
    batches = []
    def due_times(connection, ids):
        batches.append(ids)
        if len(batches) == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return count(connection, ids)
    clocks.due_times = due_times
    rules.write(connection, "targets", sys.argv[2])
"""


def test_killed_in_the_middle_it_goes_on_where_it_was(workspace: Workspace, connection: Connection) -> None:
    made = [make_ticket(connection) for _ in range(11)]
    after_inbound(connection, made)
    connection.commit()
    new = '[[target]]\ntitle = "All"\nfirst_response = "1h"\n'
    ended = subprocess.run([sys.executable, "-c", KILLED, workspace.folder, new], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert [due(connection, ticket) == NOW + HOUR for ticket in made] == 6 * [True] + 5 * [False]
    assert clocks.behind(connection)
    # Those that were done aren't counted a second time.
    connection.execute("UPDATE ticket SET due_at = 7 WHERE id = ?", (made[0],))
    connection.commit()
    clocks.catch_up(connection)
    assert [due(connection, ticket) for ticket in made] == [7, *10 * [NOW + HOUR]]
    assert not clocks.behind(connection)


def test_targets_that_change_while_others_are_brought_up_hold_for_all(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clocks, "BATCH", 3)
    made = [make_ticket(connection) for _ in range(11)]
    after_inbound(connection, made)
    with writing(connection):
        clocks.fall_behind(connection)
    assert clocks.catch_up_some(connection)
    rules.write(connection, "targets", '[[target]]\ntitle = "All"\nfirst_response = "1h"\n')
    assert {due(connection, ticket) for ticket in made} == {NOW + HOUR}
    assert not clocks.catch_up_some(connection)


def test_a_follow_up_of_a_call_orders_the_list_until_the_next_answer(connection: Connection, ticket: int) -> None:
    connection.execute(
        "INSERT INTO call(uid, direction, state, way, external_id, number, caller, ticket_id, rang_at, wrapped_at,"
        " held_seconds, goal, notes, outcome, follow_up, follow_up_at)"
        " VALUES(x'01', 'in', 'done', 'console', '', '', '', ?, ?, ?, 0, '', '', 'follow_up', 'call back', ?)",
        (ticket, NOW, NOW + 5 * MINUTE, NOW + 20 * HOUR),
    )
    make_message(connection, ticket, kind="call", at=NOW + MINUTE)
    after_inbound(connection, [ticket])
    assert due(connection, ticket) == NOW + 20 * HOUR
    make_message(connection, ticket, kind="outbound", at=NOW + HOUR)
    after_inbound(connection, [ticket])
    assert due(connection, ticket) == NOW + 2 * DAY + 8 * HOUR


@pytest.mark.parametrize("statement", [clocks._STANDING, clocks._TURNS, clocks._TAGS, clocks._PROMISED, clocks._NEXT])
def test_nothing_is_read_but_what_belongs_to_the_tickets(connection: Connection, statement: str) -> None:
    values = (0, 5) if statement == clocks._NEXT else ("[1, 2]",)
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    assert not [step for step in plan if step.startswith("SCAN") and "json_each" not in step and "wanted" not in step]


def test_a_desk_that_was_counted_when_it_was_small_isnt_read_through(connection: Connection, ticket: int) -> None:
    """What ANALYZE tells of a few tickets must not send SQLite through all of a million later."""
    for _ in range(30):
        make_ticket(connection)
    connection.execute("ANALYZE")
    for statement in (clocks._STANDING, clocks._TURNS, clocks._TAGS, clocks._PROMISED):
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", (f"[{ticket}]",))]
        assert not [step for step in plan if step.startswith("SCAN") and not step.startswith("SCAN wanted")], plan


def test_tags_are_only_read_where_a_target_binds_to_one(connection: Connection, ticket: int) -> None:
    make_tag(connection, ticket, "vip")
    seen: list[str] = []
    connection.set_trace_callback(seen.append)
    clocks.due_times(connection, [ticket])
    bound = sum("ticket_tag" in statement for statement in seen)
    rules.write(connection, "targets", None)
    seen.clear()
    clocks.due_times(connection, [ticket])
    connection.set_trace_callback(None)
    assert (bound, sum("ticket_tag" in statement for statement in seen)) == (1, 0)
