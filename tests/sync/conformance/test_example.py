"""The example of docs/sources.md, installed as a package of its own, is found by name and passes the suite."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from docs.examples.slate import heard_slate
from storage.workspace import Workspace, open_to_read
from sync import kinds
from sync.conformance import Conformance, Stage
from sync.conformance.kept import Kept
from sync.protocol import Refused
from tests.servers.slate import TOKEN, SlateService
from tests.sync.conformance.packages import install
from tests.sync.conformance.slate_stage import SlateStage

EXAMPLE = Path(heard_slate.__file__).parent
ROOT = EXAMPLE.parents[2]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[kinds.Kind]:
    """The example's kind, as Heard finds it where the package is installed."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text("utf-8"))["project"]
    code = {"heard_slate": (EXAMPLE / "heard_slate.py").read_text("utf-8")}
    install(tmp_path, project["name"], project["entry-points"][kinds.GROUP], code)
    monkeypatch.syspath_prepend(tmp_path)
    yield kinds.kind_named("slate")
    sys.modules.pop("heard_slate", None)


def test_an_installed_source_stands_behind_ours(installed: kinds.Kind) -> None:
    assert kinds.names()[-1] == "slate"
    assert installed.title == "Slate"
    assert Path(sys.modules["heard_slate"].__file__ or "").parent != EXAMPLE


def heard(folder: Path, workspace: Path, *words: str) -> str:
    """A command of Heard's, in an environment in which the package is installed."""
    environment = {
        **os.environ,
        "HEARD_SLATE_TOKEN": TOKEN,
        "HEARD_WORKSPACE": str(workspace),
        "PYTHONPATH": str(folder),
    }
    done = subprocess.run(
        [sys.executable, "-m", "console", *words], env=environment, cwd=ROOT, text=True, stdin=subprocess.DEVNULL,
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_is_connected_and_synced(installed: kinds.Kind, tmp_path: Path, service: SlateService) -> None:
    for number in range(3):
        service.begin(f"Pump {number}", "It drips.")
    before = service.changes.copy()
    workspace = tmp_path / "workspace"
    connected = heard(tmp_path, workspace, "connect", "slate", "--url", service.url, "--no-input")
    assert "2 agents work there" in connected
    heard(tmp_path, workspace, "sync")
    with closing(open_to_read(Workspace(workspace))) as connection:
        subjects = [row[0] for row in connection.execute("SELECT subject FROM ticket ORDER BY subject")]
    assert subjects == ["Pump 0", "Pump 1", "Pump 2"]
    assert service.changes == before


def test_what_is_odd_or_refused_holds_up_nothing(installed: kinds.Kind, service: SlateService) -> None:
    tickets = [service.begin(f"Pump {number}", "It drips.") for number in range(2)]
    with closing(SlateStage(service, installed).source()) as source:
        kept = Kept()
        kept.read(source)
        service.faults.refuse(413, method="POST")
        refused = source.push(kept.reply(tickets[0], "Turn it."), lambda: None)
        assert isinstance(refused, Refused)
        for ticket in tickets:
            service.say(ticket, "customer", "Still.")
        service.faults.refuse(200, path=f"/tickets/{tickets[0]}", body=b'{"id": 1}')
        kept.read(source)
    assert [each.what for each in kept.passed] == [f"ticket {tickets[0]}"]
    assert "Still." in kept.bodies(tickets[1])


@pytest.fixture
def service() -> Iterator[SlateService]:
    with SlateService() as running:
        yield running


class TestConformance(Conformance):
    @pytest.fixture
    def stage(self, installed: kinds.Kind, service: SlateService) -> Iterator[Stage]:
        stage = SlateStage(service, installed)
        yield stage
        stage.calm()
