"""A fake Freshdesk for each test."""

from collections.abc import Iterator

import pytest

from tests.servers.freshdesk import Freshdesk


@pytest.fixture
def fake() -> Iterator[Freshdesk]:
    """An account with an agent, Ana, and nothing else."""
    with Freshdesk() as fake:
        yield fake
