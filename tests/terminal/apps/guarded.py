"""A small console with the guards and nothing else: what the tests of the guards drive."""

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

from textual import events
from textual.app import ComposeResult
from textual.widgets import DataTable, Input, Static
from typing_extensions import override

from console import guards
from console.guards import GuardedApp
from console.terminal import TERMINAL

HOSTILE = "hostile\x1b]52;c;cHduZWQ=\x1b\\ \x1b]0;title\x07 \x9b31m \x1b[2J \u202eend"


class Guarded(GuardedApp[None]):
    """Shows hostile text in several widgets, counts keys, and saves what was typed when the line is lost."""

    CSS = "DataTable { height: 4; }"
    typed = ""

    @override
    def compose(self) -> ComposeResult:
        """Hostile text everywhere."""
        yield Static(HOSTILE, markup=False)
        yield Static("typed: ", id="typed", markup=False)
        yield DataTable[str]()
        yield Input(HOSTILE, id="input")

    def on_mount(self) -> None:
        """Fill the table, and keep the keys for the app."""
        table = self.query_one(DataTable)
        table.add_column("subject")
        table.add_row(HOSTILE)
        self.title = HOSTILE
        self.set_focus(None)

    def on_key(self, event: events.Key) -> None:
        """Show what was typed; `q` quits, `!` is a fault, `e` lends the terminal to another program first."""
        if event.character == "q":
            self.exit()
            return
        if event.character == "!":
            kept_to_itself = "canary" + self.typed
            raise ValueError(HOSTILE + str(len(kept_to_itself)))
        if event.character == "e":
            with self.suspend():
                subprocess.run(["sh", "-c", f"stty -a > '{sys.argv[1]}.modes'"], check=True)
        self.typed += event.character or f"<{event.key}>"
        self.query_one("#typed", Static).update(f"typed: {self.typed}")

    def on_paste(self, event: events.Paste) -> None:
        """Show what was pasted."""
        self.typed += f"[{event.text}]"
        self.query_one("#typed", Static).update(f"typed: {self.typed}")

    @override
    async def save_before_leaving(self) -> None:
        """Write the draft where the test looks for it, then do what it says about saving."""
        Path(sys.argv[1]).write_text(self.typed, encoding="utf-8")
        match sys.argv[2:]:
            case ["hang"]:
                await asyncio.Event().wait()
            case ["block"]:
                threading.Event().wait()
            case ["fail"]:
                raise OSError(28, "No space left on device")


if __name__ == "__main__":
    guards.LAST_SECONDS = 0.3 if sys.argv[2:] else guards.LAST_SECONDS
    app = Guarded()
    app.run()
    TERMINAL.leave(app.return_code or 0)
