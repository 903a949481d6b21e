"""What a helpdesk tells, into the workspace: agents, customers, tickets, what was said on them, and what else it keeps.

The invariants: a transaction holds few enough records that a console beside it doesn't wait; when one ends, tickets,
look-up and figures are those of a recount, and what a customer has just said stands unread in the queue.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from storage.connect import Connection, writing
from storage.helpdesk.calls import put_call
from storage.helpdesk.checklists import put_checklist
from storage.helpdesk.customers import put_customers
from storage.helpdesk.leaving import expected, leave, leave_for
from storage.helpdesk.mending import mended
from storage.helpdesk.messages import Said, put_messages
from storage.helpdesk.office import Helpdesk, Office
from storage.helpdesk.pieces import put_snippet, put_view
from storage.helpdesk.reading import ReadMessage, read_messages
from storage.helpdesk.records import (
    AgentNews,
    CallNews,
    ChecklistNews,
    CustomerNews,
    HelpdeskRecord,
    MessageNews,
    Passed,
    SnippetNews,
    TicketGone,
    TicketNews,
    ViewNews,
)
from storage.helpdesk.tickets import put_tickets
from storage.helpdesk.waking import settle

__all__ = ["Helpdesk", "take"]

# So many records, or so many characters, are one transaction: a console that saves a draft waits for one of them.
BATCH = 100
LARGEST = 400_000


@dataclass(slots=True)
class _Part:
    """Records that go in together: agents, customers, then tickets, then what was said on them, then all else."""

    agents: list[AgentNews] = field(default_factory=list)
    customers: list[CustomerNews] = field(default_factory=list)
    tickets: list[TicketNews] = field(default_factory=list)
    messages: list[MessageNews] = field(default_factory=list)
    others: list[HelpdeskRecord] = field(default_factory=list)
    weight: int = 0

    def __len__(self) -> int:
        people = len(self.agents) + len(self.customers)
        return people + len(self.tickets) + len(self.messages) + len(self.others)

    @property
    def records(self) -> list[HelpdeskRecord]:
        """All of them."""
        return [*self.agents, *self.customers, *self.tickets, *self.messages, *self.others]

    def add(self, record: HelpdeskRecord) -> None:
        """One more."""
        match record:
            case AgentNews():
                self.agents.append(record)
            case CustomerNews():
                self.customers.append(record)
            case TicketNews():
                self.tickets.append(record)
            case MessageNews():
                self.messages.append(record)
                self.weight += len(record.body)
            case _:
                self.others.append(record)


def take(
    connection: Connection, helpdesk: Helpdesk, records: Sequence[HelpdeskRecord], now: int, *, ahead: int = 0
) -> int:
    """Take these in, in their order and in transactions of their own; how many people, tickets and messages were new.

    `ahead`: by how much the service's clock is ahead of ours. Each record may come again.
    """
    new = 0
    for part in _parts(records):
        try:
            new += _take_part(connection, helpdesk, part, now, ahead)
        except (UnicodeEncodeError, OverflowError):
            # Seldom enough that all others need not be looked through for it.
            for whole in _parts([mended(record) for record in part.records]):
                new += _take_part(connection, helpdesk, whole, now, ahead)
    return new


def _take_part(connection: Connection, helpdesk: Helpdesk, part: _Part, now: int, ahead: int) -> int:
    read = read_messages(connection, helpdesk.row.id, part.messages)
    with writing(connection):
        new = _take(Office(connection, helpdesk, now, ahead), part, read)
    merged = [record for record in part.others if isinstance(record, TicketGone) and record.merged_into]
    if part.tickets:
        merged += expected(connection, helpdesk.row.id, [news.external_id for news in part.tickets])
    for record in merged:
        leave_for(connection, helpdesk, record, now, ahead=ahead)
    return new


def _parts(records: Sequence[HelpdeskRecord]) -> Iterator[_Part]:
    """In their order, but that within a part what is told of a ticket, or of an agent, comes before what names it."""
    part = _Part()
    for record in records:
        over = len(part) >= BATCH or part.weight > LARGEST
        # What became of a ticket may be followed by its coming back.
        if over or (part.others and isinstance(record, AgentNews | TicketNews | MessageNews)):
            yield part
            part = _Part()
        part.add(record)
    if len(part):
        yield part


def _take(office: Office, part: _Part, read: Sequence[ReadMessage]) -> int:
    for agent in part.agents:
        office.colleagues.take(agent)
    people = (
        *(news.customer for news in part.customers),
        *(news.customer for news in part.tickets),
        *(each.news.customer for each in read),
    )
    office.batch.book.expect(customer for customer in people if customer is not None)
    last = {news.external_id: news for news in part.tickets}
    new = put_customers(office, part.customers) + put_tickets(office, tuple(last.values()))
    said = put_messages(office, read) if read else Said()
    for record in part.others:
        _take_other(office, record)
    settle(office, said.heard)
    return new + said.new


def _take_other(office: Office, record: HelpdeskRecord) -> None:
    match record:
        case TicketGone() if not record.merged_into:
            leave(office, record)
        case SnippetNews():
            put_snippet(office, record)
        case ViewNews():
            put_view(office, record)
        case ChecklistNews():
            put_checklist(office, record)
        case CallNews():
            put_call(office, record)
        case TicketGone() | Passed() | AgentNews() | CustomerNews() | TicketNews() | MessageNews():
            pass
