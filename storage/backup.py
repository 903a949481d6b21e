"""Copies of a whole workspace, made while it runs, and put back in one step.

The invariants: what bears its final name was checked whole before (the database by SQLite, each file by its hash);
restoring never deletes what was there.
"""

import hashlib
import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from desk.errors import BadInput, NotFound, Refused, WorkspaceError
from storage.attachments import path as attachment_path
from storage.connect import Connection, connect, driver, explain
from storage.version import VERSION
from storage.workspace import Workspace, open_to_read

# Those that nobody has fetched from their helpdesk yet have none.
_FILES = "SELECT digest FROM attachment WHERE digest <> x'' UNION SELECT raw FROM message WHERE raw IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Copied:
    """A checked copy. `missing` names the files that messages speak of but that are gone or damaged."""

    folder: Path
    tickets: int
    messages: int
    attachments: int
    missing: tuple[str, ...]


def backup(workspace: Workspace, target: Path) -> Copied:
    """Copy the workspace to the new folder `target`; consoles and imports may go on meanwhile."""
    target = target.expanduser().absolute()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BadInput(f"{target} is there already", "Name a folder that doesn't exist yet.")
    aside = _beside(target)
    try:
        copy = Workspace(aside)
        with closing(open_to_read(workspace)) as source:
            _copy_database(source, copy)
        _take_files(workspace, copy)
        copied = verify(copy)
        _sync(copy.database)
        if target.exists():
            target.rmdir()
        aside.rename(target)
    except OSError as error:
        raise _not_written(target, error) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return Copied(target, copied.tickets, copied.messages, copied.attachments, copied.missing)


def verify(copy: Workspace) -> Copied:
    """Check a copy whole; WorkspaceError where its database is damaged or of a newer Heard."""
    if not copy.exists():
        raise NotFound(f"There is no backup in {copy.folder}", "Name a folder that `heard backup` made.")
    with closing(connect(copy.database, read_only=True)) as connection:
        try:
            return _verify(copy, connection)
        except (sqlite3.Error, driver().Error) as error:
            raise explain(copy.database, error) from error


def restore(copy: Path, workspace: Workspace, *, replace: bool = False) -> Path | None:
    """Put a copy in the workspace's place, after checking it.

    A workspace that is there is only replaced where `replace` says so, and kept aside: the answer is where.
    """
    occupied = workspace.folder.exists() and any(workspace.folder.iterdir())
    if occupied and not replace:
        raise Refused(f"There is a workspace at {workspace.folder}", "With --replace it is kept aside, and replaced.")
    source = Workspace(copy.expanduser().absolute())
    verify(source)
    aside = _beside(workspace.folder)
    try:
        new = Workspace(aside)
        shutil.copyfile(source.database, new.database)
        new.database.chmod(0o600)
        new.attachments.mkdir(mode=0o700)
        _take_files(source, new)
        verify(new)
        _sync(new.database)
        return _exchange(workspace, aside, occupied=occupied)
    except OSError as error:
        raise _not_written(workspace.folder, error) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _copy_database(source: Connection, copy: Workspace) -> None:
    copy.attachments.mkdir(mode=0o700)
    os.close(os.open(copy.database, os.O_CREAT | os.O_RDWR, 0o600))
    try:
        with closing(driver().connect(str(copy.database), isolation_level=None)) as target:
            source.backup(target)
            # The copy is one file, without a log beside it that someone might leave behind.
            target.execute("PRAGMA journal_mode=DELETE")
    except (sqlite3.Error, driver().Error) as error:
        raise explain(copy.database, error) from error


def _take_files(source: Workspace, copy: Workspace) -> None:
    """Kept files never change, so that a second name for one is as good as a copy where the disk is the same."""
    with closing(connect(copy.database, read_only=True)) as connection:
        digests = [row[0] for row in connection.execute(_FILES)]
    for digest in digests:
        there, here = attachment_path(source, digest), attachment_path(copy, digest)
        if not there.exists():
            continue
        here.parent.mkdir(mode=0o700, exist_ok=True)
        try:
            here.hardlink_to(there)
        except OSError:
            shutil.copyfile(there, here)
            here.chmod(0o600)


def _verify(copy: Workspace, connection: Connection) -> Copied:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if not 0 < version <= VERSION:
        raise WorkspaceError(f"{copy.database} is not of this Heard (schema {version})", "Install the newer Heard.")
    damage = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if damage != "ok":
        raise WorkspaceError(f"{copy.database} is damaged: {damage}", "Take another backup.")
    digests = [row[0] for row in connection.execute(_FILES)]
    missing = tuple(digest.hex() for digest in digests if not _whole(attachment_path(copy, digest), digest))
    tickets, messages = connection.execute(
        "SELECT (SELECT count(*) FROM ticket), (SELECT count(*) FROM message)"
    ).fetchone()
    return Copied(copy.folder, tickets, messages, len(digests) - len(missing), missing)


def _whole(file: Path, digest: bytes) -> bool:
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").digest() == digest
    except OSError:
        return False


def _exchange(workspace: Workspace, new: Path, *, occupied: bool) -> Path | None:
    """Two renames; should the second fail, the first is taken back."""
    if not occupied:
        if workspace.folder.exists():
            workspace.folder.rmdir()
        new.rename(workspace.folder)
        return None
    _refuse_open(workspace)
    kept = workspace.folder.with_name(f"{workspace.folder.name}-replaced-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}")
    workspace.folder.rename(kept)
    try:
        new.rename(workspace.folder)
    except OSError:
        kept.rename(workspace.folder)
        raise
    return kept


def _refuse_open(workspace: Workspace) -> None:
    """A console that has the old database open would go on writing into what was put aside."""
    if not workspace.exists():
        return
    try:
        with closing(driver().connect(str(workspace.database), isolation_level=None, timeout=1)) as connection:
            # Leaving WAL needs the file for oneself alone, and puts the log's last words into it.
            connection.execute("PRAGMA journal_mode=DELETE")
    except (sqlite3.Error, driver().Error) as error:
        if "locked" in str(error):
            raise Refused(f"{workspace.folder} is open in another program", "Close its console first.") from error


def _beside(target: Path) -> Path:
    """A new folder in the same place, so that it can be renamed to `target` in one step."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise _not_written(target, error) from error


def _sync(file: Path) -> None:
    with file.open("rb") as opened:
        os.fsync(opened.fileno())


def _not_written(target: Path, error: OSError) -> WorkspaceError:
    return WorkspaceError(
        f"{target} can't be written: {error.strerror}", "Nothing was changed; check space and rights."
    )
