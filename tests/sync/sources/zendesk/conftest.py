"""A fake Zendesk for each test."""

from collections.abc import Iterator

import pytest

from tests.servers.zendesk import Zendesk


@pytest.fixture
def fake() -> Iterator[Zendesk]:
    """An account with an agent, Ana, and nothing else."""
    with Zendesk(most=100_000, leap=3.0) as fake:
        yield fake
