"""What storage hands to screens, and screens to widgets: frozen, cleaned, complete for the one place that shows it.

Times are microseconds UTC. `me` in a record means the agent who sits at this console.
"""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    # The console's start would wait 7 ms for what only names a type.
    from collections.abc import Mapping

    from desk.clocks import Clock
    from desk.flags import Flag
    from desk.lookup import IdentityKind
    from desk.mail.quotes import Fold
    from desk.money import Money


class ViewRow(NamedTuple):
    """A saved filter; `position` is the digit that opens it."""

    id: int
    position: int
    name: str
    query: str
    sort: str


class AgentRow(NamedTuple):
    """A person of the team."""

    id: int
    handle: str
    name: str


class TicketRow(NamedTuple):
    """One line of the queue; a named tuple, since a frozen dataclass takes eight times as long to make."""

    id: int
    uid: bytes
    number: int
    subject: str
    preview: str
    status: int
    priority: int
    channel: str
    customer_id: int | None
    customer_uid: bytes | None
    customer: str
    assignee: str
    mood: int
    contacts: int
    message_count: int
    created_at: int
    updated_at: int
    due_at: int | None
    promised_at: int | None
    snoozed_until: int | None
    unread: bool
    tags: tuple[str, ...]
    warns_at: int | None = None
    source_id: int | None = None


class Mark(NamedTuple):
    """What else stands over a ticket, in the ink of how it is to be taken."""

    words: str
    ink: str


class PromiseRow(NamedTuple):
    """What a customer was told. `state`: open, kept, broken, withdrawn; `agent` is empty where a machine of ours did.

    `target_at` is the inner target, which raises the ticket before the promise is due.
    """

    id: int
    ticket_id: int
    number: int
    words: str
    made_at: int
    due_at: int
    target_at: int
    state: str
    settled_at: int | None
    agent: str


class Standing(NamedTuple):
    """What a helpdesk says of a ticket. `label`: its status there; `url`: its own page; `fields`: its custom fields.

    `final`: what is written to it begins another ticket there. `gone_at`: since when it is there no more.
    """

    source: str
    kind: str
    number: str
    label: str
    priority_label: str
    url: str
    final: bool
    gone_at: int | None
    fields: "Mapping[str, str]"


class Ticket(NamedTuple):
    """One ticket, open on the screen. `suggested`: numbers of tickets that may be the same matter, by subject.

    `promises` are the open ones, as they come due. `standing`: how it is at its helpdesk, where it is of one.
    """

    row: TicketRow
    assignee_id: int | None
    team: str
    queue: str
    goal: str
    summary: str
    choice: str
    watchers: tuple[str, ...]
    suggested: tuple[int, ...]
    merged_into: int | None
    solved_at: int | None
    marks: tuple[Mark, ...] = ()
    clocks: "tuple[Clock, ...]" = ()
    promises: tuple[PromiseRow, ...] = ()
    standing: Standing | None = None


class AttachmentRow(NamedTuple):
    """A file of a message; `digest` is the SHA-256 that its bytes are kept under.

    `away`: they lie at a helpdesk. Then `asked` is whether they are wanted, `done` how many have come, and `said` why
    they can't.
    """

    id: int
    name: str
    type: str
    size: int
    digest: bytes
    inline: bool
    away: bool = False
    asked: bool = False
    done: int = 0
    said: str = ""


class Message(NamedTuple):
    """One entry of a conversation. `kind`: inbound, outbound, note, call, event.

    `author` is the name to show. `folds` are line ranges of `body` to fold. `delivery` is the state of its outbox row
    (undoable, waiting, held, failed, bounced, sent, dropped), empty where it never went through the outbox; `ready_at`
    is when the undo time ends; `trouble` says what went wrong, and with whom. An event has its words in `body`.
    """

    id: int
    uid: bytes
    kind: str
    at: int
    author: str
    sender: str
    recipients: str
    copies: str
    subject: str
    body: str
    folds: "tuple[Fold, ...]"
    attachments: tuple[AttachmentRow, ...]
    html: bool
    automatic: str
    bounce: str
    unparsed: bool
    trackers: int
    delivery: str
    ready_at: int | None
    seconds: int | None
    trouble: str = ""


class IdentityRow(NamedTuple):
    """One way to know a customer; `known` is False for a maybe."""

    id: int
    kind: "IdentityKind"
    value: str
    known: bool


class CustomerCard(NamedTuple):
    """Everything about a customer that an agent sees without a further key."""

    id: int
    uid: bytes
    name: str
    organization: str
    plan: str
    since: int | None
    note: str
    mood: int
    flags: "tuple[Flag, ...]"
    details: tuple[tuple[str, str], ...]
    identities: tuple[IdentityRow, ...]
    open_tickets: int
    all_tickets: int
    contacts_today: int
    contacts_week: int
    contacted_at: int | None
    promised_at: int | None
    recent: tuple[TicketRow, ...]
    value: "Money | None" = None


class TickRow(NamedTuple):
    """A step of a run: `state` is done or skipped; a skip has its reason, a field its text."""

    step: str
    state: str
    agent: str
    at: int
    reason: str
    text: str


class RunRow(NamedTuple):
    """One checklist on one ticket; the steps' wording comes from the template of that key."""

    id: int
    checklist: str
    ticks: tuple[TickRow, ...]


class DraftRow(NamedTuple):
    """What an agent is writing. `kind`: reply, reply_all, note, forward. `cursor` is an offset into `body`."""

    ticket_id: int
    agent_id: int
    kind: str
    recipients: str
    copies: str
    subject: str
    body: str
    attachments: tuple[str, ...]
    cursor: int
    seen_inbound_id: int | None
    updated_at: int


class OutboxRow(NamedTuple):
    """A deed on its way out; `operation` is its uid. `doubtful`: it is held since it may have arrived."""

    id: int
    operation: bytes
    ticket_id: int
    ticket_number: int
    subject: str
    kind: str
    state: str
    created_at: int
    ready_at: int
    tries: int
    error: str
    doubtful: bool = False
