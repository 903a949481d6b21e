"""Freshdesk's source, against the fake, is held to what every source promises."""

import pytest

from sync.conformance.stage import Stage
from sync.conformance.suite import Conformance
from tests.servers.freshdesk import Freshdesk
from tests.sync.sources.freshdesk.stage import FreshdeskStage


class TestConformance(Conformance):
    """The whole suite."""

    @pytest.fixture
    def stage(self, fake: Freshdesk) -> Stage:
        """The fake, with people in it."""
        return FreshdeskStage(fake)
