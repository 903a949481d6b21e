"""The console's start: the first paint, then the application on the same screen, then the quick way out."""

import gc
import os
import sys
from pathlib import Path

from console.first_paint import start
from console.paths import database
from console.terminal import TERMINAL, usable
from desk.errors import Refused


def open_console(workspace: str | None) -> int:
    """Run the console on a workspace; it ends the process itself.

    Raises Refused where nothing can be drawn, WorkspaceError where the database can't be used: a line on the shell says
    more than an empty screen.
    """
    if not usable():
        raise Refused("The console needs a terminal that can be drawn on", "See `heard --help` for what works without.")
    # An exported size would hold against every later size of the window, for Textual and for an editor alike.
    for name in ("COLUMNS", "LINES"):
        os.environ.pop(name, None)
    # What the start makes stays; looking for garbage meanwhile costs 20 ms. The application turns it on again.
    gc.disable()
    file = database(workspace)
    painted = start(file)
    try:
        _examine(file.parent)
        from console.app import run

        status = run(file.parent, painted)
    except BaseException:
        TERMINAL.release()
        raise
    sys.stdout.flush()
    TERMINAL.leave(status)
    raise AssertionError("unreachable")


def _examine(folder: Path) -> None:
    """Open the database once where there is one, so that a damaged or newer file is refused before the app is there."""
    from storage.workspace import Workspace, open_to_read

    if folder.exists() and not folder.is_dir():
        raise Refused(f"{folder} is a file, and a workspace is a folder", "Name a folder with --workspace.")
    workspace = Workspace(folder)
    if workspace.exists():
        open_to_read(workspace).close()
