"""What the engine and a source say to each other. A source does network and parsing, the engine does the database.

Mail has its words here, helpdesks have theirs in `sync.tickets`; all else is the same for both.

The invariants: a page's cursor is saved after its records, so every record may come twice and none is lost; reading
changes nothing on the other side; an operation whose end is unclear is looked for before it is tried again. Times are
microseconds UTC. Methods raise `sync.errors.SourceError` and nothing else.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from sync.tickets import HelpdeskOperation, HelpdeskRecord, TicketNews


class Capability(StrEnum):
    """What a source can do, as far as it is known; a source that has not logged in yet knows little."""

    DELIVERS = "delivers"  # takes replies
    LIVE = "live"  # tells of news at once (IDLE); without it, it is asked again and again
    KEEPS_SENT = "keeps_sent"  # has a copy of all that it took: what it has not was not taken
    CLAIMS = "claims"  # agents can show each other who has a mail, as far as is known
    FILES = "files"  # leaves the bytes of files where they are until they are fetched


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was tried, in words: `said` is what came of it, `mend` what to do where it failed."""

    name: str
    works: bool
    said: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """What works, step by step; the first failing step is the last one that was tried."""

    steps: tuple[Step, ...]

    @property
    def works(self) -> bool:
        """Whether every step worked."""
        return all(step.works for step in self.steps)


class Role(StrEnum):
    """What a stream is for."""

    INBOX = "inbox"
    SENT = "sent"
    ALL = "all"  # Gmail's folder of everything that is neither spam nor trash
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Stream:
    """A part of a source that has a cursor of its own: a folder. `key` names it in records and never changes."""

    key: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class MailRecord:
    """A mail as it lies on the server. `labels` and `thread` are filled where the service has them (Gmail)."""

    stream: str
    validity: int
    uid: int
    raw: bytes = field(repr=False)
    flags: tuple[str, ...]
    arrived_at: int
    labels: tuple[str, ...] = ()
    thread: str = ""


@dataclass(frozen=True, slots=True)
class FlagsChanged:
    """The flags of a mail, all of them, as they are now."""

    stream: str
    validity: int
    uid: int
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gone:
    """No mail has a UID from `first` to `last` any more; most of them may never have been one."""

    stream: str
    validity: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A mail that is there and that the server can't give; it is not asked for again."""

    stream: str
    validity: int
    uid: int
    why: str


@dataclass(frozen=True, slots=True)
class StreamReset:
    """The server has numbered the stream anew: UIDs that were known mean nothing, and every mail comes again.

    `validity` is the new one, and the old one where a server lost mails without noticing. What is gone is not known
    before the stream was read to its end; match by Message-ID and digest until then.
    """

    stream: str
    validity: int


# What became of mails that were known.
Fate = FlagsChanged | Gone | Unreadable | StreamReset
Record = MailRecord | Fate | HelpdeskRecord


@dataclass(frozen=True, slots=True)
class Page:
    """What a pull has brought. `remaining`: how many mails or tickets are still to come, where it is known.

    `ahead`: by how much the service's clock is ahead of ours, in microseconds.
    """

    records: tuple[Record, ...]
    cursor: str
    more: bool
    remaining: int | None = None
    ahead: int = 0


@dataclass(frozen=True, slots=True)
class DeliverMail:
    """Send a mail that is ready to the last byte: its Message-ID and Date were fixed when it was accepted.

    `begun_at`: when it was written; a look for it need not go back further.
    """

    key: str
    message_id: str
    raw: bytes = field(repr=False)
    sender: str
    recipients: tuple[str, ...]
    begun_at: int


@dataclass(frozen=True, slots=True)
class MarkMail:
    """Say by a mark on a mail who has it: `mark` in the place of `before`; empty: nobody. A mark of another agent's
    (desk.claims) is a conflict. Set once however often it is asked for, so that its end is never unclear.
    """

    stream: str
    validity: int
    uid: int
    before: str
    mark: str


Operation = DeliverMail | MarkMail | HelpdeskOperation


@dataclass(frozen=True, slots=True)
class Missed:
    """A recipient that it was not taken for; after `again_in` seconds it may be tried again, None: never."""

    recipient: str
    why: str
    again_in: int | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """It has arrived; `external_id` is its name on the other side. `said`: what is worth telling all the same.

    `missed`: those of its recipients, never all, that have not got it. `found`: the ticket as it stands now, where the
    service tells it; another one than was asked for where the words had to begin one (`TicketNews.final`).
    """

    external_id: str
    said: str = ""
    missed: tuple[Missed, ...] = ()
    found: TicketNews | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody else was first; nothing was changed. `found`: what is there now, to be taken in as if it were read.

    Of a helpdesk nothing is found: its news are read, and what still holds then is asked for again.
    """

    why: str
    found: Fate | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """Not now; nothing was changed, and it may be tried again after so many seconds."""

    seconds: int
    why: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Never in this form; nothing was changed."""

    why: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Unclear:
    """It may have arrived or not: `find` it before it is tried again."""

    why: str


Outcome = Receipt | Conflict | Later | Refused | Unclear


class Source(Protocol):
    """One connected service. Used by one thread at a time, except for `wake`."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def kind(self) -> str:
        """Which kind of service it is."""
        ...

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What it can do, as far as it is known."""
        ...

    def check(self) -> Health:
        """Try everything that sync needs, changing nothing; never raises."""
        ...

    def streams(self) -> tuple[Stream, ...]:
        """What is read, the most urgent first."""
        ...

    def pull(self, stream: Stream, cursor: str) -> Page:
        """The next records after a cursor, which is empty at the start and otherwise a page's."""
        ...

    def push(self, operation: Operation, hand_over: Callable[[], None]) -> Outcome:
        """Carry out an operation once; an unclear end is an outcome, never an error.

        `hand_over` is called at the last moment at which the other side can't have it yet; what it raises stops it. A
        mark hands nothing over: where its line breaks, the error says so, and it is simply asked for again.
        """
        ...

    def find(self, operation: Operation) -> Receipt | None:
        """Whether an operation whose end was unclear has arrived; None where nothing of it can be found.

        Only a mail or a message can arrive twice: what sets a field, or marks a mail, is simply asked for again.
        """
        ...

    def fetch(self, file: str) -> Iterator[bytes]:
        """The bytes of a file (`FileNews.external_id`), piece by piece; whoever has enough stops asking."""
        ...

    def wait(self, seconds: float) -> bool:
        """Wait for news, at most so long: True as soon as there is some. `wake` ends it at once.

        Raises SourceError where the line breaks meanwhile.
        """
        ...

    def wake(self) -> None:
        """End the `wait` that is on, or the next one where none is; callable from every thread."""
        ...

    def close(self) -> None:
        """Let go of every connection; the next call makes new ones."""
        ...
