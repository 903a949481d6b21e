"""What an agent does: drafts, events, and the outbox."""

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.models.columns import key, needed_bytes, optional_bytes, uid


class Draft(SQLModel, table=True):
    """What an agent is writing, saved as typed. `seen_inbound_id`: the customer's newest message when begun."""

    id: int | None = key()
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


class FormDraft(SQLModel, table=True):
    """One field of a form that somebody left half filled in. What it is about: ids as JSON (storage.form_drafts)."""

    id: int | None = key()
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    form: str
    about: str
    opened_with: str
    field: str
    before: str
    typed: str
    updated_at: int

    __tablename__ = "form_draft"
    __table_args__ = (Index("form_draft_about", "agent_id", "form", "about"),)


class Event(SQLModel, table=True):
    """One thing that was done: history, undo and audit in one. Rows of one deed share `deed`.

    `data` is JSON for people to read; a change of a field has {"field", "before", "after"}. `patch` is JSON for undo
    alone (storage.deeds.patches), empty where nothing can be taken back. `undone_by` names the deed that did so.
    """

    id: int | None = key()
    deed: bytes = needed_bytes(index=True)
    kind: str
    at: int
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id")
    customer_id: int | None = Field(default=None, foreign_key="customer.id")
    message_id: int | None = Field(default=None, foreign_key="message.id")
    data: str = "{}"
    patch: str = ""
    undone_by: bytes | None = optional_bytes()

    __table_args__ = (
        Index("event_ticket", "ticket_id", "at"),
        Index("event_customer", "customer_id", "at"),
        Index("event_kind", "kind", "at"),
        # For a message that is taken back: without this, undo would read all of history.
        Index("event_message", "message_id", sqlite_where=text("message_id IS NOT NULL")),
        # The pile of what an agent can take back, the newest on top.
        Index("event_undoable", "agent_id", "id", sqlite_where=text("patch<>'' AND undone_by IS NULL")),
    )


class Outbox(SQLModel, table=True):
    """A deed on its way out. `uid`, the operation's id, travels with it; until `ready_at` it can be taken back.

    States: undoable, waiting, sending, handed, held, failed, sent, dropped. A row without a source
    belongs to this workspace alone.
    """

    id: int | None = key()
    uid: bytes = uid()
    deed: bytes = needed_bytes(index=True)
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

    __table_args__ = (
        Index("outbox_open", "state", "ready_at", sqlite_where=text("state NOT IN ('sent','dropped')")),
        Index("outbox_message", "message_id", sqlite_where=text("message_id IS NOT NULL")),
    )
