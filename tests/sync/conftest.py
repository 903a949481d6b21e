"""An office for each test of the engine."""

from typing import TYPE_CHECKING

import pytest

from storage.connect import Connection
from storage.workspace import Workspace
from tests.sync.office import VARIABLE, Office

if TYPE_CHECKING:
    from tests.servers.mail import Account


@pytest.fixture
def office(workspace: Workspace, connection: Connection, account: "Account", monkeypatch: pytest.MonkeyPatch) -> Office:
    """An empty workspace beside an empty mailbox, not connected yet."""
    monkeypatch.setenv(VARIABLE, account.password)
    return Office(workspace, connection, account)
