"""A fake Help Scout for each test."""

from collections.abc import Iterator

import pytest

from tests.servers.helpscout import HelpScout


@pytest.fixture
def fake() -> Iterator[HelpScout]:
    """An account with an agent, Ana, and nothing else; five conversations are a page there."""
    with HelpScout(page=5) as fake:
        yield fake
