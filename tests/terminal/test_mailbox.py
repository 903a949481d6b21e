"""The console on a real mailbox, with nothing started beside it: a new mail shows, a reply leaves, also after a cut."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.workspace import Workspace
from sync.lock import is_synced
from tests.servers.mail import Account, MailServer, missing
from tests.servers.processes import until
from tests.terminal.desk import Desk

pytestmark = [
    pytest.mark.terminal,
    pytest.mark.skipif(bool(missing()), reason=missing() or "there is a mail server"),
]
MAIL = """\
From: {name} <{address}>\r
To: support@example.test\r
Subject: {subject}\r
Message-ID: <{subject}@example.org>\r
\r
{words}\r
"""


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    """Dovecot and the sink."""
    with MailServer() as server:
        yield server


def mail(subject: str, words: str) -> bytes:
    return MAIL.format(name="Rosa Bianchi", address="rosa@example.org", subject=subject, words=words).encode()


@pytest.fixture
def account(server: MailServer) -> Account:
    """A mailbox with one mail."""
    account = server.account()
    account.put(mail("Grinder", "Where is my grinder?"))
    return account


@pytest.fixture
def connected(account: Account, tmp_path: Path) -> Workspace:
    """A workspace that this mailbox is connected to, and nothing was fetched yet."""
    workspace = Workspace(tmp_path / "workspace")
    account.connect(workspace, "support")
    return workspace


def console(workspace: Workspace, account: Account) -> Desk:
    return Desk(workspace, undo_seconds=1, environment={"HEARD_SUPPORT_TOKEN": account.password})


def test_a_new_mail_shows_and_a_reply_leaves(connected: Workspace, account: Account) -> None:
    before = len(account.server.sent())
    with console(connected, account) as desk:
        # The welcome goes away by itself once there is something to work on.
        desk.wait_for(lambda desk: "● synced" in desk.text and "Views" in desk.text)
        desk.step("7", then="Grinder")
        account.put(mail("Filters", "Do you sell filters?"))
        desk.wait_for("Filters")
        desk.step("enter", then="Where is my grinder?")
        desk.send("r")
        desk.wait_for("Ctrl+S send")
        desk.send("It is on its way.")
        desk.step("ctrl+s", then="Replied to")
        sent = account.server.wait_for_sent(before + 1)
        assert [mail.recipients for mail in sent[before:]] == [("rosa@example.org",)]
        assert b"It is on its way." in sent[-1].raw
        desk.comes_true("SELECT count(*) = 1 FROM outbox WHERE state = 'sent'")
        assert account.password.encode() not in desk.raw
        assert desk.quit() == 0
    until(lambda: not is_synced(connected), "the end of the sync process, since the last console has gone")


def test_offline_all_goes_on_and_what_was_sent_leaves_once(connected: Workspace, account: Account) -> None:
    server = account.server
    with console(connected, account) as desk:
        desk.wait_for(lambda desk: "● synced" in desk.text and "Views" in desk.text)
        desk.step("7", then="Grinder")
        before = len(server.sent())
        server.kill()
        try:
            desk.wait_for("Offline since")
            desk.step("enter", then="Where is my grinder?")
            desk.send("r")
            desk.wait_for("Ctrl+S send")
            desk.send("It left today.")
            desk.step("ctrl+s", then="Replied to")
            desk.wait_for("↑1")
            desk.comes_true("SELECT state = 'waiting' FROM outbox")
        finally:
            server.start()
        desk.press("f5")
        sent = server.wait_for_sent(before + 1)
        assert b"It left today." in sent[-1].raw
        desk.gone("Offline since")
        desk.wait_for("↑0")
        desk.comes_true("SELECT count(*) = 1 FROM outbox WHERE state = 'sent'")
        assert len(server.sent()) == before + 1
