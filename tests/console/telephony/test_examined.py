"""What `heard doctor` and `heard phone` say of the telephone; and that one process watches it for all consoles."""

import json
from pathlib import Path

import pytest

from console.__main__ import main
from console.checks import Check
from console.phone_process import PhoneProcess
from console.telephony import state
from console.telephony.examined import telephone
from console.telephony.state import WatchState, lock_name
from storage.workspace import Workspace
from sync import lock
from tests.console.telephony.ear import Ear
from tests.factories import NOW


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ana has a baresip."""
    config = tmp_path / "config.toml"
    config.write_text('handle = "ana"\ntime_zone = "UTC"\n[phone]\nway = "baresip"\n', encoding="utf-8")
    monkeypatch.setenv("HEARD_CONFIG", str(config))
    return config


def test_without_a_telephone_all_is_well(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARD_AGENT", "ana")
    assert telephone(workspace) == Check("phone", True, "none is configured; no console is open")
    with Ear(workspace, "ana") as ear:
        assert telephone(workspace).detail == "none is configured; heard pop reaches 1 console"
    assert ear.heard == []


@pytest.mark.usefixtures("configured")
def test_a_watch_that_should_run_and_does_not(workspace: Workspace) -> None:
    assert telephone(workspace).ok
    with Ear(workspace, "ana"):
        check = telephone(workspace)
    assert (check.ok, check.mend) == (False, "`heard phone --watch` says why.")
    assert check.detail == "baresip on port 4444; nothing watches it now, heard pop reaches 1 console"


@pytest.mark.usefixtures("configured")
def test_a_watch_says_how_it_is_doing(workspace: Workspace) -> None:
    with lock.only_one(workspace, lock_name("ana")):
        assert telephone(workspace).detail == "baresip: the watch has just begun; no console is open"
        state.write(workspace, "ana", WatchState(True, "baresip is listened to", "", NOW, NOW))
        assert telephone(workspace).detail == "baresip is listened to, last call Mon 02 Mar 09:00; no console is open"
        state.write(workspace, "ana", WatchState(False, "The line broke", "Wait.", NOW))
        assert telephone(workspace) == Check("phone", False, "The line broke; no console is open", "Wait.")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"ok": true}', '{"ok": 1, "x": 2}', "[" * 5000])
def test_a_state_that_can_t_be_read_is_none(workspace: Workspace, text: str) -> None:
    state.write(workspace, "ana", WatchState(True, "", "", NOW))
    (path,) = (workspace.folder / "consoles").glob("*.json")
    path.write_text(text, encoding="utf-8")
    assert state.read(workspace, "ana") is None


@pytest.mark.usefixtures("configured")
def test_the_command_s_status_says_whether_it_hears(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HEARD_WORKSPACE", str(workspace.folder))
    with lock.only_one(workspace, lock_name("ana")):
        state.write(workspace, "ana", WatchState(False, "The line broke", "Wait.", NOW))
        assert main(["phone"]) == 1
        assert main(["phone", "--json"]) == 1
    said, document = capsys.readouterr().out.splitlines()
    assert said == "The line broke; no console is open. Wait."
    assert json.loads(document) == {"ok": False, "detail": "The line broke; no console is open", "mend": "Wait."}


def test_without_a_table_there_is_nothing_to_watch(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HEARD_WORKSPACE", str(workspace.folder))
    assert main(["phone", "--watch"]) == 1
    assert "No telephone is configured" in capsys.readouterr().err


def test_a_console_starts_a_watch_of_its_agent_where_none_runs(workspace: Workspace) -> None:
    process = PhoneProcess(workspace, "ana", start=lambda _: pytest.fail("another one watches"))
    assert process.command[-4:] == ("--workspace", str(workspace.folder), "phone", "--for-consoles")
    with lock.only_one(workspace, lock_name("ana")):
        process.attend()
        assert not PhoneProcess(workspace, "bo").taken()
    process.leave()
