"""A gate before the run's Request Tracker."""

from collections.abc import Iterator

import pytest

from tests.servers.gate import Gate
from tests.servers.rt import RtServer
from tests.servers.service import Response


@pytest.fixture
def gate(rt: RtServer) -> Iterator[Gate]:
    """The way to the run's Request Tracker."""
    with Gate(rt.port, Response.of({"message": "Unauthorized"}, 401)) as gate:
        yield gate
