"""Help Scout's source, against the fake, is held to what every source promises."""

import pytest

from sync.conformance.stage import Stage
from sync.conformance.suite import Conformance
from tests.servers.helpscout import HelpScout
from tests.sync.sources.helpscout.stage import HelpScoutStage


class TestConformance(Conformance):
    """The whole suite."""

    @pytest.fixture
    def stage(self, fake: HelpScout) -> Stage:
        """The fake, with people in it."""
        return HelpScoutStage(fake)
