"""All sources of a workspace, each in a thread of its own: one round for `heard sync`, or until the end for `--watch`.

The invariant: one engine for each workspace (`sync.lock`), and no thread of it outlives `watch` or `once`. Who opens
sources, and where secrets come from, is the caller's: the engine knows no service by name.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from threading import Event, Thread

from desk.errors import HeardError
from storage import delivery, sources
from storage.connect import Connection, writing
from storage.sources import SourceRow
from storage.workspace import open_to_read, open_to_write
from sync.lock import only_one
from sync.pace import DENIED, was_set_back
from sync.protocol import Source
from sync.tally import Tally
from sync.worker import Desk, Worker

# How soon a reply that was written in a console starts on its way, in seconds.
LOOK_EVERY = 0.2

# Makes the source of a row; raises HeardError where its settings or its secret can't be used.
Open = Callable[[SourceRow], Source]


@dataclass(slots=True)
class _Running:
    """A worker in its thread. `answered`: the newest wish for a round at once that it was woken for."""

    worker: Worker
    source: Source
    thread: Thread
    answered: int


@dataclass(slots=True)
class Engine:
    """The sync of one workspace."""

    desk: Desk
    open_source: Open
    stopping: Event = field(default_factory=Event)
    _seen: int = 0

    def once(self, names: tuple[str, ...] = ()) -> tuple[Tally, bool]:
        """One round of every source, or of those named; what was done, and whether all went well.

        Raises Refused where the workspace is being synced already, NotFound for a name that no source has.
        """
        total, well = Tally(), True
        with only_one(self.desk.workspace), closing(open_to_write(self.desk.workspace)) as connection:
            self._set_times_right()
            rows = [sources.source_named(connection, name) for name in names] or sources.connected(connection)
            for row in rows:
                source = self._open(row)
                if source is None:
                    well = False
                    continue
                with closing(source):
                    worker = Worker(self.desk, connection, row, source, self.stopping)
                    well = worker.round() and well
                total.add(worker.tally)
        return total, well

    def watch(self, wanted: Callable[[], bool]) -> None:
        """Work all sources, those too that are connected later, until `stopping` is set or it isn't `wanted` any more.

        Raises Refused where the workspace is being synced already.
        """
        running: dict[int, _Running] = {}
        with only_one(self.desk.workspace), closing(open_to_read(self.desk.workspace)) as connection:
            self._set_times_right()
            try:
                while not self.stopping.is_set() and wanted():
                    self._attend(connection, running)
                    self.stopping.wait(LOOK_EVERY)
            finally:
                self.stopping.set()
                for one in running.values():
                    one.source.wake()
                for one in running.values():
                    one.thread.join()

    def _attend(self, connection: Connection, running: dict[int, _Running]) -> None:
        """Start workers for new sources, and wake those that have something to send or were asked for."""
        now = self.desk.clock()
        if was_set_back(self._seen, now):
            self._set_times_right()
        self._seen = now
        for row in sources.connected(connection):
            one = running.get(row.id)
            if one is None or not one.thread.is_alive():
                if _may_start(row, now):
                    source = self._open(row)
                    if source is not None:
                        running[row.id] = self._start(row, source)
                continue
            soonest = delivery.soonest(connection, row.id)
            wished = row.asked_at != one.answered
            if wished or one.worker.may_send(soonest, now) or one.worker.may_fetch(connection, now):
                one.answered = row.asked_at
                one.source.wake()

    def _set_times_right(self) -> None:
        """Let nothing wait for a time that was meant by a clock that has been set back since."""
        with closing(open_to_write(self.desk.workspace)) as connection, writing(connection):
            delivery.set_times_right(connection, self.desk.clock())

    def _open(self, row: SourceRow) -> Source | None:
        """The source of a row; None, and a word in its state, where its settings can't be used."""
        try:
            return self.open_source(row)
        except HeardError as error:
            now = self.desk.clock()
            with closing(open_to_write(self.desk.workspace)) as connection, writing(connection):
                sources.tell(
                    connection, row.id, state="denied", said=error.message, mend=error.mend, tried_at=now,
                    next_at=now + DENIED,
                )  # fmt: skip
            self.desk.tell({"event": "error", "source": row.name, "what": error.message, "mend": error.mend})
            return None

    def _start(self, row: SourceRow, source: Source) -> _Running:
        connection = open_to_write(self.desk.workspace)
        worker = Worker(self.desk, connection, row, source, self.stopping)

        def work() -> None:
            with closing(connection), closing(source):
                worker.run()

        thread = Thread(target=work, name=f"sync {row.name}")
        thread.start()
        return _Running(worker, source, thread, row.asked_at)


def _may_start(row: SourceRow, now: int) -> bool:
    """Whether a source that isn't worked may be tried: its pause is over, a person asked, or the clock was set back."""
    tried_at = row.tried_at or 0
    return row.next_at is None or row.next_at <= now or row.asked_at > tried_at or was_set_back(tried_at, now)
