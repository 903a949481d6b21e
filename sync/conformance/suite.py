"""The whole conformance suite: a class of tests, which those of a source inherit and give a fixture `stage`.

    class TestConformance(Conformance):
        @pytest.fixture
        def stage(self) -> Iterator[Stage]: …

The invariant: it asks nothing that `sync.protocol` and `storage.helpdesk.records` don't promise.
"""

from sync.conformance.tests_in_bad_weather import Weather
from sync.conformance.tests_of_reading import Reading
from sync.conformance.tests_of_writing import Writing


class Conformance(Reading, Writing, Weather):
    """Every test that a source has to pass."""
