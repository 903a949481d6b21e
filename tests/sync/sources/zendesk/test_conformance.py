"""Zendesk's source, against the fake, is held to what every source promises."""

import pytest

from sync.conformance.stage import Stage
from sync.conformance.suite import Conformance
from tests.servers.zendesk import Zendesk
from tests.sync.sources.zendesk.stage import ZendeskStage


class TestConformance(Conformance):
    """The whole suite, for an agent."""

    @pytest.fixture
    def stage(self, fake: Zendesk) -> Stage:
        """The fake, with people in it."""
        return ZendeskStage(fake)
