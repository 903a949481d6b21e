"""One real Redmine for all of its tests: its database takes ten seconds to make."""

from collections.abc import Iterator

import pytest

from tests.servers.gate import Gate
from tests.servers.redmine import RedmineServer, missing
from tests.sync.sources.redmine.stage import RedmineStage


@pytest.fixture(scope="session")
def redmine() -> Iterator[RedmineServer]:
    """The server."""
    if why := missing():
        pytest.skip(why)
    with RedmineServer() as server:
        yield server


@pytest.fixture
def stage(redmine: RedmineServer) -> Iterator[RedmineStage]:
    """It, behind a gate, with nothing in it yet."""
    with Gate(redmine.port) as gate:
        stage = RedmineStage(redmine, gate)
        yield stage
        stage.end()
