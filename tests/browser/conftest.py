"""The demo team served, for the tests of fronts, tabs and browsers."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from desk.times import MINUTE, now
from storage.connect import writing
from storage.workspace import Workspace, open_to_write
from tests.browser.served import Served, Tab
from tests.terminal.test_hostile_terminal import poison


@pytest.fixture(scope="session")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace in which nothing is harmless."""
    workspace = Workspace(tmp_path_factory.mktemp("poisoned") / "workspace")
    with closing(open_to_write(workspace)) as connection, writing(connection):
        poison(connection)
        # So that a board lists them by name.
        connection.execute("UPDATE ticket SET due_at = ?", (now() + 30 * MINUTE,))
    return workspace


@pytest.fixture
def served(demo: Workspace) -> Iterator[Served]:
    """Ana serves."""
    with Served(demo) as served:
        yield served


@pytest.fixture
def tab(served: Served) -> Iterator[Tab]:
    """A tab on the queue."""
    with served.tab() as tab:
        tab.wait_until_live()
        yield tab
