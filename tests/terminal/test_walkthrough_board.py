"""A supervisor at the live board, from the keyboard alone, in a real terminal, while a colleague works elsewhere."""

import signal
from collections.abc import Callable

import pytest

from storage.workspace import Workspace
from tests.terminal.desk import Desk

pytestmark = pytest.mark.terminal

UNASSIGNED = """
    SELECT count(*) FROM ticket
     WHERE status < 3 AND assignee_id IS NULL AND (snoozed_until IS NULL OR snoozed_until <= unixepoch() * 1000000)"""
MINE = "SELECT count(*) FROM ticket WHERE status < 3 AND assignee_id = (SELECT id FROM agent WHERE handle = 'ana')"


def beneath(desk: Desk, title: str) -> str:
    """What stands below the beginning of a tile's title."""
    y, x = next((y, line.find(title)) for y, line in enumerate(desk.lines) if title in line)
    return desk.lines[y + 1][x : x + 12].strip(" │")


def says(title: str, number: object) -> Callable[[Desk], bool]:
    return lambda desk: title in desk.text and beneath(desk, title).split(" ")[0] == str(number)


def test_from_a_number_to_its_tickets_and_back(demo: Workspace) -> None:
    """At 80x24: who is at it sees the number, opens it, gives two tickets to somebody after a preview, and comes back.

    A colleague's console shows the same board, and hears of it.
    """
    with Desk(demo, columns=80, rows=24) as desk, Desk(demo, columns=80, rows=24, agent="ben") as other:
        for each in (desk, other):
            each.wait_until_live()
            each.step("g", "s", then="Came in and solved today")
        nobody, mine = desk.one(UNASSIGNED), desk.one(MINE)
        assert isinstance(nobody, int)
        assert isinstance(mine, int)
        assert nobody > 2
        for each in (desk, other):
            each.wait_for(says("Unassigned", nobody))
            # What matters most stands on one screen.
            for title in ("Overdue", "Due in an hour", "Promises today", "Waiting for us", "Upset", "Came again"):
                assert title in each.text
            assert "Backlog" in each.text
            assert "Tickets on agents" in each.text

        # Keys that are typed before the board is there are meant for it.
        desk.step("escape", then="Queue ·")
        desk.send("gs\t\ti")
        desk.wait_for("When somebody takes it.")
        desk.step("escape", then="Came in and solved today")
        desk.step("enter", then=f"Unassigned {nobody} ")
        desk.step("x", "x", then="2 selected")
        desk.step("a", "a", then="Change 2 tickets?")
        desk.step("enter", then=f"Unassigned {nobody - 2} ")
        assert desk.one(MINE) == mine + 2

        desk.step("escape", then="Came in and solved today")
        desk.wait_for(says("▸Unassigned", nobody - 2))
        other.wait_for(says("Unassigned", nobody - 2))
        other.wait_for("▼2")

        desk.press("u")
        desk.wait_for(says("▸Unassigned", nobody))
        other.wait_for(says("Unassigned", nobody))
        assert desk.one(MINE) == mine


def test_a_board_that_is_killed_leaves_nothing_behind(demo: Workspace) -> None:
    with Desk(demo, columns=80, rows=24) as desk:
        desk.wait_until_live()
        desk.step("g", "s", then="Came in and solved today")
        desk.step("P", then="Live board")
        desk.signal(signal.SIGKILL)
        assert desk.wait_for_exit() == -signal.SIGKILL
    with Desk(demo, columns=80, rows=24) as desk:
        desk.wait_until_live()
        desk.step("g", "s", then="Came in and solved today")
        assert desk.one("PRAGMA integrity_check") == "ok"
        desk.wait_for(says("Unassigned", desk.one(UNASSIGNED)))
