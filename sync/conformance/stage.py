"""What the conformance suite needs of whoever tests a source: a service whose people and whose weather it can play.

A source's tests implement `Stage` over a real server or a fake of it (docs/sources.md shows a small one). The
invariant: what a stage does goes to the service past the source under test, and what it tells is looked up there,
never in what the source has said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from desk.statuses import Status
from sync.protocol import Source

# Seconds for which a service that has had enough (`Trouble.BUSY`) asks to be left alone.
PAUSE = 60


class Trouble(Enum):
    """What can go wrong on the way to a service; each meets one request: the next one, or the next that changes."""

    CUT = "cut"  # the next request's line breaks before anything is done
    UNDONE = "undone"  # the next change's line breaks before anything is done
    LOST = "lost"  # the next change is done, and the line breaks before its answer
    FAILS_AFTER = "fails_after"  # the next change is done, and answered by status 500
    FAILS = "fails"  # the next request is answered by status 500 or 503; nothing is done
    BUSY = "busy"  # the next request is answered by status 429 with Retry-After: PAUSE; nothing is done
    SLOW = "slow"  # the next change is done, and answered only after the source's patience is over
    DENIED = "denied"  # every login is refused, until `calm`


class Deed(Enum):
    """What a stage can do beside the least: each lets some tests run, which are skipped otherwise."""

    DELETE = "delete"
    MERGE = "merge"
    HIDE = "hide"  # what is changed isn't in lists for a while, as in a search index that lags
    FILE = "file"  # customers send files, and these are fetched
    CHECKLIST = "checklist"
    CUSTOMER = "customer"  # customers are listed, whether they ever had a ticket or not


@dataclass(frozen=True, slots=True)
class Said:
    """Something that stands on a ticket: who can read it, and its words as the service has them, HTML or not."""

    public: bool
    by_agent: bool
    body: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """How a ticket stands there, in the words of the source's `TicketNews`; `assignee`: an agent's external id."""

    subject: str
    status: Status
    assignee: str
    tags: frozenset[str]
    queue: str = ""


class Stage(Protocol):
    """A service under a test's control, and the source that speaks to it.

    Text that the suite has written there is of plain words and line ends, and each has a word that is nowhere else.
    """

    @property
    def secret(self) -> str:
        """What the source logs in with: it must be found nowhere."""
        ...

    @property
    def takes(self) -> frozenset[str]:
        """The kind's `takes` (sync.kinds)."""
        ...

    @property
    def deeds(self) -> frozenset[Deed]:
        """What it can do beside the least."""
        ...

    @property
    def troubles(self) -> frozenset[Trouble]:
        """What it can let go wrong: as many as it can."""
        ...

    @property
    def many(self) -> int:
        """So many tickets are more than the source reads in one page, and no more than a test has time for."""
        ...

    @property
    def agents(self) -> Sequence[str]:
        """External ids of two agents at least, to whom tickets can be given."""
        ...

    @property
    def queues(self) -> Sequence[str]:
        """Names of two queues at least, as `TicketNews.queue` has them; none where the service has none."""
        ...

    def source(self) -> Source:
        """A new source, with connections of its own and a patience of a second or so; the suite closes it."""
        ...

    def add_ticket(self, subject: str, body: str) -> str:
        """A customer begins a ticket; its external id."""
        ...

    def customer_writes(self, ticket: str, body: str) -> None:
        """The customer of a ticket writes again."""
        ...

    def colleague_writes(self, ticket: str, body: str, *, public: bool) -> None:
        """Another agent replies, or leaves a note."""
        ...

    def colleague_changes(self, ticket: str, status: Status, tag: str) -> None:
        """Another agent changes the status (to OPEN, PENDING or SOLVED), and adds a tag where `takes` has tags."""
        ...

    def delete(self, ticket: str) -> None:
        """Somebody deletes a ticket (`Deed.DELETE`)."""
        ...

    def merge(self, ticket: str, into: str) -> None:
        """Somebody merges a ticket into another one (`Deed.MERGE`)."""
        ...

    def hide(self, ticket: str) -> None:
        """From now on lists and searches don't know what changed on a ticket, until `calm` (`Deed.HIDE`)."""
        ...

    def add_file(self, ticket: str, name: str, content: bytes) -> None:
        """The customer writes again, with a file (`Deed.FILE`)."""
        ...

    def add_checklist(self, ticket: str, items: Sequence[str]) -> None:
        """A colleague begins a checklist, with nothing ticked yet (`Deed.CHECKLIST`)."""
        ...

    def add_customer(self, name: str, email: str) -> str:
        """Somebody enters a customer who has written nothing; their external id (`Deed.CUSTOMER`)."""
        ...

    def ticked(self, ticket: str) -> Sequence[str]:
        """The steps of a ticket's checklist that are done there (`Deed.CHECKLIST`)."""
        ...

    def said(self, ticket: str) -> Sequence[Said]:
        """All that stands on a ticket there, the oldest first."""
        ...

    def standing(self, ticket: str) -> Standing | None:
        """How a ticket stands there; None where it is deleted, or part of another one."""
        ...

    def contents(self) -> object:
        """All that is there now, as anything that compares equal as long as nothing of it was changed."""
        ...

    def requests(self) -> int:
        """How many requests have come so far."""
        ...

    def make(self, trouble: Trouble) -> None:
        """Let this go wrong."""
        ...

    def calm(self) -> None:
        """Nothing goes wrong any more, and nothing is hidden."""
        ...
