"""A real Redmine is held to what every source promises."""

import pytest

from sync.conformance.suite import Conformance

# One database for all of them.
pytestmark = pytest.mark.xdist_group("redmine")


class TestConformance(Conformance):
    """The whole suite."""
