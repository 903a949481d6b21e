"""What the sync process knows of the other side: how each source is doing, and where each mail lies there."""

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


class SourceState(SQLModel, table=True):
    """How a source is doing. Written by the sync process, read by every screen; absent until the first try.

    `state`: syncing, idle, away (not reached), stuck (whatever else doesn't go again and again), denied. `said` and
    `mend` are the last error in plain words, empty when all is well.
    `done` and `total` count a first sync's records. `asked_at`: when a person asked for a round at once. `claims`:
    whether the agents who share it can show each other there who has what, as far as that is known.
    """

    source_id: int = Field(foreign_key="source.id", primary_key=True)
    state: str
    said: str = ""
    mend: str = ""
    tried_at: int | None = None
    synced_at: int | None = None
    next_at: int | None = None
    failures: int = 0
    done: int = 0
    total: int = 0
    asked_at: int = 0
    claims: bool = True

    __tablename__ = "source_state"


class MailCopy(SQLModel, table=True):
    """Where a message lies in a mailbox: a folder (`stream`), its UIDVALIDITY and the mail's UID in it.

    One message can lie in several folders. A mail that is gone there loses its row here, never its message.
    """

    source_id: int = Field(foreign_key="source.id", primary_key=True)
    stream: str = Field(primary_key=True)
    validity: int = Field(primary_key=True)
    uid: int = Field(primary_key=True)
    message_id: int = Field(foreign_key="message.id")
    flags: str = ""

    __tablename__ = "mail_copy"
    __table_args__ = (Index("mail_copy_message", "message_id"), {"sqlite_with_rowid": False})
