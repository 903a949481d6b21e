"""Reading a mailbox, beside the bare commands of the standard library on the same server in the same run.

    python -m benchmarks.mailbox [mails]

A first sync is every mail of a folder, page by page as the engine takes them; the bare loop lists the numbers and
fetches the mails by the same number at once. An incremental sync is 20 changes (10 new, 5 marked, 5 deleted); the bare
commands for it are one opening of the folder, one fetch of what is new and one of what has changed.
"""

import imaplib
import random
import sys
import time
from collections.abc import Callable
from statistics import median

from benchmarks.figures import Beside, Figure, at_least, at_most_times, table
from desk.endpoints import Endpoint
from sync.protocol import DeliverMail, MailRecord, Outcome, Receipt, Step, Stream
from sync.secret import Secret
from sync.sources.mailbox import source
from sync.sources.mailbox.reading import MOST_MAILS
from sync.sources.mailbox.source import Mailbox
from tests.servers.mail import Account, MailServer
from tests.servers.processes import HOST

MAILS = 5000
ROUNDS = 7
WHAT = "(UID FLAGS INTERNALDATE BODY.PEEK[])"


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


class _Reader:
    """An engine that keeps the cursor and forgets the mails."""

    def __init__(self, account: Account) -> None:
        endpoint = Endpoint("imap", "none", HOST, account.server.imap_port)
        settings = source.Account("Support", endpoint, account.user)
        self.mailbox = Mailbox(settings, lambda: Secret(account.password), _NoWayOut())
        self.stream: Stream = self.mailbox.streams()[0]
        self.cursor = ""

    def read(self) -> int:
        """To the end: how many records came."""
        count, more = 0, True
        while more:
            page = self.mailbox.pull(self.stream, self.cursor)
            self.cursor, more = page.cursor, page.more
            count += len(page.records)
        return count

    def first_page(self) -> int:
        """How many mails the first page holds."""
        page = self.mailbox.pull(self.stream, "")
        return sum(isinstance(record, MailRecord) for record in page.records)


def measure(mails: int = MAILS) -> list[Figure]:
    """All figures."""
    with MailServer() as server:
        account = server.account()
        chance = random.Random(1)
        account.put(*(_mail(number, chance) for number in range(mails)))
        return [*_first(account, mails), _incremental(account, mails, chance)]


def _first(account: Account, mails: int) -> list[Figure]:
    ours, bare, page = [], [], []
    for _ in range(ROUNDS):
        reader = _Reader(account)
        page.append(_seconds(reader.first_page))
        reader.mailbox.close()
        reader = _Reader(account)
        ours.append(_seconds(reader.read))
        reader.mailbox.close()
        with account.imap() as connection:
            bare.append(_seconds(lambda connection=connection: _bare_loop(connection)))  # type: ignore[misc]
    rate, limit = mails / min(ours), mails / min(bare)
    return [
        at_least(f"first sync of {mails:,} mails", rate, "mails/s", 0.8 * limit, peer=Beside(limit, "bare imaplib")),
        Figure(f"its first {MOST_MAILS} mails", 1000 * min(page), "ms"),
    ]


def _incremental(account: Account, mails: int, chance: random.Random) -> Figure:
    reader = _Reader(account)
    reader.read()
    ours, bare = [], []
    with account.imap() as connection:
        connection.enable("QRESYNC")
        upcoming, changes = _state(connection)
        for number in range(ROUNDS):
            account.put(*(_mail(mails + 10 * number + place, chance) for place in range(10)))
            low = 100 + 10 * number
            account.do("INBOX", "STORE", f"{low}:{low + 4}", "+FLAGS", r"(\Flagged)")
            account.delete(f"{low + 5}:{low + 9}")
            ours.append(_seconds(reader.read))
            began = time.perf_counter()
            _bare_round(connection, upcoming, changes)
            bare.append(time.perf_counter() - began)
            upcoming, changes = _state(connection)
    reader.mailbox.close()
    peer = Beside(1000 * median(bare), "bare commands")
    return at_most_times(f"20 changes among {mails:,} mails", 1000 * median(ours), "ms", 2, peer)


def _bare_loop(connection: imaplib.IMAP4) -> None:
    connection.select("INBOX", readonly=True)
    numbers = connection.uid("SEARCH", "ALL")[1][0].split()
    for start in range(0, len(numbers), MOST_MAILS):
        batch = numbers[start : start + MOST_MAILS]
        connection.uid("FETCH", f"{int(batch[0])}:{int(batch[-1])}", WHAT)


def _bare_round(connection: imaplib.IMAP4, upcoming: int, changes: int) -> None:
    connection.select("INBOX", readonly=True)
    connection.uid("FETCH", f"{upcoming}:*", WHAT)
    connection.uid("FETCH", f"1:{upcoming - 1}", "(UID FLAGS)", f"(CHANGEDSINCE {changes} VANISHED)")


def _state(connection: imaplib.IMAP4) -> tuple[int, int]:
    connection.select("INBOX", readonly=True)
    upcoming, changes = (connection.response(name)[1][0] for name in ("UIDNEXT", "HIGHESTMODSEQ"))
    return int(upcoming or b"0"), int(changes or b"0")


def _mail(number: int, chance: random.Random) -> bytes:
    """A mail of 5.4 KB, the mean of 6,046 real ones."""
    words = "\r\n".join(
        " ".join(chance.choices(("lamp", "order", "broken", "please", "refund", "thanks", "parcel"), k=10))
        for _ in range(80)
    )
    head = f"From: c{number}@example.org\r\nTo: support@example.test\r\nSubject: {number}\r\nMessage-ID: <{number}@x>"
    return f"{head}\r\n\r\n{words}\r\n".encode()


def _seconds(deed: Callable[[], object]) -> float:
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began


if __name__ == "__main__":
    print(table(measure(int(sys.argv[1]) if len(sys.argv) > 1 else MAILS)))
