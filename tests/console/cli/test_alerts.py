"""`heard alerts`: how they stand, a trial of every way, and a note where there is no desktop."""

import io
import json
import sys
from pathlib import Path

import pytest

from console.__main__ import main
from desk.times import MINUTE, now
from storage import rules
from storage.connect import Connection
from storage.workspace import Workspace
from tests.factories import make_ticket

ONE = '[[alert]]\ntitle = "Late\\u001b"\nmetric = "late"\nabove = "1"\n'


@pytest.fixture(autouse=True)
def _here(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARD_WORKSPACE", str(workspace.folder))


def test_each_stands_beside_its_edge(connection: Connection, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alerts", "list"]) == 0
    assert "There are no alerts" in capsys.readouterr().out
    rules.write(connection, "alerts", ONE + '[[alert]]\nmetric = "first_level"\nbelow = "80 %"\n')
    assert main(["alerts", "list"]) == 0
    late, level = capsys.readouterr().out.splitlines()
    assert "0, not above 1" in late
    assert level.endswith("no value")
    for _ in range(2):
        make_ticket(connection, due_at=now() - MINUTE)
    assert main(["alerts", "list", "--json"]) == 0
    late_row = json.loads(capsys.readouterr().out)[0]
    assert (late_row["value"], late_row["above"], late_row["beyond"], late_row["told"]) == (2, 1, True, None)


def test_a_trial_goes_every_way_and_says_what_came_of_it(
    connection: Connection, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    program = "import sys; open(sys.argv[1], 'w').write(sys.stdin.read())"
    command = [sys.executable, "-c", program, str(tmp_path / "told")]
    rules.write(connection, "alerts", f"command = {json.dumps(command)}\n" + ONE)
    assert main(["alerts", "try"]) == 0
    told = capfd.readouterr().out
    assert "desktop: there is no desktop session here" in told
    assert "command: ended with status 0" in told
    assert json.loads((tmp_path / "told").read_text())["alerts"][0]["key"] == "trial"
    rules.write(connection, "alerts", 'command = ["/nowhere"]\n' + ONE)
    assert main(["alerts", "try"]) == 0
    assert "command: can't be started: No such file" in capfd.readouterr().out


def test_a_note_without_a_desktop_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO('{"words": "Late: 6"}'))
    assert main(["alerts", "note"]) == 0


def test_a_bus_that_nobody_answers_on_is_no_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'bus'}")
    monkeypatch.setattr("sys.stdin", io.StringIO('{"words": "Late: 6"}'))
    assert main(["alerts", "note"]) == 0
