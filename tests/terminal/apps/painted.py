"""Paints first, tells which modules that took, waits to be told to go on, then runs the guarded app."""

import sys
from pathlib import Path

from console.first_paint import start
from console.terminal import TERMINAL

database, told, go = (Path(argument) for argument in sys.argv[1:4])
start(database)
told.write_text("\n".join(sorted(sys.modules)), encoding="utf-8")
with go.open("rb") as wait:
    wait.read()

from tests.terminal.apps.guarded import Guarded  # noqa: E402 - what is tested is that it comes after the paint

sys.argv[1] = str(told)
app = Guarded()
app.run()
TERMINAL.leave(app.return_code or 0)
