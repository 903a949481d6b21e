"""The helpdesk of these tests."""

import pytest

from storage.connect import Connection
from storage.workspace import Workspace
from tests.storage.helpdesk.far import Far, make_far


@pytest.fixture
def far(connection: Connection, workspace: Workspace) -> Far:
    """A workspace with the helpdesk "acme" connected, and nothing in it yet."""
    return make_far(connection, workspace)
