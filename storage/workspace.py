"""A workspace: one folder with `heard.db` and `attachments/`, closed to everyone but its owner."""

import os
from dataclasses import dataclass
from pathlib import Path

from desk.errors import NotFound, Refused, WorkspaceError
from storage.connect import Connection, connect, explain
from storage.version import VERSION

DATABASE = "heard.db"


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where a workspace lies. Making one of these touches nothing on disk.

    `read_only`: whoever got it may read; `open_to_write` refuses it, and so every deed, whatever asks for it.
    """

    folder: Path
    read_only: bool = False

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.folder / DATABASE

    @property
    def attachments(self) -> Path:
        """The folder of attachments, each file under its SHA-256."""
        return self.folder / "attachments"

    def exists(self) -> bool:
        """Whether there is a database."""
        return self.database.exists()


def locate(given: str | None) -> Workspace:
    """The workspace that was named on the command line, in HEARD_WORKSPACE, or the platform's data folder."""
    named = given or os.environ.get("HEARD_WORKSPACE")
    if named:
        return Workspace(Path(named).expanduser().absolute())
    import platformdirs

    return Workspace(Path(platformdirs.user_data_dir("heard")) / "workspace")


def open_to_read(workspace: Workspace) -> Connection:
    """A read-only connection to an existing workspace of the present schema.

    Raises NotFound where there is none, WorkspaceError where the file is damaged or of another version. An older file
    is migrated first.
    """
    if not workspace.exists():
        raise NotFound(
            f"There is no workspace at {workspace.folder}", "Start with `heard demo`, or `heard import` a file."
        )
    connection = connect(workspace.database, read_only=True)
    version = _version(connection, workspace)
    if version == VERSION:
        return connection
    connection.close()
    open_to_write(workspace).close()
    return connect(workspace.database, read_only=True)


def open_to_write(workspace: Workspace) -> Connection:
    """A writing connection; the workspace is made, or brought to the present schema, where that is needed.

    Refused where the workspace may only be read.
    """
    if workspace.read_only:
        raise Refused("Nothing can be changed from here", "This board only reads.")
    try:
        workspace.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        workspace.attachments.mkdir(mode=0o700, exist_ok=True)
        if not workspace.exists():
            os.close(os.open(workspace.database, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise WorkspaceError(
            f"The workspace {workspace.folder} can't be made or written: {error.strerror}",
            "Check who owns the folder, or name another with --workspace.",
        ) from error
    connection = connect(workspace.database)
    if _version(connection, workspace) < VERSION:
        from storage.migrations import migrate

        try:
            migrate(connection)
        except Exception as error:
            connection.close()
            raise explain(workspace.database, error) from error
    if connection.execute("SELECT 1 FROM setting WHERE key = 'erasing'").fetchone():
        # Somebody was erased, and a crash came before the files were clean.
        from storage.erasing.cleaning import clean_up

        clean_up(connection)
    return connection


def _version(connection: Connection, workspace: Workspace) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        connection.close()
        raise WorkspaceError(
            f"{workspace.database} was made by a newer Heard (schema {version}, this one knows {VERSION})",
            "Install the newer Heard; nothing was changed.",
        )
    return version
