"""The example of docs/sources.md, installed as a package of its own, is found by name and passes the suite."""

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.examples.slate import heard_slate
from sync import kinds
from sync.conformance import Conformance, Stage
from tests.servers.slate import SlateService
from tests.sync.conformance.packages import install
from tests.sync.conformance.slate_stage import SlateStage

EXAMPLE = Path(heard_slate.__file__).parent


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
