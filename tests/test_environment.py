"""The tests' own surroundings: what conftest promises, and the private name of Textual's that it leans on."""

import inspect
import os
import time
from pathlib import Path

import pytest
import textual._wait
from textual import pilot
from textual.app import App

from console.paths import config_file, copies_folder, database
from storage.workspace import locate
from tests.conftest import PILOT_GRANULARITY


def test_pilot_still_reads_the_granularity_that_is_set() -> None:
    assert textual._wait.SLEEP_GRANULARITY == PILOT_GRANULARITY
    assert "sleep(SLEEP_GRANULARITY)" in inspect.getsource(textual._wait.wait_for_idle)
    assert "wait_for_idle" in inspect.getsource(pilot)


async def test_a_key_costs_pilot_little() -> None:
    app: App[None] = App()
    async with app.run_test() as driver:
        started = time.perf_counter()
        await driver.press(*"abcde")
        # 90 ms a key as Textual comes; the limit is wide for a busy machine.
        assert time.perf_counter() - started < 0.4 * 5


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
