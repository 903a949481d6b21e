"""The schema, written once. Only the write side and the migrations import this: SQLModel costs 320 ms.

Rows that may travel between machines have a `uid` (UUIDv7) beside their local integer `id`. Times are integer
microseconds UTC, money integer minor units, text NFC and already cleaned. JSON is kept as text.
"""

from sqlalchemy import BLOB, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from desk.ids import new_uid


def _key() -> int | None:
    return Field(default=None, primary_key=True)


def _uid() -> bytes:
    return Field(default_factory=new_uid, sa_column=Column(BLOB, nullable=False, unique=True))


def _blob() -> bytes | None:
    return Field(default=None, sa_column=Column(BLOB, nullable=True))


class Organization(SQLModel, table=True):
    """A company or household that customers belong to."""

    id: int | None = _key()
    uid: bytes = _uid()
    name: str = Field(index=True)
    domain: str = ""
    note: str = ""
    created_at: int


class Source(SQLModel, table=True):
    """Where records come from: an import, a mailbox, a helpdesk."""

    id: int | None = _key()
    uid: bytes = _uid()
    kind: str
    name: str = Field(unique=True)
    settings: str = "{}"
    created_at: int


class Cursor(SQLModel, table=True):
    """How far a stream of a source has been read; committed together with the page it stands for."""

    source_id: int = Field(foreign_key="source.id", primary_key=True)
    stream: str = Field(primary_key=True)
    value: str
    updated_at: int


class Customer(SQLModel, table=True):
    """A person who writes or calls. `recency` ranks customers by their last contact, the newest highest."""

    id: int | None = _key()
    uid: bytes = _uid()
    name: str
    organization_id: int | None = Field(default=None, foreign_key="organization.id")
    since: int | None = None
    plan: str = ""
    note: str = ""
    mood: int = 0
    flags: str = "[]"
    details: str = "{}"
    contacted_at: int | None = None
    recency: int = Field(unique=True)
    merged_into_id: int | None = Field(default=None, foreign_key="customer.id")
    source_id: int | None = Field(default=None, foreign_key="source.id")
    external_id: str | None = None
    created_at: int
    updated_at: int

    __table_args__ = (
        Index("customer_external", "source_id", "external_id", sqlite_where=text("external_id IS NOT NULL")),
    )


class Identity(SQLModel, table=True):
    """One way to know a customer; `known` once confirmed, otherwise a maybe. Kinds: desk.lookup.IdentityKind."""

    id: int | None = _key()
    customer_id: int = Field(foreign_key="customer.id")
    kind: int
    value: str
    normal: str
    known: bool = True
    source_id: int | None = Field(default=None, foreign_key="source.id")

    __table_args__ = (UniqueConstraint("customer_id", "kind", "normal"),)


class Agent(SQLModel, table=True):
    """A person of the team. `handle` is what `assignee:` takes."""

    id: int | None = _key()
    uid: bytes = _uid()
    handle: str = Field(unique=True)
    name: str
    email: str = ""
    role: str = "agent"
    created_at: int


class Team(SQLModel, table=True):
    """A group of agents."""

    id: int | None = _key()
    uid: bytes = _uid()
    name: str = Field(unique=True)
    created_at: int


class Membership(SQLModel, table=True):
    """Which agent is in which team."""

    team_id: int = Field(foreign_key="team.id", primary_key=True)
    agent_id: int = Field(foreign_key="agent.id", primary_key=True)


class Queue(SQLModel, table=True):
    """A line that tickets stand in, worked by a team."""

    id: int | None = _key()
    uid: bytes = _uid()
    name: str = Field(unique=True)
    team_id: int | None = Field(default=None, foreign_key="team.id")
    created_at: int


class Channel(SQLModel, table=True):
    """A way in (email, phone, chat …) with its first-response target in seconds."""

    id: int | None = _key()
    key: str = Field(unique=True)
    label: str
    target: int


class Ticket(SQLModel, table=True):
    """One matter of one customer. Active is `status < 3`; queries on active tickets must repeat that very term.

    `mood`: 0 calm to 3 angry. `contacts`: inbound messages and calls of the customer in the week before the newest.
    `due_at`: when the next thing is due, the order of the queue. `unread`: the newest inbound message has not been opened.
    """

    id: int | None = _key()
    uid: bytes = _uid()
    number: int = Field(unique=True)
    subject: str
    preview: str = ""
    status: int = 0
    priority: int = 1
    channel_id: int = Field(foreign_key="channel.id")
    customer_id: int | None = Field(default=None, foreign_key="customer.id")
    assignee_id: int | None = Field(default=None, foreign_key="agent.id")
    team_id: int | None = Field(default=None, foreign_key="team.id")
    queue_id: int | None = Field(default=None, foreign_key="queue.id")
    source_id: int | None = Field(default=None, foreign_key="source.id")
    external_id: str | None = None
    mood: int = 0
    contacts: int = 0
    unread: bool = True
    goal: str = ""
    summary: str = ""
    choice: str = ""
    merged_into_id: int | None = Field(default=None, foreign_key="ticket.id")
    message_count: int = 0
    created_at: int
    updated_at: int
    inbound_at: int | None = None
    outbound_at: int | None = None
    first_response_at: int | None = None
    due_at: int | None = None
    promised_at: int | None = None
    snoozed_until: int | None = None
    solved_at: int | None = None

    __table_args__ = (
        Index("ticket_active_due", "due_at", "id", sqlite_where=text("status<3")),
        Index("ticket_active_assignee", "assignee_id", "status", "due_at", "id", sqlite_where=text("status<3")),
        Index(
            "ticket_active_team", "team_id", "status", "due_at", "id", "assignee_id", sqlite_where=text("status<3")
        ),
        Index("ticket_active_channel", "channel_id", "status", "due_at", "id", sqlite_where=text("status<3")),
        Index("ticket_active_updated", text("updated_at DESC"), text("id DESC"), sqlite_where=text("status<3")),
        Index("ticket_active_mood", "mood", "due_at", "id", sqlite_where=text("status<3 AND mood>0")),
        Index("ticket_active_promised", "promised_at", "id", sqlite_where=text("status<3 AND promised_at IS NOT NULL")),
        Index("ticket_snoozed", "snoozed_until", "id", sqlite_where=text("status<3 AND snoozed_until IS NOT NULL")),
        Index("ticket_updated", text("updated_at DESC"), text("id DESC")),
        Index("ticket_solved", "solved_at", "updated_at", sqlite_where=text("status>=3")),
        Index("ticket_customer", "customer_id", text("updated_at DESC")),
        Index("ticket_external", "source_id", "external_id", sqlite_where=text("external_id IS NOT NULL")),
    )


class Message(SQLModel, table=True):
    """One entry of a conversation. Kinds: inbound, outbound, note, call, event (as in `heard show --json`).

    `body` is the whole readable text; `folds` is JSON, a list of [start line, end line (exclusive), kind], the parts
    that are shown folded (quotes, signatures). `digest` is the SHA-256 of the raw bytes that it was made from, so that
    the same mail is never taken in twice. `raw` names the attachment file of the raw bytes where they are kept
    (always for an unparsed mail). `automatic` says why nothing may answer it by itself, empty for a person's mail.
    """

    id: int | None = _key()
    uid: bytes = _uid()
    ticket_id: int = Field(foreign_key="ticket.id")
    kind: str
    at: int
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    customer_id: int | None = Field(default=None, foreign_key="customer.id")
    sender: str = ""
    recipients: str = ""
    copies: str = ""
    subject: str = ""
    body: str = ""
    folds: str = "[]"
    html: bool = False
    automatic: str = ""
    bounce: str = ""
    unparsed: bool = False
    trackers: int = 0
    message_id: str | None = None
    in_reply_to: str | None = None
    digest: bytes | None = _blob()
    raw: bytes | None = _blob()
    source_id: int | None = Field(default=None, foreign_key="source.id")
    external_id: str | None = None
    seconds: int | None = None

    __table_args__ = (
        Index("message_ticket", "ticket_id", "at", "id"),
        Index("message_message_id", "message_id", sqlite_where=text("message_id IS NOT NULL")),
        Index("message_digest", "digest", sqlite_where=text("digest IS NOT NULL")),
        Index("message_customer", "customer_id", text("at DESC")),
        Index("message_external", "source_id", "external_id", sqlite_where=text("external_id IS NOT NULL")),
    )


class MessageReference(SQLModel, table=True):
    """A Message-ID that a message's References or In-Reply-To named: how a late parent finds its children."""

    message_id: str = Field(primary_key=True)
    child_id: int = Field(foreign_key="message.id", primary_key=True)

    __tablename__ = "message_reference"
    __table_args__ = ({"sqlite_with_rowid": False},)


class Suggestion(SQLModel, table=True):
    """A thread that a mail might belong to, by subject alone: shown to the agent, never joined by itself."""

    id: int | None = _key()
    ticket_id: int = Field(foreign_key="ticket.id", index=True)
    other_ticket_id: int = Field(foreign_key="ticket.id")
    reason: str
    created_at: int
    dismissed_at: int | None = None

    __table_args__ = (UniqueConstraint("ticket_id", "other_ticket_id"),)


class Attachment(SQLModel, table=True):
    """A file of a message; its bytes lie in the attachments folder under their SHA-256 (`digest`)."""

    id: int | None = _key()
    uid: bytes = _uid()
    message_id: int = Field(foreign_key="message.id", index=True)
    name: str
    type: str
    size: int
    digest: bytes = Field(sa_column=Column(BLOB, nullable=False))
    content_id: str = ""
    inline: bool = False


class Tag(SQLModel, table=True):
    """A word that tickets are marked with."""

    id: int | None = _key()
    name: str = Field(unique=True)


class TicketTag(SQLModel, table=True):
    """Which ticket has which tag."""

    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True)
    tag_id: int = Field(foreign_key="tag.id", primary_key=True)

    __tablename__ = "ticket_tag"
    __table_args__ = (Index("ticket_tag_tag", "tag_id", "ticket_id"), {"sqlite_with_rowid": False})


class ActiveTag(SQLModel, table=True):
    """The tags of active tickets alone, kept by triggers: a tag's view must not walk its closed years."""

    tag_id: int = Field(primary_key=True)
    ticket_id: int = Field(primary_key=True)

    __tablename__ = "active_tag"
    __table_args__ = ({"sqlite_with_rowid": False},)


class Watch(SQLModel, table=True):
    """Which agent watches which ticket."""

    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True)
    agent_id: int = Field(foreign_key="agent.id", primary_key=True)


class View(SQLModel, table=True):
    """A saved filter with its order; `position` is its digit. `sort` is one of storage.queue's orders."""

    id: int | None = _key()
    uid: bytes = _uid()
    position: int
    name: str
    query: str
    sort: str = "due"


class Snippet(SQLModel, table=True):
    """A piece of text at hand; with `actions` (TOML of desk.snippets) it is a macro. `keywords` are separated by commas."""

    id: int | None = _key()
    uid: bytes = _uid()
    title: str
    trigger: str = ""
    folder: str = ""
    keywords: str = ""
    body: str
    actions: str = ""
    uses: int = 0
    used_at: int | None = None
    created_at: int
    updated_at: int

    __table_args__ = (Index("snippet_trigger", "trigger", unique=True, sqlite_where=text("trigger<>''")),)


class Checklist(SQLModel, table=True):
    """A template of the team's own or a starter's, as the TOML that desk.checklists reads."""

    key: str = Field(primary_key=True)
    title: str
    content: str
    position: int = 0
    updated_at: int


class ChecklistRun(SQLModel, table=True):
    """One checklist on one ticket. Its steps are those of the template by key."""

    id: int | None = _key()
    uid: bytes = _uid()
    ticket_id: int = Field(foreign_key="ticket.id", index=True)
    checklist_key: str
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    started_at: int

    __tablename__ = "checklist_run"
    __table_args__ = (UniqueConstraint("ticket_id", "checklist_key"),)


class ChecklistTick(SQLModel, table=True):
    """A step done or skipped (`reason` set), by whom and when, with what was written into its field."""

    run_id: int = Field(foreign_key="checklist_run.id", primary_key=True)
    step: str = Field(primary_key=True)
    state: str
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    at: int
    reason: str = ""
    text: str = ""

    __tablename__ = "checklist_tick"


class Draft(SQLModel, table=True):
    """What an agent is writing on a ticket, saved as typed. `seen_inbound_id`: the customer's newest message when begun."""

    id: int | None = _key()
    ticket_id: int = Field(foreign_key="ticket.id")
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    kind: str
    recipients: str = ""
    copies: str = ""
    subject: str = ""
    body: str = ""
    attachments: str = "[]"
    cursor: int = 0
    seen_inbound_id: int | None = None
    updated_at: int

    __table_args__ = (UniqueConstraint("ticket_id", "agent_id", "kind"),)


class Event(SQLModel, table=True):
    """One thing that was done: history, undo and audit in one. Rows of one deed share `deed`.

    `data` is JSON; a change of a field has {"field", "before", "after"}. `undone_by` names the deed that took it back.
    """

    id: int | None = _key()
    deed: bytes = Field(sa_column=Column(BLOB, nullable=False, index=True))
    kind: str
    at: int
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id")
    customer_id: int | None = Field(default=None, foreign_key="customer.id")
    message_id: int | None = Field(default=None, foreign_key="message.id")
    data: str = "{}"
    undone_by: bytes | None = _blob()

    __table_args__ = (
        Index("event_ticket", "ticket_id", "at"),
        Index("event_customer", "customer_id", "at"),
        Index("event_kind", "kind", "at"),
    )


class Outbox(SQLModel, table=True):
    """A deed on its way out. `uid` is the operation's id, which travels with it. `ready_at`: until then it can be taken back.

    States: undoable, waiting, held, failed, sent, dropped. A row without a source belongs to this workspace alone.
    """

    id: int | None = _key()
    uid: bytes = _uid()
    deed: bytes = Field(sa_column=Column(BLOB, nullable=False, index=True))
    ticket_id: int = Field(foreign_key="ticket.id", index=True)
    message_id: int | None = Field(default=None, foreign_key="message.id")
    source_id: int | None = Field(default=None, foreign_key="source.id")
    kind: str
    payload: str = "{}"
    state: str
    created_at: int
    ready_at: int
    sent_at: int | None = None
    tries: int = 0
    error: str = ""

    __table_args__ = (Index("outbox_open", "state", "ready_at", sqlite_where=text("state NOT IN ('sent','dropped')")),)


class Setting(SQLModel, table=True):
    """A value that belongs to the workspace rather than to a person's configuration file."""

    key: str = Field(primary_key=True)
    value: str
