"""The console's start: the first paint, then the application on the same screen, then the quick way out."""

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from console.first_paint import start
from console.paths import database
from console.terminal import TERMINAL, usable
from desk.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable


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
    start(file)
    try:
        _examine(file.parent)
        status = _application()(file.parent)
    except BaseException:
        TERMINAL.release()
        raise
    sys.stdout.flush()
    TERMINAL.leave(status)
    raise AssertionError("unreachable")


def _application() -> "Callable[[Path], int]":
    """The application, without OpenSSL, which asyncio, hashlib and hmac take along where they find it.

    It costs 5 MB and 7 ms, and the console opens no connection (that is the work of `sync`, a process of its own); a
    file's hash is reckoned by Python's own code then.
    """
    left_out = ("ssl", "_hashlib")
    for name in left_out:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # None means: there is no such module
    try:
        # So that it is settled which hashes these take.
        import hashlib  # noqa: F401
        import hmac  # noqa: F401

        from console.app import run
    finally:
        for name in left_out:
            if sys.modules[name] is None:
                del sys.modules[name]
    return run


def _examine(folder: Path) -> None:
    """Open the database once where there is one, so that a damaged or newer file is refused before the app is there."""
    from storage.workspace import Workspace, open_to_read

    if folder.exists() and not folder.is_dir():
        raise Refused(f"{folder} is a file, and a workspace is a folder", "Name a folder with --workspace.")
    workspace = Workspace(folder)
    if workspace.exists():
        open_to_read(workspace).close()
