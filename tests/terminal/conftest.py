"""The demo team on the disk, made once a run and copied for each test that works on it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.times import now
from storage.workspace import Workspace
from tests.terminal.desk import Desk


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The demo team, never written to by a test. Its present is the real one, as the console's clock is."""
    from console.demo.make import make_demo

    folder = tmp_path_factory.mktemp("demo") / "workspace"
    make_demo(folder, seed=1, tickets=60, people=120, now=now())
    return Workspace(folder)


@pytest.fixture
def demo(demo_template: Workspace, tmp_path: Path) -> Workspace:
    """The demo team, for a test to change."""
    folder = tmp_path / "demo"
    shutil.copytree(demo_template.folder, folder)
    return Workspace(folder)


@pytest.fixture
def desk(demo: Workspace) -> Iterator[Desk]:
    """Ana's console on the demo team, at work."""
    with Desk(demo, columns=120, rows=36) as desk:
        desk.wait_until_live()
        yield desk
