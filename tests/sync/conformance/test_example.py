"""The example of docs/sources.md, installed as a package of its own, is found by name and passes the suite."""

import shutil
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from sync import kinds
from sync.conformance import Conformance, Stage
from tests.servers.slate import SlateService
from tests.sync.conformance.slate_stage import SlateStage

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "slate"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The example as pip would have put it into a folder: the module, and the entry points that its project names."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text("utf-8"))["project"]
    points = [f"{name} = {place}" for name, place in project["entry-points"][kinds.GROUP].items()]
    shutil.copy(EXAMPLE / "heard_slate.py", tmp_path)
    notes = tmp_path / f"heard_slate-{project['version']}.dist-info"
    notes.mkdir()
    (notes / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    (notes / "entry_points.txt").write_text("\n".join([f"[{kinds.GROUP}]", *points]))
    monkeypatch.syspath_prepend(tmp_path)
    yield
    sys.modules.pop("heard_slate", None)


class TestConformance(Conformance):
    @pytest.fixture
    def stage(self, installed: None) -> Iterator[Stage]:
        kind = kinds.kind_named("slate")
        with SlateService() as service:
            yield SlateStage(service, kind, import_module("heard_slate").Slate)
