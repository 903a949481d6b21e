"""An office, or a branch, for each test of the engine."""

from typing import TYPE_CHECKING

import pytest

from storage.connect import Connection
from storage.workspace import Workspace
from sync import kinds
from tests.sync.branch import Branch
from tests.sync.office import VARIABLE, Office

if TYPE_CHECKING:
    from tests.servers.mail import Account


@pytest.fixture
def office(workspace: Workspace, connection: Connection, account: "Account", monkeypatch: pytest.MonkeyPatch) -> Office:
    """An empty workspace beside an empty mailbox, not connected yet."""
    monkeypatch.setenv(VARIABLE, account.password)
    return Office(workspace, connection, account)


@pytest.fixture
def branch(workspace: Workspace, connection: Connection, monkeypatch: pytest.MonkeyPatch) -> Branch:
    """An empty workspace beside an empty helpdesk, which is connected and was never asked."""
    monkeypatch.setitem(kinds.OURS, "bureau", "tests.sync.bureau")
    return Branch(workspace, connection)
