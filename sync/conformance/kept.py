"""What a source has told so far, kept as the engine keeps it: the last word on each thing, and each stream's cursor.

The invariant: a record may come again and changes nothing then; one that comes before what it is about is a fault.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Literal, Self
from uuid import uuid4

from desk import times
from storage.ingest.records import CustomerRecord
from sync.protocol import Page, Record, Source, Stream
from sync.tickets import (
    AgentNews,
    ChangeTicket,
    ChecklistNews,
    CustomerNews,
    MergeTicket,
    MessageNews,
    Passed,
    TicketGone,
    TicketNews,
    WriteMessage,
)

# A source that has not come to its end after so many pages never does.
PAGES = 2_000


def word() -> str:
    """A word that stands nowhere else."""
    return f"w{token_hex(6)}"


@dataclass
class Kept:
    """A workspace in small."""

    agents: dict[str, AgentNews] = field(default_factory=dict)
    customers: dict[str, CustomerRecord] = field(default_factory=dict)
    tickets: dict[str, TicketNews] = field(default_factory=dict)
    messages: dict[tuple[str, str], MessageNews] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)
    checklists: dict[str, ChecklistNews] = field(default_factory=dict)
    passed: list[Passed] = field(default_factory=list)
    cursors: dict[str, str] = field(default_factory=dict)
    pages: int = 0

    def copy(self) -> Self:
        """The same, to be gone on with apart from this."""
        return deepcopy(self)

    def read(self, source: Source, between: Callable[[Stream, Page], None] | None = None) -> None:
        """Read every stream to its end, the most urgent first; `between` is called after each page."""
        for stream in source.streams():
            more = True
            while more:
                page = source.pull(stream, self.cursors.get(stream.key, ""))
                self.take(page)
                self.cursors[stream.key] = page.cursor
                if between is not None:
                    between(stream, page)
                more = page.more
                self.pages += 1
                assert self.pages < PAGES, f"“{stream.name}” has no end: {PAGES} pages, and still more"

    def take(self, page: Page) -> None:
        """A page's records."""
        for record in page.records:
            self._take(record)

    def bodies(self, ticket: str) -> str:
        """All words on a ticket."""
        return "\n".join(message.body for (of, _), message in self.messages.items() if of == ticket)

    def newest(self, ticket: str) -> str:
        """The external id of the newest message on a ticket; empty where there is none."""
        said = [each for (of, _), each in self.messages.items() if of == ticket and each.kind not in ("event", "call")]
        # Of two in the same second the later one was told later.
        return max(reversed(said), key=lambda each: each.at).external_id if said else ""

    def reply(self, ticket: str, body: str, kind: Literal["reply", "note"] = "reply") -> WriteMessage:
        """An answer to what is known of a ticket."""
        version = self.tickets[ticket].version
        return WriteMessage(uuid4().hex, ticket, kind, body, (), (), (), version, self.newest(ticket), times.now())

    def change(self, ticket: str) -> ChangeTicket:
        """A change of nothing yet, from what is known of a ticket."""
        return ChangeTicket(uuid4().hex, ticket, self.tickets[ticket].version, times.now())

    def merge(self, ticket: str, into: str) -> MergeTicket:
        """A merge of two tickets."""
        return MergeTicket(uuid4().hex, ticket, into, times.now())

    def _take(self, record: Record) -> None:
        match record:
            case AgentNews():
                self.agents[record.external_id] = record
            case CustomerNews():
                assert record.customer.external_id, "a customer by themselves has no name of the service's own"
                self.customers[record.customer.external_id] = record.customer
            case TicketNews():
                assert not record.assignee or record.assignee in self.agents, (
                    f"nobody has told who {record.assignee} is"
                )
                self.tickets[record.external_id] = record
                self.gone.pop(record.external_id, None)
            case MessageNews():
                assert record.ticket in self.tickets, f"a message came before its ticket {record.ticket}"
                assert not record.agent or record.agent in self.agents, f"nobody has told who {record.agent} is"
                self.messages[record.ticket, record.external_id] = record
            case TicketGone():
                self.gone[record.external_id] = record.merged_into
            case ChecklistNews():
                assert record.ticket in self.tickets, f"a checklist came before its ticket {record.ticket}"
                self.checklists[record.ticket] = record
            case Passed():
                self.passed.append(record)
            case _:
                pass
