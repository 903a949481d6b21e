"""What is typed right behind the key that sends: it acts on the ticket, in its order, and none of it is lost."""

import pytest

from storage.workspace import Workspace
from tests.terminal.desk import Desk

pytestmark = pytest.mark.terminal
CTRL_S = "\x13"


@pytest.mark.parametrize(("begin", "kind"), [("r", "outbound"), ("n", "note")])
@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
def test_keys_typed_in_one_go_with_sending_act_on_the_ticket(
    demo: Workspace, size: tuple[int, int], begin: str, kind: str
) -> None:
    with Desk(demo, columns=size[0], rows=size[1]) as desk:
        desk.wait_until_live()
        desk.step("1", then="Mine")
        desk.press("enter")
        desk.wait_for(lambda desk: "#" in desk.lines[0])
        number = desk.open_number
        desk.send(begin + "All of it" + CTRL_S + "tquick\r" + "sp")
        desk.comes_true("SELECT status = 1 FROM ticket WHERE number = ?", number)
        assert desk.ask(
            "SELECT body FROM message JOIN ticket ON ticket.id = ticket_id WHERE number = ? AND kind = ? "
            "ORDER BY message.id DESC LIMIT 1",
            number,
            kind,
        ) == [("All of it",)]
        assert desk.ask(
            "SELECT tag.name FROM ticket_tag JOIN tag ON tag.id = tag_id JOIN ticket ON ticket.id = ticket_id "
            "WHERE number = ? AND tag.name = 'quick'",
            number,
        ) == [("quick",)]
