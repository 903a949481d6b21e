"""The console in a terminal, as an agent sits at it: what is pressed and seen, and what is in the database."""

import re
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from storage.connect import connect, writing
from storage.workspace import Workspace
from tests.terminal.term import Term

HEARD = Path(sys.executable).with_name("heard")
Value = int | str | bytes | None
# What Textual and the first paint write themselves; whatever control byte is left came from somebody's text.
OWN = re.compile(
    rb"\x1b\[[0-9;:]*[mHJKABCD]"  # styles and places
    rb"|\x1b\[[?<>=][0-9;]*\$?[hlpu]"  # modes, questions, kitty keys
    rb"|\x1b\]22;[a-z-]*\x07"  # the shape of the mouse pointer
    rb"|[\r\n]"
    rb"|\x1b(?:\[[0-9;:?<>=]*)?\Z"  # the rest is still on its way
)
CONTROL = re.compile(rb"[\x00-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]")


class Desk(Term):
    """An agent's console on a workspace."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        columns: int = 120,
        rows: int = 36,
        agent: str = "ana",
        undo_seconds: int = 15,
        environment: Mapping[str, str] | None = None,
        command: tuple[str | Path, ...] = (HEARD,),
    ) -> None:
        self.workspace = workspace
        config = workspace.folder.parent / f"{agent}.toml"
        config.write_text(f"undo_seconds = {undo_seconds}\n", encoding="utf-8")
        self.environment = {"HEARD_AGENT": agent, "HEARD_CONFIG": str(config), **(environment or {})}
        super().__init__(
            [*command, "--workspace", workspace.folder],
            columns=columns,
            rows=rows,
            environment=self.environment,
        )

    @property
    def lines(self) -> list[str]:
        """The screen, also where a mark stands without a letter, which pyte can't put into one string."""
        columns = range(self.screen.columns)
        return ["".join(self.screen.buffer[y][x].data for x in columns).rstrip() for y in range(self.screen.lines)]

    def wait_until_live(self) -> None:
        """Read until the app has taken over from the first paint, and its keys stand at the bottom."""
        self.wait_for(
            lambda desk: (
                b"\x1b[?2004h" in desk.raw and re.search(r"↑\d", desk.lines[0]) is not None and "keys" in desk.lines[-1]
            )
        )

    def step(self, *keys: str, then: str) -> None:
        """Press keys, and wait for the words that follow from them."""
        self.press(*keys)
        self.wait_for(then)

    def gone(self, words: str) -> None:
        """Read until the words are no more on the screen."""
        self.wait_for(lambda desk: words not in desk.text)

    def ask(self, query: str, *values: Value) -> list[tuple[Value, ...]]:
        """What the database says now."""
        with closing(connect(self.workspace.database, read_only=True)) as connection:
            return connection.execute(query, values).fetchall()

    def one(self, query: str, *values: Value) -> Value:
        """The first column of the first row, None where there is none."""
        found = self.ask(query, *values)
        return found[0][0] if found else None

    def comes_true(self, query: str, *values: Value) -> None:
        """Read until the query's first value is true."""
        self.wait_for(lambda desk: bool(desk.one(query, *values)))

    def end_undo_time(self) -> None:
        """Let the time be over in which what was sent can be taken back."""
        with closing(connect(self.workspace.database)) as connection, writing(connection):
            connection.execute("UPDATE outbox SET ready_at = created_at")

    @property
    def open_number(self) -> int:
        """The number of the ticket that is open, from the title line."""
        found = re.search(r"#(\d+)", self.lines[0])
        assert found is not None, self.text
        return int(found[1])

    @property
    def restored(self) -> bool:
        """Whether the terminal is as it was before."""
        return not self.on_alternate_screen and self.modes_left_on == set() and self.modes() == self.modes_before

    def quit(self) -> int:
        """Leave by the question; the exit status."""
        self.step("ctrl+q", then="Leave Heard?")
        self.press("enter")
        return self.wait_for_exit()


def write_the_refund(desk: Desk) -> None:
    """Reply with the refund snippet, and fill in what it asks for."""
    desk.step("r", then="Reply ·")
    desk.send(";ref")
    desk.step(then="Refund on its way")
    desk.step("tab", then="fill in: amount")
    desk.send("18 EUR")
    desk.step("tab", then="fill in: order number")
    desk.send("8841")
    desk.step("tab", then="2 bank account")
    # A choice is made, and the next field asks.
    desk.step("1", then="fill in: day")
    desk.send("Friday")
    desk.step("tab", then="by Friday")
    desk.send("Friday")
    desk.wait_for(lambda desk: "{{" not in desk.text)


def strangers_bytes(raw: bytes) -> bytes:
    """Control bytes that are none of our own, with what stands around them; empty where there are none."""
    left = OWN.sub(b"", raw)
    found = CONTROL.search(left)
    return left[max(0, found.start() - 60) : found.end() + 60] if found else b""
