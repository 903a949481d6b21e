"""What the numbers of the live board are counted from: the facts of tickets, and which tickets have changed since.

All of it follows from messages, history and tickets, and can be counted anew at any time (storage.statistics). Nothing
here points to a ticket by a foreign key: a ticket that goes is noted as changed, and its facts go when that is settled.
"""

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from storage.models.columns import key


class StaleTicket(SQLModel, table=True):
    """A ticket that has changed since its facts were counted, noted by triggers."""

    ticket_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})

    __tablename__ = "stale_ticket"


class TicketFact(SQLModel, table=True):
    """One thing that happened on a ticket, as desk.metrics.facts says it; `at` is when it counts."""

    id: int | None = key()
    ticket_id: int
    kind: int
    at: int
    channel_id: int
    took: int | None = None
    in_hours: int | None = None
    met: int | None = None
    until: int | None = None

    __tablename__ = "ticket_fact"
    __table_args__ = (
        Index("ticket_fact_ticket", "ticket_id"),
        # Whoever reads a day of one kind needs nothing else.
        Index("ticket_fact_kind", "kind", "at", "ticket_id", "channel_id", "took", "in_hours", "met", "until"),
    )


class FactDay(SQLModel, table=True):
    """How often the facts of a kind and a day (since 1970, UTC) have changed: who has read them needn't read again."""

    kind: int = Field(primary_key=True)
    day: int = Field(primary_key=True)
    changes: int

    __tablename__ = "fact_day"
    __table_args__ = ({"sqlite_with_rowid": False},)
