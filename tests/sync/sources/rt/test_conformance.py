"""Request Tracker's source, against the real one, is held to what every source promises."""

import pytest

from sync.conformance.stage import Stage
from sync.conformance.suite import Conformance
from tests.servers.gate import Gate
from tests.servers.rt import RtServer
from tests.sync.sources.rt.stage import RtStage


class TestConformance(Conformance):
    """The whole suite."""

    @pytest.fixture
    def stage(self, rt: RtServer, gate: Gate) -> Stage:
        """The real one, with nothing in sight."""
        return RtStage(rt, gate)
