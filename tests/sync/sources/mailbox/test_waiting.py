"""Waiting for news: at once where the server tells of it, never for ever, never in a hurry without a reason."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from sync.errors import Unreachable
from sync.protocol import Capability
from sync.secret import Secret
from sync.sources.mailbox import idle
from sync.sources.mailbox.source import Account as Settings
from sync.sources.mailbox.source import Mailbox
from tests.servers.line import Line
from tests.servers.mail import Account
from tests.servers.processes import until
from tests.servers.scripted_imap import ScriptedImap
from tests.sync.sources.mailbox.reader import INBOX, Kept, NoWayOut, agrees, inbox, mail, opened, plain

LONG = 60.0


@contextmanager
def meanwhile(deed: Callable[[], object]) -> Iterator[None]:
    """Do something in another thread a little later, whatever happens here."""
    timer = threading.Timer(0.3, deed)
    timer.start()
    try:
        yield
    finally:
        timer.join()


@contextmanager
def scripted(server: ScriptedImap) -> Iterator[Mailbox]:
    mailbox = Mailbox(Settings("Odd", plain(server.port), "ana"), lambda: Secret("x"), NoWayOut())
    try:
        inbox(mailbox).read(mailbox)
        yield mailbox
    finally:
        mailbox.close()


def read(mailbox: Mailbox) -> Kept:
    kept = inbox(mailbox)
    kept.read(mailbox)
    return kept


def test_a_new_mail_ends_the_wait(account: Account) -> None:
    with opened(account) as mailbox:
        kept = read(mailbox)
        assert Capability.LIVE in mailbox.capabilities
        with meanwhile(lambda: account.put(mail(1))):
            assert mailbox.wait(LONG)
        kept.read(mailbox)
        assert agrees(kept, account)


@pytest.mark.parametrize("command", [("STORE", "1", "+FLAGS", r"(\Seen)"), ("STORE", "1", "+FLAGS", "($Heard-ana)")])
def test_a_mark_made_elsewhere_ends_the_wait(account: Account, command: tuple[str, ...]) -> None:
    account.put(mail(1))
    with opened(account) as mailbox:
        kept = read(mailbox)
        with meanwhile(lambda: account.do(INBOX, *command)):
            assert mailbox.wait(LONG)
        kept.read(mailbox)
        assert agrees(kept, account)


def test_what_came_between_reading_and_waiting_is_news(account: Account) -> None:
    with opened(account) as mailbox:
        kept = read(mailbox)
        account.put(mail(1))
        assert mailbox.wait(LONG)
        kept.read(mailbox)
        account.delete("1")
        assert mailbox.wait(LONG)
        kept.read(mailbox)
        assert agrees(kept, account)


def test_without_news_it_ends_in_time_and_the_server_is_still_there(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idle, "GUARD", 0.05)  # several times begun anew
    with opened(account) as mailbox:
        kept = read(mailbox)
        assert not mailbox.wait(0.4)
        account.put(mail(1))
        kept.read(mailbox)
        assert agrees(kept, account)


def test_waking_ends_this_wait_or_the_next_and_no_other(account: Account) -> None:
    with opened(account) as mailbox:
        read(mailbox)
        with meanwhile(mailbox.wake):
            assert not mailbox.wait(LONG)
        mailbox.wake()
        mailbox.wake()
        assert not mailbox.wait(LONG)
        began = time.monotonic()
        assert not mailbox.wait(0.2)
        assert time.monotonic() - began >= 0.2


def test_a_server_without_idle_is_asked_again_later(account: Account) -> None:
    account.server.advertise("IMAP4rev1 UIDPLUS")
    with opened(account) as mailbox:
        kept = read(mailbox)
        assert Capability.LIVE not in mailbox.capabilities
        assert not mailbox.wait(0.05)
        with meanwhile(mailbox.wake):
            assert not mailbox.wait(LONG)
        account.put(mail(1))
        kept.read(mailbox)
        assert agrees(kept, account)


def test_a_server_that_is_killed_ends_the_wait(account: Account) -> None:
    with opened(account) as mailbox:
        kept = read(mailbox)
        with meanwhile(account.server.kill), pytest.raises(Unreachable):
            mailbox.wait(LONG)
        account.server.start()
        account.put(mail(1))
        kept.read(mailbox)
        assert agrees(kept, account)


def test_a_server_that_dies_without_a_word_is_noticed(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle, "GUARD", 0.5)
    monkeypatch.setattr(idle, "ANSWER", 0.5)
    with Line(account.server.imap_port) as line, opened(account, line.port) as mailbox:
        kept = read(mailbox)
        with meanwhile(line.stop), pytest.raises(Unreachable, match="did not answer in time"):
            mailbox.wait(LONG)
        line.go_on()
        account.put(mail(1))
        kept.read(mailbox)
        assert agrees(kept, account)


def test_a_goodbye_ends_the_wait() -> None:
    goodbye = {"IDLE": b"+ idling\r\n* BYE shutting down\r\n"}
    with (
        ScriptedImap(goodbye) as server,
        scripted(server) as mailbox,
        pytest.raises(Unreachable, match="shutting down"),
    ):
        mailbox.wait(LONG)


def test_a_chatty_server_is_no_news() -> None:
    chat = b"+ idling\r\n" + b"* OK still here\r\n" * 50
    with ScriptedImap({"IDLE": chat, "DONE": b"@ OK done\r\n"}) as server, scripted(server) as mailbox:
        assert not mailbox.wait(0.3)
        assert server.count("IDLE") == 1


@pytest.mark.parametrize("said", [b"+ idling\r\n@ OK that was all\r\n", b"@ NO not now\r\n", b"@ BAD what?\r\n"])
def test_a_server_that_ends_every_wait_at_once_is_not_asked_again_and_again(said: bytes) -> None:
    with ScriptedImap({"IDLE": said}) as server, scripted(server) as mailbox:
        began = time.monotonic()
        for _ in range(5):
            assert not mailbox.wait(0.1)
        assert time.monotonic() - began >= 0.5
        assert server.count("IDLE") == 2
        assert Capability.LIVE not in mailbox.capabilities


def test_news_that_are_none_are_not_believed_in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.sources.mailbox.source.QUIET", 0.2)
    false_alarm = {"IDLE": b"+ idling\r\n* 0 EXISTS\r\n", "DONE": b"@ OK done\r\n"}
    with ScriptedImap(false_alarm) as server, scripted(server) as mailbox:
        began = time.monotonic()
        for _ in range(6):
            assert mailbox.wait(LONG)
            inbox(mailbox).read(mailbox)
        assert time.monotonic() - began >= 5 * 0.2
        with meanwhile(mailbox.wake):
            until(lambda: not mailbox.wait(LONG), "the end of a wait that was woken")
