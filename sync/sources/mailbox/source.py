"""A mailbox as a source: mail comes in by IMAP and goes out by whoever was given to send it.

The invariants: at most one connection to the IMAP server, made when it is needed and made anew after any failure;
reading changes nothing there; only `wake` may be called from another thread.
"""

import socket
import ssl
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Protocol

from desk.counts import counted
from desk.endpoints import Endpoint
from desk.errors import HeardError
from sync.errors import Broken, SourceError
from sync.protocol import (
    Capability,
    DeliverMail,
    Health,
    MarkMail,
    Operation,
    Outcome,
    Page,
    Receipt,
    Refused,
    Step,
    Stream,
)
from sync.secret import Secret
from sync.sources.mailbox import folders
from sync.sources.mailbox.marks import put_mark
from sync.sources.mailbox.reading import Reading
from sync.sources.mailbox.replies import Folder
from sync.sources.mailbox.server import Server

# A server that announces news which aren't there is believed so often at most, in seconds.
QUIET = 1.0


@dataclass(frozen=True, slots=True)
class Account:
    """Where a mailbox is and who reads it. `folders`: more of them, beside the inbox and the sent mail.

    `token`: the secret is an OAuth token. For a shared mailbox (Exchange) `user` is its address, the token a person's.
    `keeps_sent`: what is sent lies in the folder of sent mail without our doing.
    """

    name: str
    imap: Endpoint
    user: str
    token: bool = False
    folders: tuple[str, ...] = ()
    keeps_sent: bool = False
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)


class Outgoing(Protocol):
    """The way out for mail."""

    def send(self, mail: DeliverMail, hand_over: Callable[[], None]) -> Outcome:
        """Send it once; see `Source.push`."""
        ...

    def check(self) -> Step:
        """Whether a mail could be sent now; never raises."""
        ...

    def close(self) -> None:
        """Let go of every connection."""
        ...


class Mailbox:
    """One mailbox. `secret` is called at each login, since a token may have expired."""

    kind = "mailbox"

    def __init__(self, account: Account, secret: Callable[[], Secret], outgoing: Outgoing) -> None:
        self.name = account.name
        self._account = account
        self._secret = secret
        self._outgoing = outgoing
        self._server: Server | None = None
        self._listed: list[Folder] = []
        self._inbox: Stream | None = None
        self._readings: dict[str, Reading] = {}
        self._lives: bool | None = None
        self._keeps_marks = True
        self._told_at = -QUIET
        self._brought = True
        self._woken = Event()
        self._bell, self._ear = socket.socketpair()
        for end in (self._bell, self._ear):
            end.setblocking(False)
            weakref.finalize(self, end.close)

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What it can do; before the first login it is taken for one that sends, and keeps marks."""
        can = {Capability.DELIVERS}
        if self._keeps_marks:
            can.add(Capability.CLAIMS)
        if self._account.keeps_sent:
            can.add(Capability.KEEPS_SENT)
        if self._server is not None and self._server.open and self._idles(self._server):
            can.add(Capability.LIVE)
        return frozenset(can)

    def check(self) -> Health:
        """Log in, list the folders, open the inbox, and try the way out."""
        steps: list[Step] = []
        host = f"{self._account.imap.host}:{self._account.imap.port}"
        trials: tuple[tuple[str, Callable[[], str]], ...] = (
            ("login", lambda: f"{self._account.user} is logged in at {host}, {_rung(self._connected())}"),
            ("folders", self._told_folders),
            ("inbox", self._told_inbox),
        )
        for name, trial in trials:
            try:
                steps.append(Step(name, True, trial()))
            except HeardError as error:
                steps.append(Step(name, False, error.message, error.mend))
                return Health(tuple(steps))
        return Health((*steps, self._outgoing.check()))

    def streams(self) -> tuple[Stream, ...]:
        """The inbox, the sent mail, and what else was asked for."""
        server = self._connected()
        self._listed = server.folders()
        found = folders.chosen(self._listed, self._account.folders, server.is_gmail)
        if not found:
            raise Broken(f"{self._account.imap.host} shows no inbox", "Check the user: is this a mailbox of its own?")
        self._inbox = found[0]
        return found

    def pull(self, stream: Stream, cursor: str) -> Page:
        """The next page of a folder. Raises PartGone where that isn't there, or can't be opened."""
        if not stream.key:
            raise folders.not_there(stream.name, self._listed)
        reading = self._readings.setdefault(stream.key, Reading(stream.key))
        page = reading.pull(self._connected(), cursor)
        self._brought = self._brought or bool(page.records)
        return page

    def push(self, operation: Operation, hand_over: Callable[[], None]) -> Outcome:
        """Send a mail, and keep a copy where nobody else does; or mark one."""
        if isinstance(operation, MarkMail):
            marked = put_mark(self._connected(), operation)
            if isinstance(marked, Receipt | Refused):
                self._keeps_marks = isinstance(marked, Receipt)
            return marked
        if not isinstance(operation, DeliverMail):
            return Refused("A mailbox takes nothing but mails")
        outcome = self._outgoing.send(operation, hand_over)
        if isinstance(outcome, Receipt) and not self._account.keeps_sent:
            return self._with_copy(operation, outcome)
        return outcome

    def find(self, operation: Operation) -> Receipt | None:
        """Look for a mail among what was sent."""
        return self._find(operation) if isinstance(operation, DeliverMail) else None

    def fetch(self, file: str) -> Iterator[bytes]:
        """A mail has brought its files along."""
        raise Broken("No file was left in the mailbox", f"“{file}” came with its mail.")

    def wait(self, seconds: float) -> bool:
        """Listen at the inbox (IDLE); where the server can't, sleep."""
        end = time.monotonic() + seconds
        try:
            if not self._brought:
                self._woken.wait(min(seconds, self._told_at + QUIET - time.monotonic()))
            if self._woken.is_set() or not self._listens(end):
                return False
            self._told_at, self._brought = time.monotonic(), False
            return True
        finally:
            # In this order, and `wake` in the other: so no bell is left ringing that nobody has rung.
            self._woken.clear()
            with suppress(BlockingIOError):
                while self._ear.recv(64):
                    continue

    def wake(self) -> None:
        """End a wait."""
        with suppress(BlockingIOError):
            self._bell.send(b".")
        self._woken.set()

    def close(self) -> None:
        """Log out, here and on the way out. What is known of the folders stays for the next connection."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self._outgoing.close()

    def _find(self, mail: DeliverMail) -> Receipt | None:
        server = self._connected()
        for folder in folders.searched(self._listed or server.folders()):
            look = server.examine(folder.raw)
            found = server.with_message_id(mail.message_id, mail.begun_at)
            if found:
                return Receipt(f"{look.validity}:{found[-1]}", "It lies among the sent mail.")
        return None

    def _connected(self) -> Server:
        if self._server is None or not self._server.open:
            account = self._account
            self._server = None
            self._server = Server(account.imap, account.user, account.token, self._secret, account.context)
            self._lives = None
            self._keeps_marks = self._keeps_marks and self._server.tells_changes
        return self._server

    def _listens(self, end: float) -> bool:
        """Whether news came before `end`."""
        server = self._server
        if server is not None and server.open and self._inbox is not None and self._idles(server):
            if self._has_news(server, self._inbox):
                return True
            news = server.idle(end - time.monotonic(), self._ear, self._woken.is_set)
            if news is not None:
                return news
            self._lives = False
        self._woken.wait(max(0.0, end - time.monotonic()))
        return False

    def _idles(self, server: Server) -> bool:
        return "IDLE" in server.capabilities and self._lives is not False

    def _has_news(self, server: Server, inbox: Stream) -> bool:
        """Whether something came between the last page and now, while nobody was listening."""
        reading = self._readings.get(inbox.key)
        return reading is None or reading.is_behind(server.examine(inbox.key))

    def _with_copy(self, mail: DeliverMail, sent: Receipt) -> Receipt:
        """Keep a copy of what was sent, unless it lies there already. The mail is out in any case."""
        try:
            if self._find(mail) is None:
                server = self._connected()
                for folder in folders.sent(self._listed or server.folders()):
                    server.append(folder.raw, mail.raw, r"(\Seen)", mail.begun_at)
        except SourceError as error:
            return replace(sent, said=f"Sent, but without a copy in the folder of sent mail: {error.message}")
        return sent

    def _told_folders(self) -> str:
        found = self.streams()
        for stream in found:
            if not stream.key:
                raise folders.not_there(stream.name, self._listed)
        return "Reads " + ", ".join(stream.name for stream in found)

    def _told_inbox(self) -> str:
        assert self._inbox is not None
        look = self._connected().examine(self._inbox.key)
        return f"{counted(look.present, 'mail')} in {self._inbox.name}"


def _rung(server: Server) -> str:
    if server.tells_deletions:
        return "which tells every change (QRESYNC)"
    return "which tells changes (CONDSTORE)" if server.tells_changes else "which lists its mails, changes are compared"
