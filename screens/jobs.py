"""The one place where threads are started: readers, the writer, the watch for what others changed, the warming up.

The invariants: the event loop never waits for the disk; of the reads with one key only the newest is answered, and an
older one is interrupted; writes are done one after the other, in the order in which they were asked for; answers come
back on the loop, through `deliver`; `stop` returns when all that was to be written is on the disk.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from queue import SimpleQueue
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from desk.errors import HeardError
from storage.connect import Connection, driver, explain
from storage.workspace import Workspace, open_to_read, open_to_write

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlmodel import Session

Answer = TypeVar("Answer")
Call = Callable[[], object]
Failed = Callable[[HeardError], object]
# What is looked at when anyone has committed, and what is called when it is another than before.
Watched = tuple[Callable[[Connection], object], Call]
# The same, where what is looked at isn't in the database.
Beside = tuple[Callable[[], object], Call]

READERS = 2
# A connection may keep 64 MB of pages for itself, and a console has four. What doesn't stand in so few comes from the
# system's own cache: all counts of a million tickets take 21 ms instead of 16. To sort a million in memory takes 50 MB
# that never go back to the system, and is no faster than with a file.
READER = ("PRAGMA cache_size=-2048", "PRAGMA temp_store=FILE")
WRITER = ("PRAGMA cache_size=-1024",)
WATCH = ("PRAGMA cache_size=-256",)
DEEDS_NEED = ("storage.engine", "storage.models", "sqlalchemy.pool", "sqlalchemy.dialects.sqlite")
# The first caller is on the screen as soon as the next ones are.
CALLS_NEED = ("screens.call", "screens.call_reading", "screens.ring_words", "widgets.ring_bar")
_IMPORTING = threading.Lock()
# Two consoles at once see each other's deeds within a second.
WATCH_SECONDS = 0.4


class InternalError(HeardError):
    """Something in Heard itself went wrong; the deed was not done."""


class _Read(NamedTuple):
    """A question by its key; `ask` gives what is to be called on the loop."""

    key: str
    serial: int
    ask: Callable[[Connection], Call]
    failed: Failed


@dataclass(slots=True)
class _Reader:
    """What one reader thread is at; guarded by the lock of its `Jobs`."""

    key: str = ""
    connection: Connection | None = None


@dataclass(slots=True)
class _Writer:
    """The writer thread's own connection, and SQLModel's engine over it once a deed needs it."""

    workspace: Workspace
    connection: Connection | None = None
    engine: "Engine | None" = None

    def open(self) -> Connection:
        if self.connection is None:
            self.connection = _sparing(open_to_write(self.workspace), WRITER)
        return self.connection

    def deeds(self) -> "Engine":
        # 320 ms to import, so never before the first frame; `warm` has usually done it by now.
        _import_deeds()
        from storage.engine import engine_over

        if self.engine is None:
            self.engine = engine_over(self.open())
        return self.engine

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()


_Write = Callable[[_Writer], Call]


@dataclass(slots=True)
class _Pending:
    """Writes that were asked for, in their order; None ends the writer."""

    queue: "SimpleQueue[tuple[_Write, Failed] | None]" = field(default_factory=SimpleQueue)
    ended: "asyncio.Future[None] | None" = None
    failures: list[HeardError] = field(default_factory=list)


class Jobs:
    """The threads of one console; made and asked on the event loop.

    `deliver` brings a call from any thread to the loop (Textual's `call_later`); `failed` hears of what went wrong
    where the one who asked doesn't listen.
    """

    def __init__(self, workspace: Workspace, deliver: Callable[[Call], object], failed: Failed) -> None:
        self.workspace = workspace
        self._deliver = deliver
        self._failed = failed
        self._lock = threading.Condition()
        self._waiting: deque[_Read] = deque()
        self._serials: dict[str, int] = {}
        self._readers = tuple(_Reader() for _ in range(READERS))
        self._pending = _Pending()
        self._ending = threading.Event()
        self._threads: list[threading.Thread] = []
        self._unanswered = 0

    @property
    def busy(self) -> bool:
        """Whether anything was asked and isn't answered yet."""
        return self._unanswered > 0

    def start(
        self,
        changed: Call,
        fingerprint: Callable[[Connection], object] | None = None,
        *others: Watched,
        beside: Sequence[Beside] = (),
    ) -> None:
        """Start the threads; `changed` is called on the loop when anyone has committed something.

        With a `fingerprint` only when that has changed too, so that saving a draft doesn't redraw the world. `others`
        are fingerprints of something else, each with its own call; `beside` are looks at what lies beside the database,
        each time that it is asked whether anyone has committed, so they must cost next to nothing.
        """
        for number, reader in enumerate(self._readers, 1):
            self._begin("reader " + str(number), partial(self._read_on, reader))
        self._begin("writer", self._write_on)
        self._begin("watch", partial(self._watch, ((fingerprint or _anything, changed), *others), tuple(beside)))

    def warm(self, then: Call) -> None:
        """Import what deeds and calls need, beside the work; asked for after the first frame.

        `then` is called on the loop.
        """

        def import_all() -> None:
            _import_deeds()
            _import_once(CALLS_NEED)
            self._tell(then)

        self._begin("warming", import_all)

    def read(
        self,
        key: str,
        question: Callable[[Connection], Answer],
        then: Callable[[Answer], object],
        failed: Failed | None = None,
    ) -> None:
        """Ask `question` of a reader; `then` hears its answer, unless a newer question of this key was asked."""

        def ask(connection: Connection) -> Call:
            return partial(then, question(connection))

        with self._lock:
            serial = self._serials[key] = self._serials.get(key, 0) + 1
            self._waiting.append(_Read(key, serial, ask, failed or self._failed))
            self._unanswered += 1
            for reader in self._readers:
                if reader.key == key and reader.connection is not None:
                    reader.connection.interrupt()
            self._lock.notify()

    def forget(self, key: str) -> None:
        """Nobody wants the answers of this key any more."""
        with self._lock:
            self._serials[key] = self._serials.get(key, 0) + 1

    def keep(
        self,
        save: Callable[[Connection], Answer],
        then: Callable[[Answer], object] | None = None,
        failed: Failed | None = None,
    ) -> None:
        """Write with plain SQL, without waiting for SQLModel: drafts, and what is read."""

        def write(writer: _Writer) -> Call:
            answer = save(writer.open())
            return partial(then, answer) if then else _nothing

        self._write(write, failed)

    def deed(
        self,
        do: Callable[["Session"], Answer],
        then: Callable[[Answer], object],
        failed: Failed | None = None,
    ) -> None:
        """One deed in one transaction; `then` hears its answer once it is on the disk."""

        def write(writer: _Writer) -> Call:
            from storage.engine import deed_session

            with deed_session(writer.deeds()) as session:
                answer = do(session)
            return partial(then, answer)

        self._write(write, failed)

    async def stop(self) -> tuple[HeardError, ...]:
        """End the threads once all writes are done; what failed meanwhile, since nobody is there to be told."""
        if self._ending.is_set() or not self._threads:
            return ()
        self._pending.failures.clear()
        self._pending.ended = asyncio.get_running_loop().create_future()
        with self._lock:
            self._ending.set()
            for reader in self._readers:
                if reader.connection is not None:
                    reader.connection.interrupt()
            self._lock.notify_all()
        self._pending.queue.put(None)
        await self._pending.ended
        return tuple(self._pending.failures)

    def _begin(self, name: str, run: Callable[[], None]) -> None:
        thread = threading.Thread(target=run, name="heard " + name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _write(self, write: _Write, failed: Failed | None) -> None:
        with self._lock:
            self._unanswered += 1
        self._pending.queue.put((write, failed or self._failed))

    def _answered(self, call: Call) -> None:
        with self._lock:
            self._unanswered -= 1
        try:
            call()
        except HeardError as error:
            self._failed(error)

    def _explained(self, error: Exception) -> HeardError:
        if isinstance(error, HeardError):
            return error
        if isinstance(error, driver().Error) or type(error).__module__.startswith("sqlalchemy"):
            return explain(self.workspace.database, getattr(error, "orig", None) or error)
        return InternalError("Heard made a mistake of its own (" + type(error).__name__ + ": " + str(error) + ")")

    def _tell(self, call: Call) -> None:
        """Bring it to the loop; not after the end, when there may be no loop any more."""
        with self._lock:
            if not self._ending.is_set():
                self._deliver(call)

    # In the reader threads

    def _read_on(self, reader: _Reader) -> None:
        while (read := self._next(reader)) is not None:
            self._answer_read(reader, read)
            # Until the next question this thread must not hold the answer, which may be a list of a million.
            del read
        with self._lock:
            # Whoever interrupts holds the lock too, and a connection that is closed can't be interrupted.
            connection, reader.connection = reader.connection, None
        if connection is not None:
            connection.close()

    def _answer_read(self, reader: _Reader, read: _Read) -> None:
        try:
            if reader.connection is None:
                reader.connection = _sparing(open_to_read(self.workspace), READER)
            call = read.ask(reader.connection)
        except Exception as error:  # noqa: BLE001  # the border of a thread: whatever it is, the agent is told
            call = partial(read.failed, self._explained(error))
        with self._lock:
            reader.key = ""
        self._tell(partial(self._answered, partial(self._if_newest, read, call)))

    def _next(self, reader: _Reader) -> _Read | None:
        with self._lock:
            while not self._ending.is_set():
                while self._waiting:
                    read = self._waiting.popleft()
                    if self._serials[read.key] == read.serial:
                        reader.key = read.key
                        return read
                    self._unanswered -= 1
                self._lock.wait()
        return None

    def _if_newest(self, read: _Read, call: Call) -> None:
        if self._serials[read.key] == read.serial:
            call()

    # In the writer thread

    def _write_on(self) -> None:
        writer = _Writer(self.workspace)
        while (asked := self._pending.queue.get()) is not None:
            write, failed = asked
            try:
                call = write(writer)
            except Exception as error:  # noqa: BLE001  # the border of a thread: whatever it is, the agent is told
                explained = self._explained(error)
                self._pending.failures.append(explained)
                call = partial(failed, explained)
            self._deliver(partial(self._answered, call))
        writer.close()
        ended = self._pending.ended
        if ended is not None:
            ended.get_loop().call_soon_threadsafe(ended.set_result, None)

    # In the watching thread

    def _watch(self, watched: Sequence[Watched], beside: Sequence[Beside]) -> None:
        connection: Connection | None = None
        seen: list[object] = []
        around: list[object] = [look() for look, _ in beside]
        version: object = None
        # The first look is at once: what is committed after it is a change, however early.
        while True:
            try:
                connection = connection or _sparing(open_to_read(self.workspace), WATCH)
                newer = connection.execute("PRAGMA data_version").fetchone()
                if newer != version:
                    states = [fingerprint(connection) for fingerprint, _ in watched]
                    for (_, changed), state, before in zip(watched, states, seen, strict=False):
                        if state != before:
                            self._tell(changed)
                    version, seen = newer, states
            except (HeardError, driver().Error):
                pass  # no workspace yet, or the disk is away; whoever reads will say so
            for place, (look, changed) in enumerate(beside):
                if (found := look()) != around[place]:
                    around[place] = found
                    self._tell(changed)
            if self._ending.wait(WATCH_SECONDS):
                break
        if connection is not None:
            connection.close()


def _sparing(connection: Connection, pragmas: Iterable[str]) -> Connection:
    for pragma in pragmas:
        connection.execute(pragma)
    return connection


def _import_deeds() -> None:
    """Import all that deeds need."""
    _import_once(DEEDS_NEED)


def _import_once(modules: tuple[str, ...]) -> None:
    """Import them, one thread at a time: two that import SQLAlchemy at the same time see halves of it."""
    with _IMPORTING:
        for module in modules:
            import_module(module)


def _anything(_connection: Connection) -> object:
    """A fingerprint that is never the same twice: every commit counts."""
    return object()


def _nothing() -> None:
    """What is called where nobody waits for an answer."""
