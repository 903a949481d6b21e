"""The one question that stops everything: what is about to change, line by line, and yes or no.

The invariants: the two keys stand below it in a terminal of any size, however much is about to change; where the answer
can't be taken back (`final`: letters to customers, erasing, what is written over or thrown away), no key that was
pressed before the question was drawn is one. All else `u` takes back, and fast fingers may answer it ahead.
"""

from collections.abc import Sequence
from time import monotonic

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.strip import Strip
from typing_extensions import override

from screens.action import Place
from screens.desk_screen import DeskScreen
from screens.seat import Seat
from widgets.bars import Bar, HintBar
from widgets.cells import harmless
from widgets.inks import Lines, Piece, fit_pieces

# The frame, the heading with its blanks, and the keys.
AROUND = 6


class Heading(Bar):
    """What is asked."""

    DEFAULT_CSS = "Heading { background: $surface; margin-bottom: 1; }"

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text
        self.ground = "base"
        # When it was drawn first, by the clock of key events; None where it wasn't yet.
        self.drawn_at: float | None = None

    @override
    def pieces(self, cells: int) -> list[Piece]:
        if self.drawn_at is None:
            self.drawn_at = monotonic()
        return fit_pieces([(" " + harmless(self._text), "title")], cells)


class Statement(Lines, can_focus=False):
    """Lines of plain text; where there are more than fit they scroll."""

    DEFAULT_CSS = "Statement { overflow: hidden auto; scrollbar-gutter: auto; background: $surface; }"

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__()
        self._lines = lines

    def fit(self, most: int) -> None:
        """Take as many lines of the screen as are needed, at most so many."""
        self.styles.height = min(len(self._lines) + 1, max(most, 1))
        self.set_lines(len(self._lines))

    def scroll(self, lines: int) -> None:
        """Show what stands so many lines below."""
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False, immediate=True, force=True)

    def render_line(self, y: int) -> Strip:
        """One of them."""
        index = y + self.scroll_offset.y
        text = "   " + self._lines[index] if index < len(self._lines) else ""
        return self.strip([(text, "plain")], self.cells)


class ConfirmScreen(DeskScreen[bool], ModalScreen[bool]):
    """Dismisses with the answer."""

    DEFAULT_CSS = """
    ConfirmScreen {
        align: center middle; background: $background 60%;
        & > Vertical {
            width: 76; max-width: 96%; height: auto; max-height: 90%; padding: 1 1 0 1;
            border: round $mark; background: $surface;
        }
    }
    """

    def __init__(self, seat: Seat, title: str, lines: Sequence[str] = (), *, final: bool = False) -> None:
        super().__init__(seat)
        self.words = (title, *lines)
        self._final = final
        self._heading = Heading(title)
        self._statement = Statement(self.words[1:])

    def compose(self) -> ComposeResult:
        """The statement, and the two keys."""
        with Vertical():
            yield self._heading
            yield self._statement
            yield HintBar()

    def on_mount(self) -> None:
        """As much of it as there is room for."""
        self._fit()
        self.show_hints()

    def on_resize(self) -> None:
        """Another size, another room."""
        self._fit()

    def _fit(self) -> None:
        self._statement.fit(self.size.height * 9 // 10 - AROUND)

    @property
    @override
    def place(self) -> Place:
        return Place.QUESTION

    def hears(self, pressed_at: float) -> bool:
        """Whether a key that was pressed then, by `monotonic`, is an answer."""
        drawn_at = self._heading.drawn_at
        return not self._final or (drawn_at is not None and pressed_at >= drawn_at)

    def action_move_down(self) -> None:
        """One line down."""
        self._statement.scroll(1)

    def action_move_up(self) -> None:
        """One line up."""
        self._statement.scroll(-1)

    def action_move_half_down(self) -> None:
        """Half of what is seen down."""
        self._statement.scroll(max(1, self._statement.size.height // 2))

    def action_move_half_up(self) -> None:
        """Half of what is seen up."""
        self._statement.scroll(-max(1, self._statement.size.height // 2))

    def action_move_top(self) -> None:
        """To the first line."""
        self._statement.scroll(-self._statement.virtual_size.height)

    def action_move_bottom(self) -> None:
        """To the last line."""
        self._statement.scroll(self._statement.virtual_size.height)

    def action_question_yes(self) -> None:
        """Do it."""
        self.dismiss(True)

    def action_question_no(self) -> None:
        """Leave it."""
        self.dismiss(False)
