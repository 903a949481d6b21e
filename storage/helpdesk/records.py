"""What a helpdesk tells of its tickets, and what it is asked to do with them, in words that all of them share.

The invariants: `external_id` is the service's own name for a thing, unique among things of its kind in one source; a
ticket is told before what was said on it, and an agent before whatever names them; each may be told again, and then it
stands as it was told last. None means "not told", an empty text "none". Texts needn't be clean, nor lines of HTML be
text yet: whoever takes them in sees to that. Times are microseconds UTC by the service's clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from desk.snippets import Snippet
from desk.statuses import Priority, Status
from storage.ingest.records import CustomerRecord

MessageKind = Literal["inbound", "outbound", "note", "call", "event"]


@dataclass(frozen=True, slots=True)
class AgentNews:
    """Somebody who works there. `handle`: what they log in with, where it is no address."""

    external_id: str
    name: str
    email: str = ""
    handle: str = ""


@dataclass(frozen=True, slots=True)
class CustomerNews:
    """A customer by themselves, whether they ever had a ticket or not, called as on tickets (`external_id`)."""

    customer: CustomerRecord


@dataclass(frozen=True, slots=True)
class TicketNews:
    """A ticket as it stands there.

    `number`: what people there call it. `label`: its status in the service's own word; `status`: the category that this
    word belongs to. `priority_label` likewise. `queue`: the line that it stands in (a queue, a group, a project).
    `assignee`: an agent's external id. `fields`: its custom fields, for people; those that hold an account number or an
    order are identities of `customer` besides. `version`: what tells this state from a later one, empty where the
    service has nothing of the kind. `url`: its own page there. `final`: it can't be changed any more, and what is
    written to it begins another ticket.
    """

    external_id: str
    subject: str
    created_at: int
    updated_at: int
    label: str
    status: Status
    number: str = ""
    priority: Priority | None = None
    priority_label: str = ""
    channel: str = "email"
    queue: str | None = None
    assignee: str | None = None
    customer: CustomerRecord | None = None
    tags: tuple[str, ...] | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    url: str = ""
    final: bool = False


@dataclass(frozen=True, slots=True)
class FileNews:
    """A file of a message. Its bytes stay there until somebody wants them (`Source.fetch`); `size` 0: not known."""

    external_id: str
    name: str
    type: str
    size: int
    inline: bool = False


@dataclass(frozen=True, slots=True)
class MessageNews:
    """Something that was said on a ticket. `html`: the body is HTML.

    `customer`: who wrote it, where it is a customer's word and not the ticket's own customer; `agent`: an agent's
    external id. `operation`: the key of the operation of ours that it came from, where the service kept it.
    `automatic` says why it is no person's, empty where it is.
    """

    ticket: str
    external_id: str
    kind: MessageKind
    at: int
    body: str
    html: bool = False
    customer: CustomerRecord | None = None
    agent: str = ""
    sender: str = ""
    recipients: str = ""
    copies: str = ""
    subject: str = ""
    files: tuple[FileNews, ...] = ()
    operation: str = ""
    automatic: str = ""


@dataclass(frozen=True, slots=True)
class TicketGone:
    """A ticket that is there no more: deleted, or merged into another one, whose external id is told."""

    external_id: str
    merged_into: str = ""


@dataclass(frozen=True, slots=True)
class SnippetNews:
    """A piece of text that agents there use: a macro, a canned answer, a text module."""

    external_id: str
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class ViewNews:
    """A list that agents there look at, as a filter of our own (`desk.filters`)."""

    external_id: str
    name: str
    query: str


@dataclass(frozen=True, slots=True)
class ItemNews:
    """One step of a checklist that is kept there."""

    external_id: str
    text: str
    done: bool


@dataclass(frozen=True, slots=True)
class ChecklistNews:
    """The checklist of a ticket that is kept there."""

    ticket: str
    external_id: str
    title: str
    items: tuple[ItemNews, ...]


@dataclass(frozen=True, slots=True)
class CallNews:
    """A telephone call that the service knows of. `number` is the other side's; `agent`: an agent's external id."""

    external_id: str
    direction: Literal["in", "out"]
    number: str
    name: str
    began_at: int
    answered: bool
    seconds: int | None = None
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Passed:
    """A thing that is there and can't be read; it is passed over, and asked for again only when it changes."""

    what: str
    why: str


HelpdeskRecord = (
    AgentNews
    | CustomerNews
    | TicketNews
    | MessageNews
    | TicketGone
    | SnippetNews
    | ViewNews
    | ChecklistNews
    | CallNews
    | Passed
)


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file that goes along with a message, and where its bytes lie."""

    name: str
    type: str
    path: Path


@dataclass(frozen=True, slots=True)
class WriteMessage:
    """Put an agent's words on a ticket: to the customer, or among agents. There are words, or a file, or both.

    `key`: 32 hexadecimal digits that no other operation has; it goes along where the service has a place for it.
    `recipients` and `copies`: addresses, where they were changed from the ticket's own; empty: whoever the ticket says.
    `version`: that of the newest state that is known here; `seen`: the external id of the newest message that is.
    `begun_at`: when it was written; a look for it need not go back further.
    """

    key: str
    ticket: str
    kind: Literal["reply", "note"]
    body: str
    recipients: tuple[str, ...]
    copies: tuple[str, ...]
    files: tuple[OutgoingFile, ...]
    version: str
    seen: str
    begun_at: int


@dataclass(frozen=True, slots=True)
class ChangeTicket:
    """Set these fields of a ticket; None: as it is. `assignee`: an agent's external id, empty: nobody.

    `label`: the service's own word that the status had when it was known to be of that category, to be used again
    where there are several; empty: the service's usual one. `changed_at`: when the agent did it.
    """

    key: str
    ticket: str
    version: str
    changed_at: int
    status: Status | None = None
    label: str = ""
    priority: Priority | None = None
    assignee: str | None = None
    queue: str | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MergeTicket:
    """Let a ticket become part of another one."""

    key: str
    ticket: str
    into: str
    begun_at: int


@dataclass(frozen=True, slots=True)
class TickItem:
    """Say of one step of a checklist that is kept there whether it is done."""

    key: str
    ticket: str
    checklist: str
    item: str
    done: bool
    begun_at: int


HelpdeskOperation = WriteMessage | ChangeTicket | MergeTicket | TickItem
