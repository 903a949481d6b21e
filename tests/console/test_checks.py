"""`heard doctor`: each finding in its words, with what mends it; never an exception, never a change."""

import json
import os
import shutil
import sys
import time
from pathlib import Path

import pytest

from console import checks
from console.__main__ import main
from console.checks import Check, every_check
from storage import rules
from storage.connect import Connection
from storage.workspace import Workspace
from tests.terminal.term import Term

NAMES = [
    "python", "compiled", "sqlite", "terminal", "locale", "clipboard", "tmux", "configuration", "clock",
    "rights", "disk", "database", "erased", "alerts", "keyring", "phone",
]  # fmt: skip


def test_every_check_in_its_order_without_a_workspace(tmp_path: Path) -> None:
    found = list(every_check(Workspace(tmp_path / "none")))
    assert [check.check for check in found] == NAMES
    assert not (tmp_path / "none").exists()
    assert {check.check for check in found if not check.ok} <= {"compiled", "disk"}


def test_a_sound_workspace(workspace: Workspace) -> None:
    workspace.folder.chmod(0o700)
    assert checks.database(workspace).detail.startswith("sound, schema ")
    assert checks.rights(workspace).ok


def test_rights_that_are_too_wide_are_named(workspace: Workspace) -> None:
    workspace.folder.chmod(0o755)
    workspace.database.chmod(0o644)
    found = checks.rights(workspace)
    assert not found.ok
    assert f"chmod 700 '{workspace.folder}'" in found.mend
    assert f"chmod 600 '{workspace.database}'" in found.mend


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "heard.db").write_bytes(b"nonsense" * 1000)
    found = checks.database(Workspace(tmp_path))
    assert (found.ok, "restore" in found.mend) == (False, True)


def test_a_damaged_page(workspace: Workspace, connection: Connection) -> None:
    connection.execute("CREATE TABLE filler(text)")
    connection.executemany("INSERT INTO filler VALUES(?)", [("x" * 900,)] * 400)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with workspace.database.open("r+b") as file:
        file.seek(workspace.database.stat().st_size - 40 * 4096)
        file.write(b"\xff" * 4096 * 20)
    found = checks.database(workspace)
    assert not found.ok
    assert "restore" in found.mend


def test_a_newer_schema(workspace: Workspace, connection: Connection) -> None:
    connection.execute("PRAGMA user_version = 999")
    assert checks.database(workspace) == Check(
        "database", False, "of a newer Heard (schema 999)", "Install the newer Heard."
    )


def test_a_wrong_configuration_is_told_and_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "config.toml"
    monkeypatch.setenv("HEARD_CONFIG", str(file))
    file.write_text("them = 1", encoding="utf-8")
    found = checks.configuration()
    assert (found.ok, found.mend) == (False, "Did you mean theme?")
    assert checks.clock().ok
    file.write_text('regions = ["XQ"]', encoding="utf-8")
    assert checks.configuration().detail == "no such country: XQ"


def test_a_clock_before_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_000_000.0)
    assert not checks.clock().ok


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: real._replace(free=1))
    assert not checks.disk(Workspace(tmp_path / "not" / "there")).ok


def test_tmux_is_asked_for_what_agents_feel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "tmux"
    script.write_text(
        '#!/bin/sh\ncase "$3" in escape-time) echo 500;; set-clipboard) echo off;; esac\n', encoding="utf-8"
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("TMUX", "x")
    found = checks.tmux()
    assert found.detail == "escape-time 500, set-clipboard off"
    assert found.mend == "Put into ~/.tmux.conf: set -sg escape-time 10; set -g set-clipboard on"
    script.unlink()
    assert checks.tmux().ok


def test_a_locale_without_utf_8(monkeypatch: pytest.MonkeyPatch) -> None:
    import locale

    monkeypatch.setattr(locale, "getencoding", lambda: "ISO-8859-1")
    assert not checks.encoding().ok


def test_the_command_prints_json_and_its_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "heard.db").write_bytes(b"nonsense" * 1000)
    assert main(["doctor", "--json", "--workspace", str(tmp_path)]) == 1
    found = json.loads(capsys.readouterr().out)
    assert [each["check"] for each in found] == NAMES
    assert all(set(each) == {"check", "ok", "detail", "mend"} for each in found)


@pytest.mark.terminal
@pytest.mark.parametrize(
    ("size", "environment", "said"),
    [
        ((80, 24), {}, "xterm-256color, 80x24, 16 million colours"),
        ((60, 20), {"NO_COLOR": "1"}, "60x20, no colours (NO_COLOR) (80x24 shows more)"),
        ((30, 8), {"COLORTERM": ""}, "BAD terminal"),
        ((80, 24), {"TERM": "dumb"}, "TERM=dumb: it can't be drawn on"),
    ],
)
def test_the_terminal_is_described(
    size: tuple[int, int], environment: dict[str, str], said: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "console", "doctor", "--workspace", str(tmp_path)]
    across, down = size
    with Term(command, columns=across, rows=down, environment=environment, folder=Path(__file__).parents[2]) as term:
        term.wait_for_exit()
        assert said in bytes(term.raw).decode().replace("\r\n", "\n")
        assert os.sep in bytes(term.raw).decode()


def test_what_is_left_of_an_erased_customer_is_named(workspace: Workspace, connection: Connection) -> None:
    assert checks.erased(workspace).ok
    connection.execute("INSERT INTO setting(key, value) VALUES('erasing', '[]')")
    found = checks.erased(workspace)
    assert not found.ok
    assert "heard erase --finish" in found.mend


def test_alerts_without_a_desktop_are_told_of_and_are_no_fault(workspace: Workspace, connection: Connection) -> None:
    assert checks.alerts(workspace).detail.startswith("none are set")
    rules.write(connection, "alerts", '[[alert]]\nmetric = "late"\nabove = "5"\n')
    found = checks.alerts(workspace)
    assert found.ok
    assert "1 set; no notes of the desktop, there is no desktop session here" in found.detail
