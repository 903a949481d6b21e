"""Two agents in two terminals: each sees where the other is, and a console that is killed is gone for the other."""

import signal

import pytest

from storage.workspace import Workspace
from tests.terminal.desk import Desk

pytestmark = pytest.mark.terminal


def test_two_at_one_ticket_see_each_other_until_one_is_killed(demo: Workspace) -> None:
    with Desk(demo) as ana, Desk(demo, agent="mei") as mei:
        for desk in (ana, mei):
            desk.wait_until_live()
        mei.step("3", then="Queue · Due next")
        mei.press("enter")
        mei.step("r", then="Reply ·")
        ana.step("3", then="Queue · Due next")
        ana.wait_for("✎ Mei")
        ana.press("enter")
        ana.wait_for("Mei Tanaka writes a reply")
        mei.signal(signal.SIGKILL)
        mei.wait_for_exit()
        ana.wait_for(lambda desk: not any("Mei Tanaka writes" in line for line in desk.lines))
        ana.step("gp", then="Who is there")
        ana.wait_for(lambda desk: any("Mei Tanaka" in line and "offline" in line for line in desk.lines))
        ana.step("b", then="(away")
        ana.step("b", then="(available)")
        assert ana.quit() == 0
