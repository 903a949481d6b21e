"""A Zammad is a source like every other: the conformance suite, over the fake."""

from collections.abc import Iterator

import pytest

from sync.conformance.suite import Conformance
from tests.sync.sources.zammad.stage import ZammadStage, stage


class TestZammad(Conformance):
    @pytest.fixture
    def stage(self) -> Iterator[ZammadStage]:
        """An empty Zammad."""
        with stage() as there:
            yield there
