"""A workspace beside a small helpdesk: what an agent does, and a round of the sync."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Event, Thread

from desk.times import now
from storage import sources
from storage.connect import Connection, writing
from storage.deeds.by import By
from storage.deeds.change import change
from storage.deeds.merge import merge
from storage.deeds.plan import Change
from storage.deeds.write import Kind, Outgoing, write
from storage.engine import deed_session, engine_over
from storage.helpdesk import files
from storage.sources import SourceRow
from storage.workspace import Workspace, open_to_read
from sync.engine import Engine
from sync.protocol import Source
from sync.tally import Happening, Tally
from sync.worker import Desk, Worker
from tests.factories import EVERYTHING, make_agent
from tests.servers.processes import PATIENCE
from tests.sync.bureau import Bureau, source_over

NAME = "front"


@dataclass
class Branch:
    """One workspace with one helpdesk: a bureau, or what `opening` opens. `ahead` moves its clock, in microseconds."""

    workspace: Workspace
    connection: Connection
    bureau: Bureau = field(default_factory=Bureau)
    kind: str = "bureau"
    settings: Mapping[str, str] = field(default_factory=dict)
    opening: Callable[[SourceRow], Source] | None = None
    ahead: int = 0
    told: list[Happening] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.agent = make_agent(self.connection)
        with writing(self.connection):
            settings = {"takes": EVERYTHING, **self.settings}
            self.source_id = sources.add(self.connection, self.kind, NAME, settings, self.clock())

    def clock(self) -> int:
        """The time here."""
        return now() + self.ahead

    def begin(self) -> Engine:
        """A sync that has not begun."""
        desk = Desk(self.workspace, self.clock, Random(1), self.told.append)
        return Engine(desk, self.opens)

    def opens(self, row: SourceRow) -> Source:
        """The source, which has asked nobody yet."""
        return source_over(self.bureau) if self.opening is None else self.opening(row)

    def sync(self) -> Tally:
        """A round that goes well."""
        tally, well = self.begin().once()
        assert well, (self.state(), self.told)
        return tally

    def fails(self) -> Tally:
        """A round that doesn't."""
        tally, well = self.begin().once()
        assert not well
        return tally

    def by(self, undo_seconds: int = 0) -> By:
        """The agent, now."""
        return By(self.agent, self.clock(), undo_seconds)

    def writes(self, subject: str, words: str, kind: Kind = "reply", *attached: Path) -> None:
        """The agent writes."""
        with deed_session(engine_over(self.connection)) as session:
            write(session, self.by(), self.tickets()[subject], Outgoing(kind, words, attachments=attached))

    def changes(self, subject: str, wished: Change) -> None:
        """The agent changes a ticket."""
        with deed_session(engine_over(self.connection)) as session:
            change(session, self.by(), [self.tickets()[subject]], wished)

    def merges(self, subject: str, into: str) -> None:
        """The agent lets a ticket become part of another one."""
        tickets = self.tickets()
        with deed_session(engine_over(self.connection)) as session:
            merge(session, self.by(), [tickets[subject]], tickets[into])

    def asks_for_file(self, name: str) -> None:
        """The agent wants to see a file."""
        with writing(self.connection):
            ((file,),) = self.rows("SELECT id FROM attachment WHERE name = ?", name)
            files.ask(self.connection, int(str(file)), self.clock())

    def rows(self, query: str, *given: object) -> list[tuple[object, ...]]:
        """What the workspace says now."""
        with closing(open_to_read(self.workspace)) as connection:
            return connection.execute(query, given).fetchall()

    def tickets(self) -> dict[object, int]:
        """The tickets that stand, by their subjects."""
        found = self.rows("SELECT subject, id FROM ticket WHERE merged_into_id IS NULL")
        return {subject: int(str(ticket)) for subject, ticket in found}

    def ticket(self, subject: str, columns: str) -> tuple[object, ...]:
        """Columns of the ticket of that subject."""
        return self.rows(f"SELECT {columns} FROM ticket WHERE id = ?", self.tickets()[subject])[0]

    def said(self, subject: str) -> list[tuple[object, ...]]:
        """Kind and text of what stands on a ticket, the oldest first."""
        found = self.rows("SELECT kind, body FROM message WHERE ticket_id = ? ORDER BY at, id", self.tickets()[subject])
        return [(kind, str(body).strip()) for kind, body in found]

    def outbox(self) -> list[tuple[object, ...]]:
        """State and error of all that was done here, the oldest first."""
        return self.rows("SELECT state, error FROM outbox ORDER BY id")

    def states(self) -> list[object]:
        """The states alone."""
        return [state for state, _ in self.outbox()]

    def state(self) -> tuple[object, ...]:
        """How the source is doing, in a word and in a sentence."""
        found = self.rows("SELECT state, said, failures, next_at FROM source_state")
        return found[0] if found else ()

    @contextmanager
    def sitting(self) -> Iterator[Worker]:
        """The worker of the helpdesk, round by round, which remembers what it has met."""
        row = sources.source_named(self.connection, NAME)
        with closing(self.opens(row)) as source:
            yield Worker(self.begin().desk, self.connection, row, source, Event())

    @contextmanager
    def at_work(self) -> Iterator[Engine]:
        """The sync that goes on, in this process."""
        engine = self.begin()
        thread = Thread(target=engine.watch, args=(lambda: True,))
        thread.start()
        try:
            yield engine
        finally:
            engine.stopping.set()
            thread.join(PATIENCE)
            assert not thread.is_alive()
