"""A helpdesk as its records tell it, and a workspace that takes them in: what the tests beside this have in common."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from desk.lookup import IdentityKind
from desk.statuses import Priority, Status
from desk.times import HOUR, MINUTE
from storage import delivery
from storage.connect import Connection, writing
from storage.delivery import Job
from storage.helpdesk import settling
from storage.helpdesk.office import Helpdesk
from storage.helpdesk.records import (
    AgentNews,
    FileNews,
    HelpdeskOperation,
    HelpdeskRecord,
    MessageKind,
    MessageNews,
    TicketNews,
)
from storage.helpdesk.taking import take
from storage.helpdesk.wanted import operation
from storage.ingest.records import CustomerRecord, IdentityRecord
from storage.sources import connected
from storage.workspace import Workspace
from tests.factories import NOW, make_source

LI = CustomerRecord("Li Wei", (IdentityRecord(IdentityKind.EMAIL, "li@example.org"),), external_id="c1")
BO = AgentNews("7", "Bo Lind", "bo@example.org", "bo")


@dataclass
class Far:
    """The helpdesk "acme", connected an hour ago."""

    connection: Connection
    helpdesk: Helpdesk
    now: int = NOW
    versions: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def tell(self, *records: HelpdeskRecord, ahead: int = 0) -> int:
        """Let the workspace hear of these; how many tickets and messages were new."""
        return take(self.connection, self.helpdesk, records, self.now, ahead=ahead)

    def job(self) -> Job | None:
        """What leaves next."""
        with writing(self.connection):
            delivery.release(self.connection, self.now)
        return delivery.next_job(self.connection, self.helpdesk.row.id, self.now)

    def asks(self) -> tuple[Job, HelpdeskOperation | None]:
        """What leaves next, and what the helpdesk is asked for."""
        job = self.job()
        assert job is not None
        return job, operation(self.connection, self.helpdesk, job)

    def does(self, external_id: str = "", found: TicketNews | None = None) -> HelpdeskOperation:
        """Let what is next arrive there."""
        job, asked = self.asks()
        assert asked is not None
        with writing(self.connection):
            delivery.begin(self.connection, job)
            delivery.hand_over(self.connection, job, self.now)
            settling.keep(self.connection, self.helpdesk, job, asked, external_id, found, self.now)
            delivery.arrived(self.connection, job, self.now)
        return asked

    def one(self, statement: str, *values: object) -> tuple[object, ...]:
        """The one row that a query finds."""
        (row,) = self.connection.execute(statement, values).fetchall()
        found: tuple[object, ...] = row
        return found

    def all(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """All rows that a query finds."""
        return self.connection.execute(statement, values).fetchall()

    def stands(self, *columns: str, ticket: str = "1") -> tuple[object, ...]:
        """Columns of a ticket, by its name there."""
        return self.one(f"SELECT {', '.join(columns)} FROM ticket WHERE external_id = ?", ticket)

    def ticket_id(self, ticket: str = "1") -> int:
        """Its id here."""
        return int(str(self.stands("id", ticket=ticket)[0]))

    def changes(self, ticket: str = "1") -> list[tuple[object, ...]]:
        """What history says of its fields: field, before, after, where."""
        return self.all(
            """SELECT data ->> '$.field', data ->> '$.before', data ->> '$.after', data ->> '$.where' FROM event
                WHERE kind = 'changed' AND ticket_id = ? ORDER BY id""",
            self.ticket_id(ticket),
        )

    def tags(self, ticket: str = "1") -> set[object]:
        """Its tags."""
        rows = self.all(
            "SELECT g.name FROM ticket_tag k JOIN tag g ON g.id = k.tag_id WHERE k.ticket_id = ?",
            self.ticket_id(ticket),
        )
        return {name for (name,) in rows}


def make_far(connection: Connection, workspace: Workspace, *, takes: str = "", kind: str = "rt") -> Far:
    """A workspace with the helpdesk in it."""
    source_id = make_source(connection, kind, "acme", **({"takes": takes} if takes else {}))
    connection.execute("UPDATE source SET created_at = ? WHERE id = ?", (NOW - HOUR, source_id))
    row = next(row for row in connected(connection) if row.id == source_id)
    return Far(connection, Helpdesk(workspace, row, ("US",)))


def ticket(
    external_id: str = "1", *, label: str = "open", status: Status = Status.OPEN, at: int = NOW - 30 * MINUTE,
    priority: Priority | None = Priority.NORMAL, queue: str | None = "General", assignee: str | None = "",
    customer: CustomerRecord | None = LI, tags: Sequence[str] | None = (), version: str = "",
    subject: str = "Where is my parcel?", final: bool = False,
) -> TicketNews:  # fmt: skip
    """A ticket as it stands there; `at` is when it was changed last."""
    return TicketNews(
        external_id, subject, NOW - HOUR, at, label, status, number=f"10{external_id}", priority=priority,
        priority_label="P2", queue=queue, assignee=assignee, customer=customer,
        tags=None if tags is None else tuple(tags), fields={"Order": "A-17"}, version=version or str(at),
        url=f"https://desk.example.org/{external_id}", final=final,
    )  # fmt: skip


def said(
    external_id: str, body: str = "It hasn't come.", *, kind: MessageKind = "inbound", at: int = NOW - 30 * MINUTE,
    of: str = "1", agent: str = "", operation: str = "", html: bool = False, files: tuple[FileNews, ...] = (),
    automatic: str = "",
) -> MessageNews:  # fmt: skip
    """A message as it was told."""
    return MessageNews(
        of, external_id, kind, at, body, html=html, agent=agent, operation=operation, files=files, automatic=automatic
    )
