"""One source, worked: what waits goes out, what is new comes in, again and again, at the pace that the source allows.

The invariants: a page's records are in before its cursor moves; nothing of a source's trouble ends the process or
touches another source; whatever happens, the state that people see says so in plain words.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from threading import Event

from desk.errors import HeardError
from desk.times import MINUTE, SECOND
from storage import delivery, sources
from storage.connect import Connection, writing
from storage.mailbox import Mailbox, own_addresses
from storage.sources import SourceRow
from storage.workspace import Workspace
from sync.deliverer import Deliverer
from sync.errors import Denied
from sync.pace import Pace, after_failure, after_refusal
from sync.protocol import Capability, Source, Stream
from sync.taking import take
from sync.tally import Tally, Tell

# A server that can't tell of news is asked this often; one that can is asked too, should its word have got lost.
ASK_EVERY = 30 * SECOND
LISTEN_FOR = 10 * MINUTE


@dataclass(frozen=True, slots=True)
class Desk:
    """What a worker works with: the workspace, the clock, whom it tells, and whose national phone numbers it knows."""

    workspace: Workspace
    clock: Callable[[], int]
    chance: Random
    tell: Tell
    regions: tuple[str, ...] = ()


class Worker:
    """Works one source, in one thread. `connection` is its own; `stopping` ends it between pages and in every wait."""

    def __init__(self, desk: Desk, connection: Connection, row: SourceRow, source: Source, stopping: Event) -> None:
        self._desk = desk
        self._connection = connection
        self._row = row
        self._source = source
        self._stopping = stopping
        self._deliverer = Deliverer(desk.workspace, connection, row, source, desk.clock)
        self._box = Mailbox(desk.workspace, row, own_addresses(row.settings), desk.regions)
        self._pace = Pace()
        self.tally = Tally()

    def round(self) -> bool:
        """Send and read once; whether it went well. What went wrong is told, and sets the pace."""
        self._state(state="syncing", tried_at=self._desk.clock())
        try:
            self._deliver()
            self._read()
        except HeardError as error:
            self._fail(error)
            return False
        self._pace = Pace()
        self._state(state="idle", said="", mend="", synced_at=self._desk.clock(), next_at=None, failures=0)
        return True

    def run(self) -> None:
        """Rounds until told to stop."""
        while not self._stopping.is_set():
            answered = self._asked_at()
            if self.round():
                self._source.wait(self._until_next() / SECOND)
            else:
                self._wait_out(answered)
        self._source.close()

    def _deliver(self) -> None:
        delivered = self._deliverer.deliver(self._stopping)
        self.tally.add(delivered)
        if delivered != Tally():
            self._desk.tell({"event": "delivered", "source": self._row.name, **delivered.as_json()})

    def _read(self) -> None:
        """Page by page, the streams in turn, so that none has to wait for another's past, and no reply for either."""
        left = deque(self._source.streams())
        remaining: dict[str, int] = {}
        while left and not self._stopping.is_set():
            stream = left.popleft()
            if self._read_page(stream, remaining):
                left.append(stream)
            soonest = delivery.soonest(self._connection, self._row.id)
            if soonest is not None and soonest <= self._desk.clock():
                self._deliver()

    def _read_page(self, stream: Stream, remaining: dict[str, int]) -> bool:
        connection, source_id = self._connection, self._row.id
        page = self._source.pull(stream, sources.cursor(connection, source_id, stream.key))
        now = self._desk.clock()
        self.tally.pulled += take(connection, self._box, stream, page.records, now)
        remaining[stream.key] = page.remaining or 0
        with writing(connection):
            sources.keep_cursor(connection, source_id, stream.key, page.cursor, now)
            total = self.tally.pulled + sum(remaining.values())
            sources.tell(connection, source_id, done=self.tally.pulled, total=total)
        if page.records:
            self._desk.tell(
                {
                    "event": "page",
                    "source": self._row.name,
                    "stream": stream.name,
                    "records": len(page.records),
                    "remaining": page.remaining,
                }
            )
        return page.more

    def _fail(self, error: HeardError) -> None:
        now = self._desk.clock()
        denied = isinstance(error, Denied)
        self._pace = after_refusal(self._pace, now) if denied else after_failure(self._pace, now, self._desk.chance)
        state = "denied" if denied else "away" if self._pace.away else "idle"
        self._state(
            state=state, said=error.message, mend=error.mend, next_at=self._pace.next_at, failures=self._pace.failures
        )
        self._desk.tell({"event": "error", "source": self._row.name, "what": error.message, "mend": error.mend})
        self._source.close()

    def _until_next(self) -> int:
        """How long to listen: until the next thing may leave, at most until it is time to ask again."""
        longest = LISTEN_FOR if Capability.LIVE in self._source.capabilities else ASK_EVERY
        soonest = delivery.soonest(self._connection, self._row.id)
        return longest if soonest is None else max(0, min(longest, soonest - self._desk.clock()))

    def _wait_out(self, answered: int) -> None:
        """Until the pace allows another try, or a person asks for one."""
        while not self._stopping.wait(0.5):
            if self._pace.due(self._desk.clock()) or self._asked_at() > answered:
                return

    def _asked_at(self) -> int:
        return sources.asked_at(self._connection, self._row.id)

    def _state(self, **columns: int | str | None) -> None:
        with writing(self._connection):
            sources.tell(self._connection, self._row.id, **columns)
