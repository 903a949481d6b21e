"""The tests' own surroundings: what conftest promises."""

import os
from pathlib import Path

import pytest

from console.paths import config_file, copies_folder, database
from storage.workspace import locate


def test_no_test_sees_the_machine_s_own_folders() -> None:
    home = Path(os.environ["HOME"])
    for path in (config_file(), copies_folder(), database(None)):
        assert path.is_relative_to(home)
        assert not path.exists()


def test_a_start_opens_the_workspace_that_commands_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert database(None) == locate(None).database
    assert database(str(tmp_path)) == locate(str(tmp_path)).database
    monkeypatch.setenv("HEARD_WORKSPACE", "~/elsewhere")
    assert database(None) == locate(None).database
    monkeypatch.delenv("HEARD_WORKSPACE")
    monkeypatch.delenv("XDG_DATA_HOME")
    assert database(None) == locate(None).database
    monkeypatch.setenv("XDG_DATA_HOME", " ")
    assert database(None) == locate(None).database
