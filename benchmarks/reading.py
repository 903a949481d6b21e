"""Reading a mailbox, beside the bare commands of the standard library on the same server in the same run.

Reading is every mail of every folder, page by page as the engine takes them, with nothing stored; the bare loop lists
the numbers and fetches the mails by the same number at once. An incremental sync is 20 changes (10 new, 5 marked, 5
deleted); the bare commands for it are one opening of the folder, one fetch of what is new and one of what has changed.
Seen again is what a new process does first where nothing has changed since: it knows the cursors and nothing else.
"""

import imaplib
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

from benchmarks.figures import Beside, Figure, at_least, at_most_times
from desk.endpoints import Endpoint
from sync.protocol import DeliverMail, MailRecord, Outcome, Receipt, Step, Stream
from sync.secret import Secret
from sync.sources.mailbox import source
from sync.sources.mailbox.reading import MOST_MAILS
from sync.sources.mailbox.source import Mailbox
from tests.servers.line import Line
from tests.servers.mail import Account
from tests.servers.processes import HOST

# Fewer where each takes long.
ROUNDS, MANY = 7, 20_000
# A process makes it once, and it takes as long as to read 700 mails.
CONTEXT = ssl.create_default_context()
WHAT = "(UID FLAGS INTERNALDATE BODY.PEEK[])"
FOLDERS = ("INBOX", "Sent")
MILLISECONDS, KILOBYTE = 1000, 1000
RUNGS = {"QRESYNC": "", "CONDSTORE": "IMAP4rev1 ENABLE CONDSTORE ESEARCH IDLE", "neither": "IMAP4rev1"}


class _NoWayOut:
    """Nothing is sent here."""

    def send(self, mail: DeliverMail, _hand_over: Callable[[], None]) -> Outcome:
        """Never asked for."""
        return Receipt(mail.message_id)

    def check(self) -> Step:
        """Never asked for."""
        return Step("sending", True, "")

    def close(self) -> None:
        """Nothing is open."""


class Reader:
    """An engine that keeps the cursors and forgets the mails."""

    def __init__(self, account: Account, cursors: dict[Stream, str] | None = None, port: int = 0) -> None:
        endpoint = Endpoint("imap", "none", HOST, port or account.server.imap_port)
        settings = source.Account("Support", endpoint, account.user, context=CONTEXT)
        self.mailbox = Mailbox(settings, lambda: Secret(account.password), _NoWayOut())
        self.cursors = dict(cursors or {})

    def read(self) -> int:
        """To the end of every folder: how many records came."""
        return sum(self._read(stream) for stream in self.mailbox.streams())

    def first_page(self) -> int:
        """How many mails the first page holds."""
        page = self.mailbox.pull(self.mailbox.streams()[0], "")
        return sum(isinstance(record, MailRecord) for record in page.records)

    def _read(self, stream: Stream) -> int:
        count, more = 0, True
        while more:
            page = self.mailbox.pull(stream, self.cursors.get(stream, ""))
            self.cursors[stream], more = page.cursor, page.more
            count += len(page.records)
        return count


@dataclass(slots=True)
class _Inbox:
    """A plain connection, and what it knew of the inbox when it last looked."""

    connection: imaplib.IMAP4
    upcoming: int = 0
    changes: int = 0

    def look(self) -> None:
        """Learn what the inbox is like now."""
        self.connection.select("INBOX", readonly=True)
        self.upcoming, self.changes = (
            int(self.connection.response(name)[1][0] or b"0") for name in ("UIDNEXT", "HIGHESTMODSEQ")
        )

    def catch_up(self) -> None:
        """Ask for what is new and what has changed since."""
        self.connection.select("INBOX", readonly=True)
        self.connection.uid("FETCH", f"{self.upcoming}:*", WHAT)
        self.connection.uid("FETCH", f"1:{self.upcoming - 1}", "(UID FLAGS)", f"(CHANGEDSINCE {self.changes} VANISHED)")


def whole(account: Account, mails: int) -> Iterator[Figure]:
    """Every mail of the account, which has so many."""
    ours, bare, page = [], [], []
    for _ in range(ROUNDS if mails < MANY else 3):
        reader = Reader(account)
        page.append(seconds(reader.first_page))
        reader.mailbox.close()
        reader = Reader(account)
        ours.append(seconds(reader.read))
        reader.mailbox.close()
        bare.append(seconds(lambda: _bare_loop(account)))
    rate, limit = mails / min(ours), mails / min(bare)
    peer = Beside(limit, "bare imaplib")
    yield at_least(f"{mails:,} mails read, nothing stored", rate, "mails/s", 0.8 * limit, peer=peer)
    yield Figure(f"the newest {MOST_MAILS} of {mails:,} mails, with the login", MILLISECONDS * min(page), "ms")


def seen_again(account: Account, mails: int) -> Iterator[Figure]:
    """The account read to its end, and nothing new in it: by what servers can tell."""
    for rung, capability in RUNGS.items():
        account.server.advertise(capability)
        reader = Reader(account)
        reader.read()
        reader.mailbox.close()
        times = []
        for _ in range(ROUNDS):
            again = Reader(account, reader.cursors)
            times.append(seconds(again.read))
            again.mailbox.close()
        with Line(account.server.imap_port) as line:
            again = Reader(account, reader.cursors, line.port)
            again.read()
            again.mailbox.close()
        yield Figure(f"{mails:,} mails seen again, {rung}", MILLISECONDS * median(times), "ms")
        yield Figure(f"bytes for it, {rung}", line.passed / KILOBYTE, "kB")
    account.server.advertise("")


def changes(account: Account, mails: int) -> Iterator[Figure]:
    """20 changes among so many mails."""
    reader = Reader(account)
    reader.read()
    ours, bare = [], []
    with account.imap() as connection:
        connection.enable("QRESYNC")
        inbox = _Inbox(connection)
        inbox.look()
        for number in range(ROUNDS):
            account.put(*(_mail(mails + 10 * number + place) for place in range(10)))
            low = 100 + 10 * number
            account.do("INBOX", "STORE", f"{low}:{low + 4}", "+FLAGS", r"(\Flagged)")
            account.delete(f"{low + 5}:{low + 9}")
            ours.append(seconds(reader.read))
            bare.append(seconds(inbox.catch_up))
            inbox.look()
    reader.mailbox.close()
    peer = Beside(MILLISECONDS * median(bare), "bare commands, the inbox alone")
    yield at_most_times(f"20 changes among {mails:,} mails", MILLISECONDS * median(ours), "ms", 2, peer)


def seconds(deed: Callable[[], object]) -> float:
    """How long it takes by the clock."""
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began


def _bare_loop(account: Account) -> None:
    """What a script does: log in, list the numbers, fetch a range at a time."""
    with account.imap() as connection:
        for folder in FOLDERS:
            connection.select(folder, readonly=True)
            numbers = connection.uid("SEARCH", "ALL")[1][0].split()
            for start in range(0, len(numbers), MOST_MAILS):
                batch = numbers[start : start + MOST_MAILS]
                connection.uid("FETCH", f"{int(batch[0])}:{int(batch[-1])}", WHAT)


def _mail(number: int) -> bytes:
    """A mail of 5.4 KB, the mean of 6,046 real ones."""
    words = "\r\n".join(["lamp order broken please refund thanks parcel lamp order broken"] * 80)
    head = f"From: c{number}@example.org\r\nTo: support@example.test\r\nSubject: {number}\r\nMessage-ID: <{number}@x>"
    return f"{head}\r\n\r\n{words}\r\n".encode()
