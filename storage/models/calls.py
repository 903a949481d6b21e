"""Calls: from the first ring to the end of the wrap-up."""

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from storage.models.columns import NEVER_REUSED, key, uid


class Call(SQLModel, table=True):
    """One call, kept from its first ring on, so that a crash in the middle of it loses nothing.

    `direction`: in, out. `state`: ringing, talking, held, wrapping (hung up, not yet written down), done, missed
    (nobody took it). `way` is where it was heard of (console, pop, baresip, asterisk, cti) and `external_id` its id
    there, so that two rings of one call are one row. `number` is what the other side showed, empty where it was
    withheld; `caller` is the name that it showed. `held_at` is when the present hold began, `held_seconds` what the
    earlier ones took. `notes` are saved as they are typed. `message_id` is the message of channel phone that it became.
    """

    id: int | None = key()
    uid: bytes = uid()
    direction: str = "in"
    state: str
    way: str
    external_id: str = ""
    number: str = ""
    caller: str = ""
    customer_id: int | None = Field(default=None, foreign_key="customer.id")
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id")
    message_id: int | None = Field(default=None, foreign_key="message.id")
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    rang_at: int
    answered_at: int | None = None
    held_at: int | None = None
    held_seconds: int = 0
    ended_at: int | None = None
    wrapped_at: int | None = None
    goal: str = ""
    notes: str = ""
    outcome: str = ""
    follow_up: str = ""
    follow_up_at: int | None = None

    __table_args__ = (
        Index("call_external", "way", "external_id", unique=True, sqlite_where=text("external_id<>''")),
        Index("call_open", "state", "agent_id", sqlite_where=text("state NOT IN ('done','missed')")),
        Index("call_rang", "rang_at"),
        Index("call_customer", "customer_id", text("rang_at DESC")),
        Index("call_ticket", "ticket_id", sqlite_where=text("ticket_id IS NOT NULL")),
        NEVER_REUSED,
    )
