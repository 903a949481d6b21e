"""The one place where a database file is opened: driver, pragmas, and what to say where neither driver will do.

The look-up tables need FTS5 with `contentless_delete`, which SQLite has from 3.43 on; Debian 12's own is older. So the
bundled `sqlcipher3` comes first, and the standard library's `sqlite3` serves only where it is new enough.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, cast

from desk.errors import WorkspaceError

if TYPE_CHECKING:
    from sqlmodel import Session

# The drivers are alike call for call; the standard library's class is the one that has types.
Connection = sqlite3.Connection
NEEDED = (3, 43, 0)
# Measured in the project's storage report, section 3.2; mmap made cold starts four to nine times slower.
PRAGMAS = (
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-65536",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA mmap_size=0",
)
# A checkpoint is part of some commit, and on a slow disk each page of it costs: in one run of 8,000 contacts the worst
# took 181 ms by the clock with 4,000 pages, and 21 with 1,000; imports were as fast. It bounds the checkpoint alone:
# where FTS5 merges in the same commit, the worst of 25,000 still takes about 60 (docs/performance.md).
WRITER_PRAGMAS = ("PRAGMA synchronous=NORMAL", "PRAGMA wal_autocheckpoint=1000")
# How long to wait for another program, in seconds.
PATIENCE = 5.0
# How often to look whether it has finished.
LOOKING = 0.001


def driver() -> ModuleType:
    """The DB-API module to use; WorkspaceError where this Python has none that is new enough."""
    try:
        import sqlcipher3
    except ImportError:
        if sqlite3.sqlite_version_info >= NEEDED:
            return sqlite3
        raise WorkspaceError(
            f"SQLite {sqlite3.sqlite_version} of this Python is too old, and the package sqlcipher3 is not installed",
            "Install Heard again, so that sqlcipher3 comes with it.",
        ) from None
    return cast(ModuleType, sqlcipher3)


@cache
def connection_class(module: ModuleType) -> type[Connection]:
    """The driver's connections, for which things can be kept as long as they live: its own allow no weak reference."""
    return cast(type[Connection], type("Connection", (module.Connection,), {}))


def connect(path: Path, *, read_only: bool = False) -> Connection:
    """An open connection in autocommit mode, usable from any one thread at a time.

    Writers open their transactions themselves, with `writing()`. Raises WorkspaceError where the file isn't there
    (read only), can't be opened, or is no database.
    """
    module = driver()
    if read_only and not path.exists():
        raise WorkspaceError(f"There is no workspace at {path.parent}", "Import something, or start with `heard demo`.")
    uri = f"file:{_escaped(path)}?mode={'ro' if read_only else 'rwc'}"
    try:
        connection = cast(
            Connection,
            module.connect(
                uri,
                uri=True,
                isolation_level=None,
                check_same_thread=False,
                timeout=PATIENCE,
                factory=connection_class(module),
            ),
        )
        for pragma in PRAGMAS if read_only else (*PRAGMAS, *WRITER_PRAGMAS):
            connection.execute(pragma)
        if not read_only:
            _use_wal(connection, module)
            if not os.access(path, os.W_OK):
                # SQLite opens it to read alone and says so at the first deed, when words were written already.
                connection.close()
                raise explain(path, PermissionError("readonly"))
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except (sqlite3.Error, module.Error) as error:
        raise explain(path, error) from error
    return connection


def explain(path: Path, error: Exception) -> WorkspaceError:
    """What a driver's error means for the person, and how to mend it."""
    text = str(error)
    if "not a database" in text or "malformed" in text:
        return WorkspaceError(
            f"{path} is not a Heard database, or it is damaged",
            "Restore a backup with `heard restore`, or name another workspace with --workspace.",
        )
    if "disk is full" in text or "disk I/O" in text:
        return WorkspaceError(f"The disk that holds {path} is full or failing", "Free some space; nothing was changed.")
    if "readonly" in text or "unable to open" in text:
        return WorkspaceError(f"{path} can't be opened or written", "Check who owns the folder and its rights.")
    if "locked" in text:
        return WorkspaceError(f"{path} was kept busy by another program", "Try again in a moment.")
    return WorkspaceError(f"{path} answered: {text}", "Run `heard doctor` to look for damage.")


def _use_wal(connection: Connection, module: ModuleType) -> None:
    """Two consoles that make a workspace at once both do this, and SQLite doesn't wait here by itself."""
    import time

    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except (sqlite3.OperationalError, module.OperationalError) as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def begin(connection: Connection) -> None:
    """Begin a write transaction as soon as no other program has one.

    SQLite's own waiting looks only every 100 ms in the end: beside an import, which takes the lock again after a few
    milliseconds, a draft was saved after two seconds. Looked for this often, the lock is had between two batches.
    Raises the driver's OperationalError ("locked") where it isn't had within `PATIENCE` seconds.
    """
    import time

    deadline = time.monotonic() + PATIENCE
    connection.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
                return
            except connection.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(LOOKING)
    finally:
        connection.execute(f"PRAGMA busy_timeout={round(PATIENCE * 1000)}")


@contextmanager
def writing(connection: Connection) -> Iterator[Connection]:
    """One write transaction: committed at the end, rolled back whole on any error; begun as `begin` does."""
    begin(connection)
    try:
        yield connection
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def raw(session: "Session") -> Connection:
    """The driver's connection under a SQLModel session, inside the same transaction."""
    return cast(Connection, session.connection().connection.driver_connection)


def _escaped(path: Path) -> str:
    from urllib.parse import quote

    return quote(str(path.absolute()))
