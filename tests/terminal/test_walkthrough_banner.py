"""A supervisor tells every console something while an agent writes: two real terminals, two processes."""

import pytest

from storage.workspace import Workspace
from tests.terminal.desk import Desk

pytestmark = pytest.mark.terminal

WORDS = "Calls go to Ben until noon"
BODY = "SELECT body FROM draft JOIN agent ON agent.id = draft.agent_id WHERE handle = 'ben'"


def test_all_see_it_nobody_is_interrupted_and_it_is_seen_who_has_read_it(demo: Workspace) -> None:
    with Desk(demo, columns=80, rows=24) as ana, Desk(demo, columns=80, rows=24, agent="ben") as ben:
        for desk in (ana, ben):
            desk.wait_until_live()
        ben.step("3", then="Queue · Due next")
        ben.press("enter")
        ben.step("n", then="Internal note")
        ben.send("He wants ")

        ana.step("g", "s", then="Came in and solved today")
        ana.step("@", then="Tell everybody")
        ana.send("30m " + WORDS)
        ana.wait_for("every console shows for 30 m: " + WORDS)
        ana.step("enter", then="Told everybody")
        ana.wait_for(lambda desk: "Ana Okafor: " + WORDS in desk.lines[1] and "N noted" in desk.lines[1])
        assert "Overdue" in ana.lines[2]

        # It came while he wrote: the words that follow are still part of the note, and all of it is in sight.
        ben.wait_for(lambda desk: "Ana Okafor: " + WORDS in desk.lines[1] and "F10 noted" in desk.lines[1])
        ben.send("a new kettle")
        ben.wait_for("He wants a new kettle")
        ben.comes_true(f"SELECT ({BODY}) LIKE '%He wants a new kettle%'")
        ana.step("g", "b", then="1 stands")
        ana.wait_for("seen by 0 of 4")
        ben.press("f10")
        ben.gone(WORDS)
        assert "He wants a new kettle" in ben.text
        ana.wait_for("seen by 1 of 4")
        ana.wait_for(lambda desk: any("Put away by" in line and "Ben Harlow" in line for line in desk.lines))

        # Ben may tell nobody anything.
        ben.step("escape", then="r reply")
        ben.step("@", then="Only a supervisor may tell every console something")

        # Undone as any deed, on every console; who hasn't read it sees nothing of it any more.
        ana.step("u", then="Undone: Told everybody")
        ana.wait_for(lambda desk: WORDS not in desk.lines[1])
        assert ana.one("SELECT count(*) FROM banner") == 0
        assert ana.quit() == 0
        assert ben.quit() == 0
