"""A page with one list in the workspace's frame: customers, one customer, snippets, outbox, help.

The invariants: the frame stands where the workspace has it, so that nothing jumps when a page opens; an answer that
comes after the page was left changes nothing; the cursor never rests on a heading.
"""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.geometry import Size
from textual.widget import Widget
from typing_extensions import override

from screens.action import Situation
from screens.ask import AskPanel
from screens.frame import BOTTOM, TOP, Rule
from screens.seat import Seat
from screens.top_line import show_top_line
from screens.undoing import Undoing
from storage import outbox
from storage.connect import Connection
from widgets.bars import HeaderBar, HintBar, NoticeBar
from widgets.rowcache import Key
from widgets.rows import LineList, Row

Answer = TypeVar("Answer")

SIDE_FROM = 100
BETWEEN = ("├", "┼", "┤")


class Shape(NamedTuple):
    """The side pane's width where it stands beside the list, its lines where it stands below; both 0 where hidden."""

    side: int = 0
    below: int = 0


class FramedScreen(Undoing, Generic[Row]):
    """Subclasses make `lines` before their `__init__` calls this one, and say what stands in the panes."""

    CSS_PATH = "framed.tcss"
    hints_kept = 2

    def __init__(self, seat: Seat, lines: LineList[Row]) -> None:
        super().__init__(seat)
        self.lines = lines
        self.header, self.notices = HeaderBar(), NoticeBar(clock=seat.clock)
        self.top, self.between, self.bottom = Rule(TOP), Rule(BETWEEN), Rule(BOTTOM)
        self.panes = Container(classes="frame-panes")
        self.main_pane, self.side_pane = Vertical(classes="frame-main"), Vertical(classes="frame-side")
        self.shape = Shape()
        self._waiting = 0

    # What a page says about itself

    @override
    def situation(self) -> Situation:
        return Situation(listed=self.lines.count)

    @property
    @abstractmethod
    def path(self) -> tuple[str, ...]:
        """What the top line says."""

    @property
    @abstractmethod
    def titles(self) -> tuple[str, str]:
        """What stands over the panes."""

    def main_widgets(self) -> tuple[Widget, ...]:
        """What stands in the main pane."""
        return (self.lines,)

    def side_widgets(self) -> tuple[Widget, ...]:
        """What stands in the side pane; nothing where there is none."""
        return ()

    def shaped(self, size: Size) -> Shape:
        """Where the side pane stands in a terminal of this size."""
        return Shape(side=size.width * 45 // 100) if size.width >= SIDE_FROM else Shape()

    def stops(self, _row: Row) -> bool:
        """Whether the cursor may rest on a row."""
        return True

    def open_row(self, key: Key) -> None:
        """Open what was chosen."""

    @override
    def compose(self) -> ComposeResult:
        yield self.header
        yield self.top
        with self.panes:
            with self.main_pane:
                yield from self.main_widgets()
            yield self.between
            with self.side_pane:
                yield from self.side_widgets()
        yield self.bottom
        yield self.notices
        yield HintBar()
        yield AskPanel()

    def on_mount(self) -> None:
        """Put the keys where they belong and read what is shown."""
        self.lay_out()
        self.asked()
        self.changed()
        self.show_hints()

    # Reading and doing

    def read(self, key: str, question: Callable[[Connection], Answer], then: Callable[[Answer], object]) -> None:
        """Ask storage; the answer is dropped where the page was left meanwhile."""
        self.seat.jobs.read(
            " ".join((type(self).__name__, key)),
            question,
            lambda answer: then(answer) if self.is_attached else None,
        )

    @override
    def changed(self) -> None:
        self.read("waiting", outbox.waiting_count, self._counted)

    def _counted(self, waiting: int) -> None:
        self._waiting = waiting
        self.show_header()

    # How it is drawn

    def on_resize(self, _event: events.Resize) -> None:
        """Another size, another frame."""
        self.lay_out()

    def lay_out(self) -> None:
        """Give the panes their room."""
        shape = self.shape = self.shaped(self.size) if self.side_widgets() else Shape()
        self.panes.set_class(bool(shape.below), "-stacked")
        self.side_pane.display = shape != Shape()
        self.between.display = bool(shape.below)
        self.side_pane.styles.width = shape.side or "100%"
        self.side_pane.styles.height = shape.below or "100%"
        self.main_pane.set_class(not shape.side, "-last")
        self.draw_frame()
        self.show_header()

    def draw_frame(self) -> None:
        """The rules around the panes, with their titles."""
        (main, side), shape, width = self.titles, self.shape, self.size.width
        if shape.side:
            self.top.show((main, width - shape.side - 1), (side, shape.side - 2))
            self.bottom.show(("", width - shape.side - 1), ("", shape.side - 2))
        else:
            self.top.show((main, width - 2))
            self.bottom.show(("", width - 2))
        self.between.show((side, width - 2))

    def show_header(self) -> None:
        """Where we are, what waits, who sits here, and the time."""
        show_top_line(self.header, self.notices, self.seat, self.path, self._waiting)

    @override
    def sources_changed(self) -> None:
        self.show_header()

    @override
    def calls_changed(self) -> None:
        super().calls_changed()
        self.show_header()

    @override
    def tick(self) -> None:
        super().tick()
        self.show_header()

    @override
    def asked(self) -> None:
        self.lines.focus()

    # Moving

    def action_move_back(self) -> None:
        """Back to where this page was opened."""
        self.dismiss(None)

    def action_move_down(self) -> None:
        """One row down."""
        self.step(1)

    def action_move_up(self) -> None:
        """One row up."""
        self.step(-1)

    def action_move_half_down(self) -> None:
        """Half a screen down."""
        self.lines.half_page(1)
        self.step(0)

    def action_move_half_up(self) -> None:
        """Half a screen up."""
        self.lines.half_page(-1)
        self.step(0)

    def action_move_top(self) -> None:
        """To the first row."""
        self.lines.home()
        self.step(0)

    def action_move_bottom(self) -> None:
        """To the last row."""
        self.lines.end()
        self.step(0)

    def action_move_open(self) -> None:
        """Open what the cursor is on."""
        self.open_here()

    def show_list(self, rows: Sequence[Row]) -> None:
        """Show these rows, and say anew what stands around them."""
        self.lines.show_rows(rows)
        self.row_reached()
        self.show_header()
        self.show_hints()

    def step(self, rows: int) -> None:
        """Move the cursor, and on over headings."""
        before = self.lines.index
        self.lines.move(rows)
        for direction in (-1 if rows < 0 else 1, 1 if rows < 0 else -1):
            while (row := self.lines.row) is not None and not self.stops(row):
                index = self.lines.index
                self.lines.move(direction)
                if self.lines.index == index:
                    break
        row = self.lines.row
        if row is not None and not self.stops(row):
            self.lines.move(before - self.lines.index)

    @on(LineList.Opened)
    def _opened(self, event: LineList.Opened) -> None:
        event.stop()
        self.open_here()

    def open_here(self) -> None:
        """Open what the cursor is on, at once: the next key is meant for what it opens."""
        row, key = self.lines.row, self.lines.cursor_id
        if row is not None and key is not None and self.stops(row):
            self.open_row(key)

    @on(LineList.CursorMoved)
    def _cursor_moved(self, event: LineList.CursorMoved) -> None:
        event.stop()
        if event.control is self.lines and event.key == self.lines.cursor_id:
            self.row_reached()
            self.show_hints()

    def row_reached(self) -> None:
        """The cursor came to another row."""
