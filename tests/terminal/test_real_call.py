"""A real call: a softphone rings at the agent's, and the console that runs brings the caller up by itself."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from console.telephony import state
from storage.workspace import Workspace
from tests.servers.baresip import Softphones, missing
from tests.terminal.desk import Desk

pytestmark = [pytest.mark.terminal, pytest.mark.skipif(bool(missing()), reason=missing())]

NUMBER = "+14155550134"


@pytest.fixture
def phones(tmp_path: Path) -> Iterator[Softphones]:
    """Ana Ruiz's softphone, and the agent's."""
    with Softphones(tmp_path / "sip", number=NUMBER, name="A. Ruiz") as running:
        yield running


@pytest.fixture
def desk(demo: Workspace, phones: Softphones, tmp_path: Path) -> Iterator[Desk]:
    """A console that has been told of its telephone and of nothing else; it watches it by itself."""
    config = tmp_path / "config.toml"
    config.write_text(f'[phone]\nway = "baresip"\naddress = "127.0.0.1:{phones.port}"\n', encoding="utf-8")
    with ExitStack() as stack:
        desk = stack.enter_context(Desk(demo, environment={"HEARD_CONFIG": str(config)}))
        desk.wait_until_live()
        desk.wait_for(lambda _: (known := state.read(demo, "ana")) is not None and known.ok)
        yield desk


def test_a_real_call_from_its_ring_to_its_wrap_up(desk: Desk, phones: Softphones) -> None:
    phones.calls()
    desk.wait_for(lambda desk: "rings 0:" in desk.lines[1] and "Ana Ruiz" in desk.lines[1])
    desk.wait_for("Pro since")
    desk.press("f3")
    desk.wait_for(lambda desk: "talking 0:" in desk.lines[1])
    desk.send("nCard ends in 09")
    desk.comes_true("SELECT notes = 'Card ends in 09' FROM call ORDER BY id DESC")
    desk.step("escape", then="T end")
    phones.hangs_up()
    desk.wait_for("What became of it?")
    # For a moment a digit is still a step of the checklist: it may have been on its way.
    desk.wait_for("1 solved")
    desk.comes_true("SELECT state = 'wrapping' AND way = 'baresip' FROM call ORDER BY id DESC")
    desk.step("1", then="Wrote the call down on")
    desk.comes_true(
        "SELECT count(*) = 1 FROM message WHERE kind = 'call' AND body LIKE 'Card ends in 09%Outcome: Solved'"
    )


def test_hung_up_before_anybody_answered(desk: Desk, phones: Softphones) -> None:
    desk.step("1", then="Queue · Mine")
    desk.press("enter")
    desk.wait_for(lambda desk: "#" in desk.lines[0])
    desk.send("rDear")
    desk.wait_for("Dear")
    phones.calls()
    desk.wait_for(lambda desk: "Ana Ruiz" in desk.lines[1] and "F3" in desk.lines[1])
    desk.send(" sir")
    phones.hangs_up()
    desk.wait_for(lambda desk: "F3" not in desk.lines[1])
    desk.wait_for("Dear sir")
    assert desk.one("SELECT state FROM call ORDER BY id DESC") == "missed"
