"""Tickets and what was said on them."""

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.models.columns import NEVER_REUSED, key, needed_bytes, optional_bytes, uid


class Ticket(SQLModel, table=True):
    """One matter of one customer. Active is `status < 3`; queries on active tickets must repeat that very term.

    `mood`: 0 calm to 3 angry. `contacts`: the customer's messages and calls in the week before the newest of them.
    `due_at`: when the next thing is due, the order of the queue; from `warns_at` on its row says so.
    `unread`: nobody opened the newest inbound message.
    `details`: what else a source says of it, JSON of texts by name.
    """

    id: int | None = key()
    uid: bytes = uid()
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
    details: str = "{}"
    merged_into_id: int | None = Field(default=None, foreign_key="ticket.id")
    message_count: int = 0
    created_at: int
    updated_at: int
    inbound_at: int | None = None
    outbound_at: int | None = None
    first_response_at: int | None = None
    due_at: int | None = None
    warns_at: int | None = None
    promised_at: int | None = None
    snoozed_until: int | None = None
    solved_at: int | None = None

    __table_args__ = (
        # The first column is what a view asks for, then comes its order, then what is only looked at: so a page is
        # read in order and stops, and a count never touches the table. `due_at` is sorted with its NULLs last, which
        # SQLite does without sorting where the column follows those that are fixed.
        Index(
            "ticket_active_due",
            *("due_at", "id", "status", "snoozed_until", "assignee_id", "team_id", "queue_id", "channel_id"),
            *("priority", "mood", "unread", "promised_at", "created_at", "updated_at", "source_id"),
            sqlite_where=text("status<3"),
        ),
        Index(
            "ticket_active_assignee",
            *("assignee_id", "due_at", "id", "status", "snoozed_until"),
            *("priority", "created_at", "updated_at"),
            sqlite_where=text("status<3"),
        ),
        Index(
            "ticket_active_team",
            *("team_id", "due_at", "id", "status", "snoozed_until", "assignee_id"),
            *("priority", "created_at", "updated_at", "mood", "promised_at", "contacts"),
            sqlite_where=text("status<3"),
        ),
        Index(
            "ticket_active_queue",
            *("queue_id", "due_at", "id", "status", "snoozed_until", "assignee_id"),
            *("priority", "created_at", "updated_at"),
            sqlite_where=text("status<3"),
        ),
        Index(
            "ticket_active_channel",
            *("channel_id", "due_at", "id", "status", "snoozed_until", "assignee_id"),
            *("priority", "created_at", "updated_at"),
            sqlite_where=text("status<3"),
        ),
        Index(
            "ticket_active_mood",
            *("due_at", "id", "mood", "status", "snoozed_until"),
            sqlite_where=text("status<3 AND mood>0"),
        ),
        Index(
            "ticket_active_promised",
            *("promised_at", "id", "status", "snoozed_until"),
            sqlite_where=text("status<3 AND promised_at IS NOT NULL"),
        ),
        Index(
            "ticket_active_pressing",
            *("priority", "due_at", "id", "status", "snoozed_until", "assignee_id", "created_at", "updated_at"),
            sqlite_where=text("status<3"),
        ),
        Index(
            "ticket_active_priority",
            *(text("priority DESC"), text("ifnull(due_at, 9223372036854775807)"), "id"),
            *("status", "snoozed_until", "created_at", "updated_at"),
            sqlite_where=text("status<3"),
        ),
        Index(
            "ticket_active_updated",
            *(text("updated_at DESC"), text("id DESC"), "status", "snoozed_until", "created_at"),
            sqlite_where=text("status<3"),
        ),
        Index(
            "ticket_active_created",
            *("created_at", "id", "status", "snoozed_until", "updated_at"),
            sqlite_where=text("status<3"),
        ),
        # Few tickets have one of these three times: a list over all years begins with those that do, in their order.
        # `status>=0` is true of every ticket, and only who says so is given these instead of those of active tickets.
        Index("ticket_due", "due_at", "id", "status", sqlite_where=text("due_at IS NOT NULL AND status>=0")),
        Index(
            "ticket_promised", "promised_at", "id", "status", sqlite_where=text("promised_at IS NOT NULL AND status>=0")
        ),
        Index("ticket_snoozed", "snoozed_until", "id", "status", sqlite_where=text("snoozed_until IS NOT NULL")),
        # Likewise `ifnull(team_id, 0)>=0` and the like. They lead to what few tickets have; of what many have, the next
        # hit is near in any order. Their ids alone are half as large as with a time, and stay when a ticket is updated.
        *(
            Index(f"ticket_{of}", f"{of}_id", sqlite_where=text(f"ifnull({of}_id, 0)>=0"))
            for of in ("team", "queue", "channel", "source")
        ),
        Index(
            "ticket_priority",
            *(text("priority DESC"), text("ifnull(due_at, 9223372036854775807)"), "id"),
            sqlite_where=text("ifnull(priority, 0)>=0"),
        ),
        Index("ticket_assignee", "assignee_id", text("updated_at DESC"), text("id DESC")),
        Index("ticket_updated", text("updated_at DESC"), text("id DESC")),
        Index("ticket_created", "created_at", "id"),
        Index("ticket_resolved", "status", text("updated_at DESC"), text("id DESC"), sqlite_where=text("status>=3")),
        Index("ticket_customer", "customer_id", text("updated_at DESC")),
        Index("ticket_merged", "merged_into_id", sqlite_where=text("merged_into_id IS NOT NULL")),
        Index("ticket_external", "source_id", "external_id", sqlite_where=text("external_id IS NOT NULL")),
    )


class TicketCount(SQLModel, table=True):
    """How many tickets have a status, kept by triggers: to count a million takes 8 ms, to read this 5 µs."""

    status: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    tickets: int

    __tablename__ = "ticket_count"


class Message(SQLModel, table=True):
    """One entry of a conversation. Kinds: inbound, outbound, note, call, event (as in `heard show --json`).

    `body` is the whole readable text; `folds` is JSON, a list of [start line, end line (exclusive), kind], the parts
    that are shown folded (quotes, signatures). `digest` is the SHA-256 of the raw bytes that it was made from, so that
    the same mail is never taken in twice. `raw` names the attachment file of the raw bytes where they are kept
    (always for an unparsed mail). `automatic` says why nothing may answer it by itself, empty for a person's mail.
    """

    id: int | None = key()
    uid: bytes = uid()
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
    digest: bytes | None = optional_bytes()
    raw: bytes | None = optional_bytes()
    source_id: int | None = Field(default=None, foreign_key="source.id")
    external_id: str | None = None
    seconds: int | None = None

    __table_args__ = (
        Index("message_ticket", "ticket_id", "at", "id"),
        Index("message_message_id", "message_id", sqlite_where=text("message_id IS NOT NULL")),
        Index("message_digest", "digest", sqlite_where=text("digest IS NOT NULL")),
        Index("message_customer", "customer_id", text("at DESC")),
        Index("message_external", "source_id", "external_id", sqlite_where=text("external_id IS NOT NULL")),
        NEVER_REUSED,
    )


class MessageReference(SQLModel, table=True):
    """A Message-ID that a message's References or In-Reply-To named: how a late parent finds its children."""

    message_id: str = Field(primary_key=True)
    child_id: int = Field(foreign_key="message.id", primary_key=True)

    __tablename__ = "message_reference"
    __table_args__ = (Index("message_reference_child", "child_id"), {"sqlite_with_rowid": False})


class Suggestion(SQLModel, table=True):
    """A thread that a mail might belong to, by subject alone: shown to the agent, never joined by itself."""

    id: int | None = key()
    ticket_id: int = Field(foreign_key="ticket.id", index=True)
    other_ticket_id: int = Field(foreign_key="ticket.id")
    reason: str
    created_at: int
    dismissed_at: int | None = None

    __table_args__ = (UniqueConstraint("ticket_id", "other_ticket_id"),)


class Attachment(SQLModel, table=True):
    """A file of a message; its bytes lie in the attachments folder under their SHA-256 (`digest`).

    No digest: they lie at a helpdesk (RemoteFile) until somebody wants them, and `size` 0 is one that it didn't tell.
    """

    id: int | None = key()
    uid: bytes = uid()
    message_id: int = Field(foreign_key="message.id", index=True)
    name: str
    type: str
    size: int
    digest: bytes = needed_bytes()
    content_id: str = ""
    inline: bool = False

    __table_args__ = (NEVER_REUSED,)


class Tag(SQLModel, table=True):
    """A word that tickets are marked with."""

    id: int | None = key()
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
