"""A stand-in for the engine: it keeps what a mailbox hands over, page and cursor together, as the engine must."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from desk.endpoints import Endpoint
from sync.protocol import (
    DeliverMail,
    FlagsChanged,
    Gone,
    MailRecord,
    Outcome,
    Page,
    Receipt,
    Record,
    Step,
    Stream,
    StreamReset,
    Unreadable,
)
from sync.secret import Secret
from sync.sources.mailbox.replies import fetched
from sync.sources.mailbox.source import Account as Settings
from sync.sources.mailbox.source import Mailbox
from tests.servers.mail import Account
from tests.servers.processes import HOST


class NoWayOut:
    """Takes mail and sends nothing."""

    def __init__(self) -> None:
        self.taken: list[DeliverMail] = []

    def send(self, mail: DeliverMail, hand_over: Callable[[], None]) -> Outcome:
        """Take it."""
        hand_over()
        self.taken.append(mail)
        return Receipt(mail.message_id)

    def check(self) -> Step:
        """All is well."""
        return Step("sending", True, "nothing is sent")

    def close(self) -> None:
        """There is nothing to close."""


def nothing() -> None:
    """Nobody keeps that a mail is on its way."""


def plain(port: int) -> Endpoint:
    """A server on the loopback, without encryption."""
    return Endpoint("imap", "none", HOST, port)


def mailbox_of(account: Account, port: int = 0, folders: tuple[str, ...] = ()) -> Mailbox:
    """The mailbox of an account, by another port where one is given."""
    settings = Settings("Support", plain(port or account.server.imap_port), account.user, folders=folders)
    return Mailbox(settings, lambda: Secret(account.password), NoWayOut())


@contextmanager
def opened(account: Account, port: int = 0) -> Iterator[Mailbox]:
    """A mailbox that is closed at the end."""
    mailbox = mailbox_of(account, port)
    try:
        yield mailbox
    finally:
        mailbox.close()


INBOX = "INBOX"


@dataclass
class Kept:
    """What has been read of one folder."""

    stream: Stream
    cursor: str = ""
    mails: dict[int, bytes] = field(default_factory=dict)
    flags: dict[int, frozenset[str]] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)
    resets: int = 0
    unreadable: list[int] = field(default_factory=list)

    def page(self, mailbox: Mailbox) -> Page:
        """Read one page."""
        page = mailbox.pull(self.stream, self.cursor)
        for record in page.records:
            self._keep(record)
        self.cursor = page.cursor
        return page

    def read(self, mailbox: Mailbox) -> list[Page]:
        """Read to the end, from a look at the folder as it is now."""
        pages = [self.page(mailbox)]
        while pages[-1].more:
            pages.append(self.page(mailbox))
            assert len(pages) < 500, "reading comes to no end"
        return pages

    def finish(self, mailbox: Mailbox) -> None:
        """Read to the end of what was begun, and then what changed meanwhile."""
        self.read(mailbox)
        self.read(mailbox)

    def _keep(self, record: Record) -> None:
        match record:
            case MailRecord():
                self.mails[record.uid], self.flags[record.uid] = record.raw, frozenset(record.flags)
                self.order.append(record.uid)
            case FlagsChanged() if record.uid in self.mails:
                self.flags[record.uid] = frozenset(record.flags)
            case Gone():
                for uid in [uid for uid in self.mails if record.first <= uid <= record.last]:
                    del self.mails[uid], self.flags[uid]
            case StreamReset():
                self.mails, self.flags = {}, {}
                self.resets += 1
            case Unreadable():
                self.unreadable.append(record.uid)


def inbox(mailbox: Mailbox) -> Kept:
    """Nothing read of the inbox yet."""
    return Kept(mailbox.streams()[0])


def truth(account: Account, folder: str = INBOX) -> dict[int, tuple[bytes, frozenset[str]]]:
    """Every mail that is in a folder, asked of the server by another way."""
    with account.imap() as connection:
        connection.select(f'"{folder}"', readonly=True)
        lines = connection.uid("FETCH", "1:*", "(UID FLAGS BODY.PEEK[])")[1]
    mails = fetched(lines)
    return {uid: (mail.raw or b"", frozenset(mail.flags or ())) for uid, mail in mails.items() if mail.raw is not None}


def agrees(kept: Kept, account: Account, folder: str = INBOX) -> bool:
    """Whether what was read is what is there: every mail to the byte, every flag."""
    there = truth(account, folder)
    short, too_many = sorted(there.keys() - kept.mails.keys()), sorted(kept.mails.keys() - there.keys())
    assert not short, f"not read: {short}"
    assert not too_many, f"kept though deleted: {too_many}"
    for uid, (raw, flags) in there.items():
        assert kept.mails[uid] == raw, f"another text: {uid}"
        assert kept.flags[uid] == flags, f"other flags: {uid} {kept.flags[uid]} instead of {flags}"
    return True


def mail(number: int, words: str = "hello") -> bytes:
    """A small mail."""
    return (
        f"From: Ana <ana@example.org>\r\nTo: support@example.test\r\nSubject: {number}\r\n"
        f"Message-ID: <{number}@example.org>\r\n\r\n{words}\r\n"
    ).encode()


def mails(count: int, first: int = 1) -> list[bytes]:
    """Small mails."""
    return [mail(number) for number in range(first, first + count)]


LONG_AGO = datetime(2024, 2, 29, 23, 59, 58, tzinfo=UTC)
