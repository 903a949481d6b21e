"""An office, two of them, or a branch, for each test of the engine."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from storage.connect import Connection
from storage.workspace import Workspace, open_to_write
from sync import kinds
from tests.factories import make_agent
from tests.sync.branch import Branch
from tests.sync.office import VARIABLE, Office, mail
from tests.sync.pair import Pair, ago

if TYPE_CHECKING:
    from tests.servers.mail import Account


@pytest.fixture
def office(workspace: Workspace, connection: Connection, account: "Account", monkeypatch: pytest.MonkeyPatch) -> Office:
    """An empty workspace beside an empty mailbox, not connected yet."""
    monkeypatch.setenv(VARIABLE, account.password)
    return Office(workspace, connection, account)


@pytest.fixture
def pump(office: Office) -> int:
    """A ticket that a customer has opened by mail."""
    office.account.put(mail("Pump"))
    office.connect()
    office.sync()
    return office.tickets()["Pump"]


@pytest.fixture
def branch(workspace: Workspace, connection: Connection, monkeypatch: pytest.MonkeyPatch) -> Branch:
    """An empty workspace beside an empty helpdesk, which is connected and was never asked."""
    monkeypatch.setitem(kinds.OURS, "bureau", "tests.sync.bureau")
    return Branch(workspace, connection)


@pytest.fixture
def pair(office: Office, workspace_template: Workspace, tmp_path: Path) -> Iterator[Pair]:
    """Two workspaces on one mailbox that holds one mail, which both have read."""
    folder = tmp_path / "ben"
    shutil.copytree(workspace_template.folder, folder)
    office.account.put(mail("Pump", at=ago(3)))
    with closing(open_to_write(Workspace(folder))) as connection:
        both = Pair(office, Office(Workspace(folder), connection, office.account))
        for each, handle, name in ((both.ana, "ana", "Ana Ruiz"), (both.ben, "ben", "Ben Öz")):
            each.agent = make_agent(each.connection, handle=handle, name=name)
            each.connect()
            each.sync()
        yield both


@pytest.fixture
def lamp(branch: Branch) -> Branch:
    """A branch that knows of one ticket."""
    branch.bureau.opens("Lamp", "It flickers.")
    branch.sync()
    return branch
