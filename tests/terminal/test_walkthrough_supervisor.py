"""A supervisor among a million tickets, from the keyboard alone: from a number that looks wrong to what mends it."""

import shutil
import signal
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from desk.times import now
from storage.deeds.by import By
from storage.deeds.change import Change, change
from storage.engine import deed_session, engine_over
from storage.workspace import Workspace, open_to_write
from tests.terminal.desk import Desk
from tests.terminal.test_walkthrough_board import UNASSIGNED, beneath
from tests.terminal.years import OLD, TODAYS, fill

# To make the tickets and to count them takes a busy machine longer than a usual test.
pytestmark = [pytest.mark.terminal, pytest.mark.timeout(600)]

OF_MEI = "SELECT count(*) FROM ticket WHERE status<3 AND assignee_id = (SELECT id FROM agent WHERE handle = 'mei')"
# The customers of these heard nothing after they wrote last; on the telephone somebody was there.
WAITING = """
    SELECT count(*) FROM ticket t WHERE t.status<3 AND (
        SELECT m.kind FROM message m WHERE m.ticket_id = t.id
           AND (m.kind IN ('inbound', 'call') OR m.kind = 'outbound' AND m.automatic = '')
         ORDER BY m.at DESC, m.id DESC LIMIT 1) = 'inbound'"""
SHARED = "SELECT id FROM ticket WHERE status<3 AND assignee_id IS NULL AND subject LIKE 'Order %' ORDER BY id LIMIT 1"


@pytest.fixture
def years(demo_template: Workspace, tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "workspace")
    shutil.copytree(demo_template.folder, workspace.folder)
    fill(workspace, now())
    return workspace


def opened_board(workspace: Workspace) -> Desk:
    """Ana's console, on the board."""
    desk = Desk(workspace, columns=80, rows=24)
    desk.wait_until_live()
    desk.step("g", "s", then="Came in and solved today")
    return desk


def whole(desk: Desk, query: str) -> int:
    found = desk.one(query)
    assert isinstance(found, int)
    return found


def says(title: str, number: int) -> Callable[[Desk], bool]:
    """A tile with this number, behind the mark of what somebody should look at."""
    return lambda desk: title in desk.text and f"{number:,}" in beneath(desk, title).split()


def somebody_solves(workspace: Workspace, ticket: int) -> None:
    """A deed of another process: this one."""
    with closing(open_to_write(workspace)) as connection, deed_session(engine_over(connection)) as session:
        change(session, By(2, now()), [ticket], Change(status=3))


def test_a_number_that_looks_wrong_among_a_million_tickets(years: Workspace) -> None:
    with opened_board(years) as desk:
        # Most of the million isn't counted yet: what is killed now is gone on with by whoever comes next.
        desk.wait_for("still counting")
        desk.signal(signal.SIGKILL)
        assert desk.wait_for_exit() == -signal.SIGKILL

    with opened_board(years) as desk:
        assert whole(desk, "SELECT count(*) FROM ticket") > OLD + TODAYS
        nobody, hers = whole(desk, UNASSIGNED), whole(desk, OF_MEI)
        assert nobody > TODAYS // 20
        desk.wait_for(says("Unassigned", nobody))
        desk.gone("still counting")
        assert desk.one("SELECT count(*) FROM stale_ticket") == 0
        desk.wait_for(says("Waiting for us", whole(desk, WAITING)))

        desk.step("right", "right", then="▸Unassigned")
        desk.step("i", then="When somebody takes it.")
        desk.step("escape", then="Came in and solved today")
        desk.step("enter", then=f"Unassigned {nobody} ")
        # The last ticket that came is the last row of them all.
        desk.step("G", then=f"Order {TODAYS}")
        desk.step("g", "g", "x", "x", "x", then="3 selected")
        desk.step("a", then="to someone")
        desk.step("o", then="Mei Tanaka")
        desk.send("mei")
        desk.step("enter", then="Change 3 tickets?")
        assert "none → Mei Tanaka" in desk.text
        assert desk.one(OF_MEI) == hers
        desk.step("enter", then=f"Unassigned {nobody - 3} ")
        assert desk.one(OF_MEI) == hers + 3

        desk.step("escape", then="Came in and solved today")
        desk.wait_for(says("▸Unassigned", nobody - 3))

        (ticket,) = desk.ask(SHARED)[0]
        assert isinstance(ticket, int)
        somebody_solves(years, ticket)
        desk.wait_for(says("▸Unassigned", nobody - 4))
        desk.wait_for(says("Waiting for us", whole(desk, WAITING)))

        desk.press("u")
        desk.wait_for(says("▸Unassigned", nobody - 1))
        assert desk.one(OF_MEI) == hers
        look_back(desk)


def look_back(desk: Desk) -> None:
    """The numbers of the last days: half of all customers waited half an hour, as `fill` let them."""
    desk.step("2", then="First contact")
    desk.wait_for(lambda desk: beneath(desk, "First response").startswith("30 min"))
    desk.wait_for(lambda desk: beneath(desk, "Next response").startswith("10 min"))
