"""A password that is kept for this run alone: given to the console or to `heard sync`, on a real mailbox.

The canary is the mailbox's password: it is looked for in the environment and arguments of every process, in every file,
and in all that the terminal was sent.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.workspace import Workspace
from tests.servers.mail import Account, MailServer, missing
from tests.sync.office import mail
from tests.terminal.desk import HEARD, Desk
from tests.terminal.term import Term

pytestmark = [
    pytest.mark.terminal,
    pytest.mark.skipif(bool(missing()), reason=missing() or "there is a mail server"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are looked at in /proc"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    """Dovecot and the sink."""
    with MailServer() as server:
        yield server


@pytest.fixture
def account(server: MailServer) -> Account:
    """A mailbox with one mail."""
    account = server.account()
    account.put(mail("Grinder"))
    return account


@pytest.fixture
def connected(account: Account, tmp_path: Path) -> Workspace:
    """A workspace that this mailbox is connected to; nothing holds its password."""
    workspace = Workspace(tmp_path / "workspace")
    account.connect(workspace, "support")
    return workspace


def sync_processes(workspace: Workspace) -> list[Path]:
    """The folders in /proc of the processes that sync it, and of the consoles on it."""
    folder = str(workspace.folder).encode()
    return [path.parent for path in Path("/proc").glob("[0-9]*/cmdline") if folder in _read(path)]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def traces(secret: str, workspace: Workspace) -> list[Path]:
    """Where the secret lies: in what processes show of themselves, and in files of the workspace and beside it."""
    shown = [path / name for path in sync_processes(workspace) for name in ("environ", "cmdline")]
    kept = [path for path in workspace.folder.parent.rglob("*") if path.is_file()]
    return [path for path in (*shown, *kept) if secret.encode() in _read(path)]


def test_a_password_given_to_the_console_is_in_nothing_but_memory(connected: Workspace, account: Account) -> None:
    with Desk(connected) as desk:
        desk.wait_for("F6 Ctrl+E gives it for this run.")
        desk.step("\x1b[17~", then="There is no secret for")
        desk.step("ctrl+e", then="Password or token of support")
        desk.wait_for("for this run; one in the environment")
        desk.send("wrong-canary-4")
        desk.wait_for("••••")
        desk.step("enter", then="refused the password")
        desk.step("ctrl+e", then="for this run; one in the environment")
        desk.send(account.password)
        desk.step("enter", then="● synced")
        assert len(sync_processes(connected)) == 2
        assert traces(account.password, connected) + traces("wrong-canary-4", connected) == []
        assert account.password.encode() not in desk.raw
        assert b"wrong-canary-4" not in desk.raw
        desk.comes_true("SELECT count(*) = 1 FROM ticket")
        assert desk.quit() == 0
    assert traces(account.password, connected) == []


def test_sync_in_a_terminal_asks_before_it_begins(connected: Workspace, account: Account) -> None:
    with Term([HEARD, "--workspace", connected.folder, "sync"]) as term:
        term.wait_for("Password or token of support:")
        term.send(account.password + "\r")
        term.wait_for("1 new, 0 sent")
        assert term.wait_for_exit() == 0
        assert account.password.encode() not in term.raw
    assert traces(account.password, connected) == []
