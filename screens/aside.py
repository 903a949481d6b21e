"""Stepping aside: one of Heard's own commands has the terminal, and the console comes back when it has ended.

The invariants: the command is the one that a shell would run, on the same workspace; Ctrl+C ends it and never the
console; what it said last stays until Enter, since the console draws over it.
"""

import signal
import subprocess
import sys
from contextlib import suppress
from types import FrameType

from textual.app import App

from storage.workspace import Workspace

BACK = "\nEnter goes back to Heard. "


def run_aside(app: App[object], workspace: Workspace, *command: str) -> None:
    """Let `heard COMMAND` have the terminal until it has ended."""
    # -P: a folder that happens to be named like a package of ours must not be run.
    whole = (sys.executable, "-P", "-m", "console", "--workspace", str(workspace.folder.absolute()), *command)
    with app.suspend():
        # Not ignored, since what is ignored stays so in the command; and the event loop must not hear of it later.
        before, waker = signal.signal(signal.SIGINT, _not_ours), signal.set_wakeup_fd(-1)
        sys.stdout.write("\n")
        sys.stdout.flush()
        try:
            subprocess.run(whole, check=False)
            sys.stdout.write(BACK)
            sys.stdout.flush()
            with suppress(EOFError):
                sys.stdin.readline()
        finally:
            signal.set_wakeup_fd(waker)
            signal.signal(signal.SIGINT, before)


def _not_ours(_number: int, _frame: FrameType | None) -> None:
    """The command hears it as well."""
