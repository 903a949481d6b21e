"""What the team has learnt: answers that are known, causes that are to be mended, snippets as they are really used."""

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from storage.models.columns import NEVER_REUSED, key, needed_bytes, uid


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

    `inserted` is the snippet as it stood in the library then, `text` what it had become, `changed` how much of its own
    words the agent changed, in thousandths.
    """

    id: int | None = key()
    snippet_id: int
    title: str
    ticket_id: int = Field(foreign_key="ticket.id")
    message_id: int = Field(foreign_key="message.id", index=True)
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    at: int
    changed: int
    inserted: str
    text: str

    __tablename__ = "snippet_use"
    __table_args__ = (Index("snippet_use_snippet", "snippet_id", "at"), Index("snippet_use_at", "at"), NEVER_REUSED)


class Writing(SQLModel, table=True):
    """What is remembered with a draft besides its words: when it was begun, and which snippets went in.

    `snippets` is JSON, a list of [snippet, its title, its text as it stood in the library].
    """

    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True)
    agent_id: int = Field(foreign_key="agent.id", primary_key=True)
    kind: str = Field(primary_key=True)
    begun_at: int | None = None
    snippets: str = "[]"

    __table_args__ = ({"sqlite_with_rowid": False},)


class AnswerGroup(SQLModel, table=True):
    """Sent replies that say the same; `sketch` is that of the first of them (desk.knowledge.similar)."""

    id: int | None = Field(default=None, primary_key=True)
    sketch: bytes = needed_bytes()

    __tablename__ = "answer_group"


class AnswerMember(SQLModel, table=True):
    """Which group a sent reply belongs to. `message_id` may name one that is gone."""

    message_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    group_id: int = Field(foreign_key="answer_group.id")
    at: int

    __tablename__ = "answer_member"
    __table_args__ = (Index("answer_member_group", "group_id", "at"), Index("answer_member_at", "at", "group_id"))


class AnswerKey(SQLModel, table=True):
    """The few hashes by which a group is found again."""

    key: int = Field(primary_key=True)
    group_id: int = Field(foreign_key="answer_group.id", primary_key=True)

    __tablename__ = "answer_key"
    __table_args__ = ({"sqlite_with_rowid": False},)


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
