"""Gestures that agents may make, and what customers say afterwards."""

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from storage.models.columns import NEVER_REUSED, key, uid


class Gesture(SQLModel, table=True):
    """Something given away. `amount` is in minor units of `currency`.

    `state`: given, waiting (over budget, a supervisor decides), approved, refused. Given and approved ones count.
    `answer` is what the supervisor said to it.
    """

    id: int | None = key()
    uid: bytes = uid()
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id", index=True)
    customer_id: int | None = Field(default=None, foreign_key="customer.id", index=True)
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    team_id: int | None = Field(default=None, foreign_key="team.id")
    kind: str
    amount: int
    currency: str
    reason: str
    state: str
    made_at: int
    decided_at: int | None = None
    decided_by_id: int | None = Field(default=None, foreign_key="agent.id")
    answer: str = ""

    __table_args__ = (
        Index("gesture_agent", "agent_id", "made_at"),
        Index("gesture_team", "team_id", "made_at"),
        Index("gesture_made", "made_at"),
        Index("gesture_waiting", "made_at", "id", sqlite_where=text("state='waiting'")),
        NEVER_REUSED,
    )


class Rating(SQLModel, table=True):
    """A customer's one word on a ticket, and what was done about it.

    `score`: 1 bad, 2 fine, 3 great. `way`: word (a reply's own word) or link (the one press). `answer_id` is the
    message of ours that it is about, which has one rating, the newest; `agent_id` wrote that. `action` is what was
    done on it, empty while nothing was.
    """

    id: int | None = key()
    uid: bytes = uid()
    ticket_id: int = Field(foreign_key="ticket.id", index=True)
    message_id: int | None = Field(default=None, foreign_key="message.id", unique=True)
    answer_id: int | None = Field(default=None, foreign_key="message.id", unique=True)
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    score: int
    words: str = ""
    way: str
    at: int
    action: str = ""
    acted_at: int | None = None
    acted_by_id: int | None = Field(default=None, foreign_key="agent.id")

    __table_args__ = (
        Index("rating_at", "at"),
        Index("rating_score", "score", "ticket_id"),
        Index("rating_unacted", "ticket_id", sqlite_where=text("score=1 AND action=''")),
        NEVER_REUSED,
    )
