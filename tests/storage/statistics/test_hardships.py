"""Settling where it is hard: an older workspace, several who settle at once, a kill in the middle, a wrong clock."""

import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC
from pathlib import Path

from alembic import command
from alembic.config import Config

from desk.times import DAY, HOUR, now
from storage import migrations
from storage.connect import Connection, connect, writing
from storage.deeds.by import By
from storage.deeds.change import Change, change
from storage.deeds.merge import merge
from storage.deeds.undo import undo
from storage.engine import deed_session, engine_over
from storage.seed import seed
from storage.statistics.asked import Kept
from storage.statistics.counting import counted
from storage.statistics.reading import read
from storage.statistics.settling import KEPT_DAYS, settle, settle_some, waiting
from storage.workspace import Workspace, open_to_write
from tests.factories import NOW, make_agent, make_message, make_ticket

# What a board, `heard stats` or `heard serve` does in a process of its own.
SETTLES = """
import sys
from contextlib import closing
from pathlib import Path
from storage.statistics.settling import settle_some
from storage.workspace import Workspace, open_to_write

with closing(open_to_write(Workspace(Path(sys.argv[1])))) as connection:
    print("ready", flush=True)
    sys.stdin.readline()
    while settle_some(connection, int(sys.argv[2])):
        pass
"""


def settling_process(workspace: Workspace) -> "subprocess.Popen[str]":
    """One that waits for a line before it begins."""
    process = subprocess.Popen(
        [sys.executable, "-c", SETTLES, str(workspace.folder), str(NOW)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def go(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def desk_of(connection: Connection, tickets: int) -> list[int]:
    """So many tickets, each answered and solved, in one transaction."""
    with writing(connection):
        made = []
        for number in range(tickets):
            at = NOW - 3 * DAY + number * 1000
            ticket = make_ticket(connection, status=3, created_at=at, solved_at=at + HOUR)
            make_message(connection, ticket, at=at)
            make_message(connection, ticket, kind="outbound", at=at + HOUR)
            made.append(ticket)
        return made


def check_facts(connection: Connection, tickets: Iterable[int]) -> None:
    """What is settled is what a count of these tickets gives now, and nothing is left."""
    assert waiting(connection) == 0
    anew = [(ticket, int(fact.did), fact.at) for ticket, _, fact in counted(connection, list(tickets))]
    assert sorted(connection.execute("SELECT ticket_id, kind, at FROM ticket_fact")) == sorted(anew)


def make_before_the_board(database: Path) -> None:
    """An empty workspace as schema 7 left it."""
    config = Config()
    config.set_main_option("script_location", str(migrations.__path__[0]).replace("%", "%%"))
    with closing(connect(database)) as old, engine_over(old).begin() as bound:
        config.attributes["connection"] = bound
        command.upgrade(config, "0007")
        seed(old)
        bound.exec_driver_sql("PRAGMA user_version=7")


def test_a_workspace_from_before_the_board_opens_and_counts(tmp_path: Path) -> None:
    present, workspace = now(), Workspace(tmp_path)
    make_before_the_board(workspace.database)
    with closing(connect(workspace.database)) as old:
        assert old.execute("SELECT 1 FROM sqlite_schema WHERE name = 'ticket_fact'").fetchone() is None
        answered = make_ticket(old, status=3, created_at=present - 2 * HOUR, solved_at=present)
        make_message(old, answered, at=present - 2 * HOUR)
        make_message(old, answered, kind="outbound", at=present - HOUR)
        waits = make_ticket(old, created_at=present - 300 * DAY)
        make_message(old, waits, at=present - 300 * DAY)
        gone = make_ticket(old, status=4, created_at=present - 300 * DAY, solved_at=present - 299 * DAY)
    with closing(open_to_write(workspace)) as brought:
        noted = {row[0] for row in brought.execute("SELECT ticket_id FROM stale_ticket")}
        assert noted == {answered, waits}
        settle(brought, present)
        figures = read(brought, present, UTC).figures
        assert (figures["first_response"].value, figures["waiting"].value) == (HOUR, 1)
        # It is noticed from now on, too.
        brought.execute("UPDATE ticket SET status = 0, solved_at = NULL WHERE id = ?", (gone,))
        assert waiting(brought) == 1


def test_two_boards_settle_while_mail_comes_and_tickets_change(connection: Connection, workspace: Workspace) -> None:
    tickets = desk_of(connection, 700)
    boards = [settling_process(workspace) for _ in range(2)]
    for board in boards:
        go(board)
    engine = engine_over(connection)
    for place, ticket in enumerate(tickets[:40]):
        make_message(connection, ticket, at=NOW - HOUR + place)
        with deed_session(engine) as session:
            change(session, By(None, NOW + place), [ticket], Change(status=0))
        settle_some(connection, NOW)
    for board in boards:
        board.communicate()
        assert board.returncode == 0
    settle(connection, NOW)
    check_facts(connection, tickets)
    assert read(connection, NOW, UTC, metrics=["waiting"]).figures["waiting"].value == 40


def test_one_that_is_killed_while_it_settles_loses_nothing(connection: Connection, workspace: Workspace) -> None:
    tickets = desk_of(connection, 1500)
    board = settling_process(workspace)
    go(board)
    while not connection.execute("SELECT EXISTS(SELECT 1 FROM ticket_fact)").fetchone()[0]:
        assert board.poll() is None
    board.send_signal(signal.SIGKILL)
    board.communicate()
    settle(connection, NOW)
    check_facts(connection, tickets)


def test_a_clock_that_was_far_ahead_costs_no_number(connection: Connection) -> None:
    """By it, all was old, and forgotten; once it is right, all is counted again."""
    tickets = desk_of(connection, 3)
    settle(connection, NOW)
    kept = Kept()
    before = read(connection, NOW, UTC, kept).figures["first_response"]
    assert before.n == 3
    ahead = NOW + 400 * DAY
    settle(connection, ahead)
    assert read(connection, ahead, UTC, kept).figures["first_response"].n == 0
    settle(connection, NOW)
    assert read(connection, NOW, UTC, kept).figures["first_response"] == before
    check_facts(connection, tickets)


def test_two_clocks_that_differ_a_little_dont_count_all_again(connection: Connection) -> None:
    desk_of(connection, 3)
    settle(connection, NOW)
    later = NOW + (KEPT_DAYS + 3) * DAY
    settle(connection, later)
    assert not settle_some(connection, later - DAY)


def test_what_is_merged_reopened_and_undone_is_as_it_was(connection: Connection) -> None:
    first, second = desk_of(connection, 2)
    agent = make_agent(connection)
    engine, kept = engine_over(connection), Kept()
    settle(connection, NOW)
    before = read(connection, NOW, UTC, kept).figures
    by = [By(agent, NOW - HOUR + step) for step in range(2)]
    with deed_session(engine) as session:
        change(session, by[0], [first], Change(status=0))
    settle(connection, NOW)
    assert read(connection, NOW, UTC, kept).figures["came_back"].value == 1
    with deed_session(engine) as session:
        merge(session, by[1], [second], first)
    settle(connection, NOW)
    assert read(connection, NOW, UTC, kept).figures["first_response"].tickets == 1
    for each in reversed(by):
        with deed_session(engine) as session:
            undo(session, each)
    settle(connection, NOW)
    check_facts(connection, (first, second))
    assert read(connection, NOW, UTC, kept).figures == before
