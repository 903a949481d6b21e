"""The first minutes of a source that was just connected: how far it is, until there is something to work on.

The invariant: what is told is what the sync has written down, whoever syncs: this process, or a console that is open.
"""

import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from random import SystemRandom

from console.credentials.ladder import Ladder
from desk.errors import HeardError, Refused
from desk.times import now
from storage.connect import Connection, writing
from storage.sources import SourceRow, source_named, tell
from storage.workspace import Workspace, open_to_read, open_to_write
from sync.lock import is_synced

LOOK_EVERY = 0.1
# Another process that syncs this workspace may be busy with its other sources.
PATIENCE = 60.0
GOES_ON = "The rest comes in while a console is open, or with `heard sync`."

_TICKETS = "SELECT count(*) FROM (SELECT 1 FROM ticket WHERE source_id = ? LIMIT ?)"
MANY = 100_000


@dataclass(frozen=True, slots=True)
class Seen:
    """How far it is, and how many tickets are here."""

    row: SourceRow
    tickets: int

    @property
    def ended(self) -> bool:
        """Whether a round is over, well or not."""
        return self.row.state in ("denied", "away") or self.row.synced_at is not None or self.row.failures > 0


def fetch_first(workspace: Workspace, name: str, ladder: Ladder) -> int:
    """Fetch until tickets are here or all is read, and print how far it is; 1 where nothing can be fetched."""
    stopping, sync = threading.Event(), _sync(workspace, name, ladder)
    thread = threading.Thread(target=lambda: sync(stopping), name="first sync")
    thread.start()
    begun = time.monotonic()
    try:
        with closing(open_to_read(workspace)) as connection:
            seen = _look(connection, name)
            while not (seen.tickets or seen.ended) and time.monotonic() - begun < PATIENCE:
                _show(f"First sync: {_far(seen)}")
                time.sleep(LOOK_EVERY)
                seen = _look(connection, name)
    except KeyboardInterrupt:
        _show("")
        print(f"Stopped. {GOES_ON}")
        return 0
    finally:
        stopping.set()
        thread.join()
    _show("")
    if not seen.ended:
        _leave_unfinished(workspace, name)
    return _tell(seen, time.monotonic() - begun)


def _leave_unfinished(workspace: Workspace, name: str) -> None:
    """A round that was ended early has read a part: who syncs next says when all of it is here."""
    with closing(open_to_write(workspace)) as connection, writing(connection):
        row = source_named(connection, name)
        if row.state == "idle" and not is_synced(workspace):
            tell(connection, row.id, state="", synced_at=None)


def _sync(workspace: Workspace, name: str, ladder: Ladder) -> Callable[[threading.Event], None]:
    """One round of that source, which ends early where it is told to."""
    from console.config import load
    from console.connecting import open_source
    from sync.engine import Engine
    from sync.worker import Desk

    desk = Desk(workspace, now, SystemRandom(), lambda _: None, load().phone_regions)

    def work(stopping: threading.Event) -> None:
        engine = Engine(desk, lambda row: open_source(row.kind, row.name, row.settings, ladder), stopping)
        try:
            engine.once((name,))
        except Refused:
            # A console that is open syncs, and comes by itself upon what is new.
            return

    return work


def _look(connection: Connection, name: str) -> Seen:
    row = source_named(connection, name)
    return Seen(row, int(connection.execute(_TICKETS, (row.id, MANY)).fetchone()[0]))


def _far(seen: Seen) -> str:
    if seen.row.total > seen.row.done:
        return f"{seen.row.done:,} of {seen.row.total:,}"
    return "looking for the newest tickets"


def _show(words: str) -> None:
    """In the line that is there, where a person looks on."""
    if sys.stdout.isatty():
        sys.stdout.write(f"\r\x1b[K{words}")
        sys.stdout.flush()


def _tell(seen: Seen, seconds: float) -> int:
    row = seen.row
    if seen.tickets:
        tickets = "One ticket is" if seen.tickets == 1 else f"{seen.tickets:,} tickets are"
        print(f"{tickets} here after {seconds:.1f} s: `heard` opens the queue. {GOES_ON}")
        return 0
    if row.state in ("denied", "away") or row.failures:
        raise HeardError(row.said, row.mend)
    print("There is no ticket yet; the first one comes in by itself." if row.synced_at else GOES_ON)
    return 0
