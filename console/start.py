"""The console's start: the first paint, then the application on the same screen, then the quick way out."""

import sys

from console.first_paint import start
from console.paths import database
from console.terminal import TERMINAL, usable
from desk.errors import Refused


def open_console(workspace: str | None) -> int:
    """Run the console on a workspace; it ends the process itself. Raises Refused where nothing can be drawn."""
    if not usable():
        raise Refused("The console needs a terminal that can be drawn on", "See `heard --help` for what works without.")
    file = database(workspace)
    painted = start(file)
    try:
        from console.app import run

        status = run(file.parent, painted)
    except BaseException:
        TERMINAL.release()
        raise
    sys.stdout.flush()
    TERMINAL.leave(status)
    raise AssertionError("unreachable")
