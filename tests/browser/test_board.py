"""`heard serve --board`: the live board in a tab, which follows the team's work and can change nothing of it."""

import re
import signal
import string
from contextlib import closing

import pytest

from storage.connect import connect, writing
from storage.workspace import Workspace
from tests.browser.served import Drawing, Served, Tab, ended, until
from tests.console.serving.test_lone_board import everything
from tests.terminal.desk import strangers_bytes
from tests.terminal.test_hostile_terminal import MARK

pytestmark = pytest.mark.terminal
KEYS = (
    *(letter for letter in string.printable if letter.isprintable()),
    *(chr(number) for number in range(1, 27)),
    *(f"\x1b[{number}~" for number in (11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24)),
    "\r", "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[Z", "\x7f", "\x1b[3~", "\x1b[200~a paste\r\x1b[201~",
)  # fmt: skip


# As if a colleague took a ticket.
TAKEN = """
    UPDATE ticket SET assignee_id = 1, updated_at = (SELECT max(updated_at) + 1 FROM ticket)
     WHERE id = (SELECT id FROM ticket WHERE assignee_id IS NULL AND status = 0 AND merged_into_id IS NULL LIMIT 1)"""


def unassigned(tab: Drawing) -> int:
    """The number on the tile `Unassigned`, from what stands below it: how many each team has."""
    row = next(number for number, line in enumerate(tab.lines) if "Unassigned" in line)
    start = tab.lines[row].index("Unassigned")
    below = " ".join(line[start : start + 30].partition("│")[0] for line in tab.lines[row + 1 : row + 5])
    return sum(int(number) for number in re.findall(r"[A-Za-z] (\d+)", below))


def live(tab: Tab) -> bool:
    """Whether the numbers are there."""
    return "Live board" in tab.lines[0] and "Unassigned" in tab.text and unassigned(tab) > 0


@pytest.fixture
def demo(demo: Workspace) -> Workspace:
    """The demo team, none of whose consoles has ever shown a board."""
    with closing(connect(demo.database)) as connection, writing(connection):
        connection.execute("DELETE FROM ticket_fact")
        connection.execute(
            "INSERT INTO stale_ticket(ticket_id) SELECT id FROM ticket WHERE true ON CONFLICT DO NOTHING"
        )
    return demo


def test_it_counts_follows_and_changes_nothing(demo: Workspace) -> None:
    with Served(demo, "--board") as served, served.tab(columns=142, rows=38) as tab:
        tab.wait_for(live)
        # Counted by whoever serves, since the board itself may not.
        with closing(connect(demo.database)) as connection:
            until(lambda: not connection.execute("SELECT 1 FROM stale_ticket LIMIT 1").fetchone(), "nobody settles")
            before = unassigned(tab)
            with writing(connection):
                connection.execute(TAKEN)
            tab.wait_for(lambda tab: unassigned(tab) == before - 1)
            rows, files = everything(connection), sorted(demo.folder.rglob("*"))
            for key in KEYS:
                if key not in ("\x11", "q", "\x1b"):
                    tab.send(key)
            tab.send("\x1b")
            tab.step("P", then="Live board")
            (console,) = served.consoles()
            tab.close()
            until(lambda: ended(console), "the board of a closed tab goes on")
            assert everything(connection) == rows
            assert sorted(demo.folder.rglob("*")) == files
        assert served.end(signal.SIGTERM) == (0, "")


def test_a_wall_begins_with_the_board_that_was_named(demo: Workspace) -> None:
    with Served(demo, "--board", "answers", "--wall") as served, served.tab(columns=142, rows=38) as tab:
        tab.wait_for(lambda tab: "Live board · Answers" in tab.lines[0] and "First in target" in tab.text)
        # No key is offered on a wall; any of them ends it.
        assert "keys" not in tab.lines[-1]
        tab.press("?")
        tab.wait_for("Keys of this screen")
        assert 'data-kind="board"' in served.ask("/", headers={"Cookie": served.enter(served.token)[1]})[2].decode()


def test_nothing_that_a_stranger_wrote_acts_on_the_wall(poisoned: Workspace) -> None:
    with Served(poisoned, "--board") as served, served.tab(columns=200, rows=60) as tab:
        tab.wait_for(lambda tab: "Live board" in tab.lines[0] and MARK in tab.text)
        for board in "2", "3", "1":
            tab.press(board)
            tab.wait_for(lambda tab: f"{board} of 3" in tab.lines[0])  # noqa: B023  # asked before the next round
        tab.step("i", then="How it is counted")
        assert strangers_bytes(bytes(tab.raw)) == b""
        assert tab.others == []
