"""What the team has learnt: answers that are known, causes that are to be mended, snippets as they are really used."""

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from storage.models.columns import NEVER_REUSED, key, uid


class KnownAnswer(SQLModel, table=True):
    """The question that a snippet answers, and the ticket that it was learnt from."""

    snippet_id: int = Field(foreign_key="snippet.id", primary_key=True)
    question: str
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id")
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    captured_at: int

    __tablename__ = "known_answer"


class SnippetUse(SQLModel, table=True):
    """A snippet that left in a message. `snippet_id` may name one that is gone; its title stays.

    `changed` is how much of it the agent changed, in thousandths; `text` is what it had become.
    """

    id: int | None = key()
    snippet_id: int
    title: str
    ticket_id: int = Field(foreign_key="ticket.id")
    message_id: int = Field(foreign_key="message.id", index=True)
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    at: int
    changed: int
    text: str

    __tablename__ = "snippet_use"
    __table_args__ = (Index("snippet_use_snippet", "snippet_id", "at"), Index("snippet_use_at", "at"), NEVER_REUSED)


class Task(SQLModel, table=True):
    """Something to do after a conversation, mostly what Diagnose found. `state`: open, done. `cause` groups them."""

    id: int | None = key()
    uid: bytes = uid()
    title: str
    cause: str = ""
    state: str = "open"
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    assignee_id: int | None = Field(default=None, foreign_key="agent.id")
    created_at: int
    due_at: int | None = None
    done_at: int | None = None

    __table_args__ = (Index("task_open", "due_at", "id", sqlite_where=text("state='open'")), NEVER_REUSED)


class TaskTicket(SQLModel, table=True):
    """Which tickets a task came from."""

    task_id: int = Field(foreign_key="task.id", primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True)

    __tablename__ = "task_ticket"
    __table_args__ = (Index("task_ticket_ticket", "ticket_id", "task_id"), {"sqlite_with_rowid": False})
