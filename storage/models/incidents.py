"""Incidents: one trouble of many customers, who are all told."""

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from storage.models.columns import NEVER_REUSED, key, uid


class Incident(SQLModel, table=True):
    """A trouble that many have. `state`: looking, found, watching, over. `notice` is what customers are told.

    `next_update_at`: when they hear of it again at the latest.
    """

    id: int | None = key()
    uid: bytes = uid()
    title: str
    state: str
    notice: str = ""
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    next_update_at: int | None = None
    created_at: int
    over_at: int | None = None

    __table_args__ = (
        Index("incident_open", "next_update_at", "id", sqlite_where=text("state<>'over'")),
        NEVER_REUSED,
    )


class IncidentTicket(SQLModel, table=True):
    """Which tickets belong to an incident. `state`: linked, or dismissed where a suggestion was none."""

    incident_id: int = Field(foreign_key="incident.id", primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True)
    state: str
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    at: int

    __tablename__ = "incident_ticket"
    __table_args__ = (Index("incident_ticket_ticket", "ticket_id", "incident_id"), {"sqlite_with_rowid": False})


class IncidentUpdate(SQLModel, table=True):
    """One text that went to the customers of all linked tickets."""

    id: int | None = key()
    uid: bytes = uid()
    incident_id: int = Field(foreign_key="incident.id", index=True)
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    text: str
    at: int
    tickets: int

    __tablename__ = "incident_update"
    __table_args__ = (NEVER_REUSED,)
