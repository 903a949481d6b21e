"""Fixtures that lend every test a workspace of its own: migrated once a run, copied for each test."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from storage.connect import Connection
from storage.deeds.by import By
from storage.workspace import Workspace, open_to_write
from tests.factories import NOW, make_agent

if TYPE_CHECKING:
    from sqlalchemy import Engine


@pytest.fixture(scope="session")
def workspace_template(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """An empty workspace, migrated and seeded; never written to by a test."""
    workspace = Workspace(tmp_path_factory.mktemp("template") / "workspace")
    with closing(open_to_write(workspace)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return workspace


@pytest.fixture
def workspace(workspace_template: Workspace, tmp_path: Path) -> Workspace:
    """A seeded workspace that the test may change."""
    folder = tmp_path / "workspace"
    shutil.copytree(workspace_template.folder, folder)
    return Workspace(folder)


@pytest.fixture
def connection(workspace: Workspace) -> Iterator[Connection]:
    """A writing connection to `workspace`."""
    with closing(open_to_write(workspace)) as opened:
        yield opened


@pytest.fixture
def engine(connection: Connection) -> "Engine":
    """SQLModel's engine over `connection`."""
    from storage.engine import engine_over

    return engine_over(connection)


@pytest.fixture
def by(connection: Connection) -> By:
    """Ana, an agent of the workspace, at `NOW`."""
    return By(make_agent(connection, handle="ana", name="Ana Ruiz"), NOW)
