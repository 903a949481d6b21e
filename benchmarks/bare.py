"""The smallest Textual applications that answer a key: what every start of the console is compared with.

    python -m benchmarks.bare [list | table ROWS]

Without `list` it is one line of text, the least that can be started. With it, what the console can't do without is
there too, and nothing else: 1,000 rows in a list of its own with a cursor, between a line above and a line below. With
`table` the rows stand in Textual's own table, which holds them all.
"""

import sys
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import DataTable, Static

ROWS = 1000
READY, ANSWERED = "bare and ready", "bare and answered"


class Bare(App[None]):
    """Shows a line, and another once `j` was pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [("j", "answer", "answer"), ("q", "quit", "quit")]

    def compose(self) -> ComposeResult:
        """The line."""
        yield Static(READY)

    def action_answer(self) -> None:
        """The other line."""
        self.query_one(Static).update(ANSWERED)


class Rows(ScrollView):
    """A list that draws the lines that are on the screen; the row under the cursor says so."""

    cursor = -1

    def on_mount(self) -> None:
        """As long as its rows."""
        self.virtual_size = Size(1, ROWS)

    def render_line(self, y: int) -> Strip:
        """One row."""
        row = y + self.scroll_offset.y
        chosen = row == self.cursor
        text = f"#{row:<8} customer {row:<12} {ANSWERED if chosen else 'the matter of this row'}"
        return Strip([Segment(text, Style(reverse=chosen))]).adjust_cell_length(self.size.width)


class Listed(Bare):
    """Shows a list between two lines; `j` moves its cursor."""

    def compose(self) -> ComposeResult:
        """The list, and the lines around it."""
        yield Static("a list")
        yield Rows()
        yield Static(READY)

    def action_answer(self) -> None:
        """The next row."""
        rows = self.query_one(Rows)
        rows.cursor += 1
        rows.refresh(Region(0, max(0, rows.cursor - 1), rows.size.width, 2))


class Tabled(Bare):
    """Shows rows in Textual's DataTable, whose cursor `j` moves."""

    # By itself a table is as high as the screen, and the line would never be seen.
    CSS = "DataTable { height: 1fr; }"

    def compose(self) -> ComposeResult:
        """The table, and a line below that says when all rows are in it."""
        yield DataTable[str](cursor_type="row")
        yield Static("")

    def on_mount(self) -> None:
        """All rows."""
        table = self.query_one(DataTable)
        table.add_columns("number", "customer", "matter")
        table.add_rows((f"#{row}", f"customer {row}", "the matter of this row") for row in range(int(sys.argv[2])))
        self.query_one(Static).update(READY)

    def action_answer(self) -> None:
        """The next row."""
        self.query_one(DataTable).action_cursor_down()


if __name__ == "__main__":
    {"list": Listed, "table": Tabled}.get((*sys.argv, "")[1], Bare)().run()
