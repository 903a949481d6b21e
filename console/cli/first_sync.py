"""The first minutes of a source that was just connected: how far it is, until there is something to work on.

It is fetched by the process that syncs while a console is open; whoever has opened one keeps it going. The invariant:
what is told is what that process has written down.
"""

import sys
import time
from contextlib import closing
from dataclasses import dataclass

from console.sync_process import SyncProcess
from desk.errors import Refused
from storage.connect import Connection
from storage.sources import SourceRow, source_named
from storage.workspace import Workspace, open_to_read
from sync.secret import Secret
from widgets.cells import harmless

LOOK_EVERY = 0.1
# Another process that syncs this workspace may be busy with its other sources. In seconds.
PATIENCE = 60.0
# A login is tried before a secret that was typed has reached the process, and is then tried again.
SURE = 5.0
GOES_ON = "The rest comes in while a console is open, or with `heard sync`."

_TICKETS = "SELECT count(*) FROM (SELECT 1 FROM ticket WHERE source_id = ? LIMIT ?)"
MANY = 100_000


@dataclass(frozen=True, slots=True)
class Seen:
    """How far it is, and how many tickets are here."""

    row: SourceRow
    tickets: int

    @property
    def in_trouble(self) -> bool:
        """Whether a try has failed, and none has gone well since."""
        return self.row.state in ("denied", "away", "stuck") or self.row.failures > 0


def fetch_first(workspace: Workspace, name: str, secret: Secret | None) -> None:
    """Fetch until tickets are here or all is read, and print how far it is. `secret`: one that was typed, if any."""
    sync = SyncProcess(workspace)
    begun = time.monotonic()
    try:
        sync.attend()
        if secret is not None:
            _give(sync, name, secret)
        with closing(open_to_read(workspace)) as connection:
            seen = _watch(connection, name, begun)
    except KeyboardInterrupt:
        _show("")
        print(f"Stopped. {GOES_ON}")
        return
    finally:
        sync.outlive()
    _show("")
    _tell(seen, time.monotonic() - begun)


def _give(sync: SyncProcess, name: str, secret: Secret) -> None:
    try:
        sync.give(name, secret)
    except Refused:
        # A console that is open syncs; what is kept nowhere is given there.
        return


def _watch(connection: Connection, name: str, begun: float) -> Seen:
    """Look until there is something to work on, or surely nothing to wait for."""
    seen, well_at = _look(connection, name), time.monotonic()
    while not (seen.tickets or seen.row.synced_at) and (at := time.monotonic()) - begun < PATIENCE:
        if not seen.in_trouble:
            well_at = at
        elif at - well_at >= SURE:
            break
        _show(f"First sync: {_far(seen)}")
        time.sleep(LOOK_EVERY)
        seen = _look(connection, name)
    return seen


def _look(connection: Connection, name: str) -> Seen:
    row = source_named(connection, name)
    return Seen(row, int(connection.execute(_TICKETS, (row.id, MANY)).fetchone()[0]))


def _far(seen: Seen) -> str:
    if seen.row.total > seen.row.done:
        return f"{seen.row.done:,} of {seen.row.total:,}"
    return "looking for the newest"


def _show(words: str) -> None:
    """In the line that is there, where a person looks on."""
    if sys.stdout.isatty():
        sys.stdout.write(f"\r\x1b[K{words}")
        sys.stdout.flush()


def _tell(seen: Seen, seconds: float) -> None:
    if seen.tickets:
        tickets = "One ticket is" if seen.tickets == 1 else f"{seen.tickets:,} tickets are"
        print(f"{tickets} here after {seconds:.1f} s: `heard` opens the queue. {GOES_ON}")
    elif seen.row.synced_at:
        print("There is no ticket yet; the first one comes in by itself.")
    elif seen.in_trouble:
        print(harmless(f"Nothing could be fetched yet: {seen.row.said}. {seen.row.mend}".rstrip()))
    else:
        print(f"Nothing is here yet. {GOES_ON}")
