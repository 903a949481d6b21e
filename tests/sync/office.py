"""A team with a workspace and a mailbox on a real server: what a customer does, what an agent does, and a round."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from random import Random

from console.connecting import open_source
from console.credentials.ladder import Ladder
from console.paths import secrets_folder
from desk.times import now
from storage import sources
from storage.connect import Connection, writing
from storage.deeds.by import By
from storage.deeds.write import Outgoing, write
from storage.engine import deed_session, engine_over
from storage.workspace import Workspace, open_to_read
from sync.engine import Engine
from sync.tally import Happening, Tally
from sync.worker import Desk
from tests.factories import make_agent
from tests.servers.mail import Account, SentMail
from tests.servers.processes import PATIENCE

NAME = "support"
VARIABLE = "HEARD_SUPPORT_TOKEN"


@dataclass
class Office:
    """One workspace that syncs one account. `ahead` moves its clock on, in microseconds."""

    workspace: Workspace
    connection: Connection
    account: Account
    ahead: int = 0
    told: list[Happening] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.agent = make_agent(self.connection)

    def clock(self) -> int:
        """The time here."""
        return now() + self.ahead

    def settings(self, **more: str) -> dict[str, str]:
        """How the account is connected."""
        return {**self.account.settings, **more}

    def connect(self, **more: str) -> int:
        """Connect the account, without asking its server."""
        with writing(self.connection):
            return sources.add(self.connection, "mailbox", NAME, self.settings(**more), self.clock())

    def engine(self) -> Engine:
        """A sync that has not begun."""
        ladder = Ladder(secrets_folder())
        desk = Desk(self.workspace, self.clock, Random(1), self.told.append)
        return Engine(desk, lambda row: open_source(row.kind, row.name, row.settings, ladder))

    def sync(self) -> Tally:
        """A round that goes well."""
        tally, well = self.engine().once()
        assert well, self.state()
        return tally

    def fails(self) -> Tally:
        """A round that doesn't."""
        tally, well = self.engine().once()
        assert not well
        return tally

    def by(self, undo_seconds: int = 0) -> By:
        """The agent, now."""
        return By(self.agent, self.clock(), undo_seconds)

    def reply(self, ticket: int, words: str = "We are on it.", to: str = "ana@example.org", undo: int = 0) -> None:
        """An agent answers."""
        with deed_session(engine_over(self.connection)) as session:
            write(session, self.by(undo), ticket, Outgoing("reply", words, recipients=to))

    def rows(self, query: str, *given: object) -> list[tuple[object, ...]]:
        """What the workspace says now."""
        with closing(open_to_read(self.workspace)) as connection:
            return connection.execute(query, given).fetchall()

    def tickets(self) -> dict[object, int]:
        """The tickets that stand, by their subjects."""
        found = self.rows("SELECT subject, id FROM ticket WHERE merged_into_id IS NULL")
        by_subject = {subject: int(str(ticket)) for subject, ticket in found}
        assert len(by_subject) == len(found), f"doubled: {found}"
        return by_subject

    def ticket(self, subject: str, columns: str) -> tuple[object, ...]:
        """Columns of the ticket of that subject."""
        return self.rows(f"SELECT {columns} FROM ticket WHERE id = ?", self.tickets()[subject])[0]

    def messages(self, subject: str) -> list[tuple[object, ...]]:
        """Kind and text of what stands on a ticket, the oldest first."""
        ticket = self.tickets()[subject]
        found = self.rows("SELECT kind, body FROM message WHERE ticket_id = ? ORDER BY at, id", ticket)
        return [(kind, str(body).strip()) for kind, body in found]

    def outbox(self) -> list[tuple[object, ...]]:
        """State and error of all that was written here, the oldest first."""
        return self.rows("SELECT state, error FROM outbox ORDER BY id")

    def states(self) -> list[object]:
        """The states alone."""
        return [state for state, _ in self.outbox()]

    def state(self) -> tuple[object, ...]:
        """How the source is doing, in a word and in a sentence."""
        found = self.rows("SELECT state, said, failures, next_at FROM source_state")
        return found[0] if found else ()

    def sent(self) -> list[SentMail]:
        """What has left the account."""
        return [mail for mail in self.account.server.sent() if mail.sender == self.account.user]

    def words(self) -> list[str]:
        """The first line of each mail that has left."""
        return [
            mail.raw.partition(b"\r\n\r\n")[2].partition(b"\r\n\r\n")[2].split(b"\r\n")[0].decode()
            for mail in self.sent()
        ]


@contextmanager
def at_work(office: Office) -> Iterator[None]:
    """The sync that goes on, in this process, so that its patience can be set."""
    engine = office.engine()
    thread = threading.Thread(target=engine.watch, args=(lambda: True,))
    thread.start()
    try:
        yield
    finally:
        engine.stopping.set()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def mail(
    subject: str, *, words: str = "hello", name: str = "m1", before: str = "", at: str = "20 Nov 2026 10:00:00",
    sender: str = "Ana <ana@example.org>", to: str = "support@example.test", more: str = "",
) -> bytes:  # fmt: skip
    """A mail as a customer's program writes it."""
    thread = f"In-Reply-To: <{before}@example.org>\r\nReferences: <{before}@example.org>\r\n" if before else ""
    return (
        f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nDate: {at} +0000\r\n"
        f"Message-ID: <{name}@example.org>\r\n{thread}{more}\r\n{words}\r\n"
    ).encode()
