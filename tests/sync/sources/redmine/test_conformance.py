"""A real Redmine is held to what every source promises."""

from sync.conformance.suite import Conformance


class TestConformance(Conformance):
    """The whole suite."""
