"""What customers were told, and by when the desk itself means to keep it."""

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from storage.models.columns import NEVER_REUSED, key, uid


class Promise(SQLModel, table=True):
    """Something that a customer was told will have happened by a time; the inner target is earlier.

    `state`: open, kept, broken, withdrawn. `words` are those of the sent text. What is due first of a ticket's open
    promises stands on it as `promised_at`; `target_at` raises the ticket.
    """

    id: int | None = key()
    uid: bytes = uid()
    ticket_id: int = Field(foreign_key="ticket.id", index=True)
    message_id: int | None = Field(default=None, foreign_key="message.id")
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    words: str
    made_at: int
    due_at: int
    target_at: int
    state: str = "open"
    settled_at: int | None = None

    __table_args__ = (
        Index("promise_open", "target_at", "ticket_id", sqlite_where=text("state='open'")),
        Index("promise_made", "made_at"),
        NEVER_REUSED,
    )
