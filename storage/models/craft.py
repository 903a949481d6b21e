"""What an agent works with: views, snippets, checklists."""

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.models.columns import NEVER_REUSED, key, uid


class View(SQLModel, table=True):
    """A saved filter with its order; `position` is its digit. `sort` is one of storage.queue's orders."""

    id: int | None = key()
    uid: bytes = uid()
    position: int
    name: str
    query: str
    sort: str = "due"

    __table_args__ = (NEVER_REUSED,)


class Snippet(SQLModel, table=True):
    """A piece of text at hand; with `actions` (as desk.snippets writes them) it is a macro. `keywords` have commas."""

    id: int | None = key()
    uid: bytes = uid()
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

    __table_args__ = (
        Index("snippet_trigger", "trigger", unique=True, sqlite_where=text("trigger<>''")),
        NEVER_REUSED,
    )


class Checklist(SQLModel, table=True):
    """A template of the team's own or a starter's, as the TOML that desk.checklists reads.

    `ticket_id`: the one ticket that it is for, where a helpdesk has told it; nobody is offered it on another.
    """

    key: str = Field(primary_key=True)
    title: str
    content: str
    position: int = 0
    updated_at: int
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id")

    __table_args__ = (Index("checklist_ticket", "ticket_id", sqlite_where=text("ticket_id IS NOT NULL")),)


class ChecklistRun(SQLModel, table=True):
    """One checklist on one ticket. Its steps are those of the template by key."""

    id: int | None = key()
    uid: bytes = uid()
    ticket_id: int = Field(foreign_key="ticket.id", index=True)
    checklist_key: str
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    started_at: int

    __tablename__ = "checklist_run"
    __table_args__ = (
        UniqueConstraint("ticket_id", "checklist_key"),
        Index("checklist_run_started", "started_at"),
        NEVER_REUSED,
    )


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


class Setting(SQLModel, table=True):
    """A value that belongs to the workspace rather than to a person's configuration file."""

    key: str = Field(primary_key=True)
    value: str
