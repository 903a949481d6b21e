"""What a helpdesk calls the things that are here, and how they were there when they were last told."""

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from storage.models.columns import needed_bytes


class RemoteTicket(SQLModel, table=True):
    """A ticket as a helpdesk has it; what people call it there, its state in the service's own words.

    `status` is what `label` means on this ticket here, `category` what it means there: they part where a status was
    given to a service that has none of the kind. `labels` is JSON, by status the word that it had last. `base` is JSON
    of the fields as they are known to be there (storage.helpdesk.base); all that differs from it was changed on one
    side. `digest` is of the whole of the last news. `gone_at`: since when it is there no more.
    """

    ticket_id: int = Field(foreign_key="ticket.id", primary_key=True)
    source_id: int = Field(foreign_key="source.id")
    number: str = ""
    label: str = ""
    status: int
    category: int
    labels: str = "{}"
    priority_label: str = ""
    version: str = ""
    url: str = ""
    final: bool = False
    gone_at: int | None = None
    digest: bytes = needed_bytes()
    base: str = "{}"
    updated_at: int

    __tablename__ = "remote_ticket"
    __table_args__ = (Index("remote_ticket_number", "number", "ticket_id", sqlite_where=text("number<>''")),)


class RemoteAgent(SQLModel, table=True):
    """Who an agent of a helpdesk is here."""

    source_id: int = Field(foreign_key="source.id", primary_key=True)
    external_id: str = Field(primary_key=True)
    agent_id: int = Field(foreign_key="agent.id")

    __tablename__ = "remote_agent"
    __table_args__ = (Index("remote_agent_agent", "agent_id", "source_id"), {"sqlite_with_rowid": False})


class RemoteFile(SQLModel, table=True):
    """A file whose bytes lie at a helpdesk, until somebody asked for them and they have come: then its row is gone.

    `asked_at`: since when they are wanted. `done`: how many have come. `said`: why they can't come.
    """

    attachment_id: int = Field(foreign_key="attachment.id", primary_key=True)
    source_id: int = Field(foreign_key="source.id")
    external_id: str
    asked_at: int | None = None
    done: int = 0
    said: str = ""

    __tablename__ = "remote_file"
    __table_args__ = (
        Index("remote_file_asked", "source_id", "asked_at", sqlite_where=text("asked_at IS NOT NULL AND said=''")),
    )


class RemotePiece(SQLModel, table=True):
    """Which snippet or view (`kind`) of ours was told by a helpdesk; `told` is a digest of what it told last.

    Or a ticket that became part of one that isn't here yet: `kind` names that one.
    """

    source_id: int = Field(foreign_key="source.id", primary_key=True)
    kind: str = Field(primary_key=True)
    external_id: str = Field(primary_key=True)
    row_id: int
    told: bytes = needed_bytes()

    __tablename__ = "remote_piece"
    __table_args__ = ({"sqlite_with_rowid": False},)


class RemoteStep(SQLModel, table=True):
    """What a step of a ticket's own checklist is called there, and whether it is known to be done there."""

    checklist_key: str = Field(foreign_key="checklist.key", primary_key=True)
    step: str = Field(primary_key=True)
    source_id: int = Field(foreign_key="source.id")
    checklist: str
    item: str
    done: bool

    __tablename__ = "remote_step"
    __table_args__ = (
        Index("remote_step_checklist", "source_id", "checklist"),
        {"sqlite_with_rowid": False},
    )
