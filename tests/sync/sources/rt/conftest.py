"""Something that lets things go wrong in front of the run's Request Tracker."""

from collections.abc import Iterator

import pytest

from tests.servers.rt import RtServer
from tests.servers.rt_front import Front


@pytest.fixture
def front(rt: RtServer) -> Iterator[Front]:
    """The way to the run's Request Tracker."""
    with Front(rt.port) as front:
        yield front
