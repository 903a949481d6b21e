"""`heard stats`: the board's numbers as text, JSON and for Prometheus; once, and again when somebody changes one."""

import json
import math
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC
from pathlib import Path
from types import SimpleNamespace

import pytest

from console.__main__ import main
from console.cli import stats
from desk.metrics.registry import METRICS
from desk.times import now
from storage.connect import Connection
from storage.workspace import Workspace, open_to_write
from tests.factories import make_agent, make_ticket


@pytest.fixture
def folder(workspace: Workspace, connection: Connection) -> str:
    ana = make_agent(connection, handle="ana", name="Ana")
    make_ticket(connection, created_at=now(), assignee_id=ana)
    make_ticket(connection, created_at=now())
    return str(workspace.folder)


def test_json_has_every_number_with_its_cases_unit_and_formula(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--workspace", folder, "stats", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == list(METRICS)
    assert all({"value", "n", "unit", "formula"} <= each.keys() for each in found.values())
    assert (found["backlog"]["value"], found["unassigned"]["value"], found["load"]["value"]) == (2, 1, 1)


def test_text_has_those_that_were_asked_for(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--workspace", folder, "stats", "unassigned", "load"]) == 0
    when, *lines = capsys.readouterr().out.splitlines()
    assert when.startswith("20")
    assert [line.split("  ")[0] for line in lines if not line.startswith(" ")] == ["Unassigned", "Tickets on agents"]
    assert lines[-1].split() == ["Ana", "1"]


def test_all_is_counted_anew_for_who_asks(
    folder: str, connection: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    """What stands in the way of a right number is gone, though no ticket was touched."""

    def arrived(*more: str) -> object:
        assert main(["--workspace", folder, "stats", "arrived", "--json", *more]) == 0
        return json.loads(capsys.readouterr().out)["arrived"]["value"]

    assert arrived() == 2
    connection.execute("DELETE FROM ticket_fact")
    connection.execute("UPDATE fact_day SET changes = changes + 1")
    assert arrived() == 0
    assert arrived("--recount") == 2
    assert connection.execute("SELECT count(*) FROM stale_ticket").fetchone() == (0,)


def test_prometheus_reads_it(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--workspace", folder, "stats", "--prometheus", "backlog"]) == 0
    assert "\nheard_backlog 2\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [(["backlogs"], "backlog"), (["--prometheus", "--watch"], "Leave out --watch")],
)
def test_what_can_not_be_is_said(folder: str, words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--workspace", folder, "stats", *words]) == 1
    assert said in capsys.readouterr().err


def test_a_folder_without_a_workspace_stays_without_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--workspace", str(tmp_path / "none"), "stats"]) == 1
    assert "There is no workspace" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_watching_prints_it_again_when_somebody_changes_it(folder: str, connection: Connection) -> None:
    command = [sys.executable, "-m", "console", "--workspace", folder, "stats", "backlog", "--json", "--watch"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert json.loads(process.stdout.readline())["backlog"]["value"] == 2
            make_ticket(connection, created_at=now())
            assert json.loads(process.stdout.readline())["backlog"]["value"] == 3
        finally:
            process.kill()


@pytest.mark.parametrize("anew", [math.inf, 0.0], ids=["read when somebody commits", "read at each look"])
def test_it_is_printed_when_it_differs_and_only_then(
    workspace: Workspace, connection: Connection, folder: str, anew: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []

    def look(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 3:
            make_ticket(connection, created_at=now())
        assert len(looks) < 6

    monkeypatch.setattr(stats, "time", SimpleNamespace(monotonic=time.monotonic, sleep=look))
    monkeypatch.setattr(stats, "ANEW_SECONDS", anew)
    with closing(open_to_write(workspace)) as watching:
        seen = stats._snapshots(watching, UTC, ["backlog"], watching=True)
        assert [next(seen).figures["backlog"].value for _ in range(2)] == [2, 3]
    assert looks == [stats.LOOK_SECONDS] * 3


def test_a_name_does_nothing_to_the_terminal(
    folder: str, connection: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    connection.execute("UPDATE agent SET name = ?", ("Ana\x1b[2J\nRuiz",))
    assert main(["--workspace", folder, "stats", "load"]) == 0
    *_, last = capsys.readouterr().out.splitlines()
    assert last.split() == ["Ana", "Ruiz", "1"]
