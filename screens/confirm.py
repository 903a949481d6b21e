"""The one question that stops everything: what is about to change, line by line, and yes or no."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.strip import Strip
from typing_extensions import override

from screens.action import Place
from screens.desk_screen import DeskScreen
from screens.seat import Seat
from widgets.bars import HintBar
from widgets.inks import Lines


class Statement(Lines, can_focus=False):
    """Lines of plain text under a title."""

    DEFAULT_CSS = "Statement { overflow: hidden; background: $surface; }"

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__()
        self._lines = ((" " + title, "title"), ("", "plain"), *(("   " + line, "plain") for line in lines))
        self.styles.height = len(self._lines) + 1

    def render_line(self, y: int) -> Strip:
        """One of them."""
        return self.strip([self._lines[y]] if y < len(self._lines) else [], self.size.width)


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

    def __init__(self, seat: Seat, title: str, lines: Sequence[str] = ()) -> None:
        super().__init__(seat)
        self._title, self._lines = title, tuple(lines)

    def compose(self) -> ComposeResult:
        """The statement, and the two keys."""
        with Vertical():
            yield Statement(self._title, self._lines)
            yield HintBar()

    @property
    @override
    def place(self) -> Place:
        return Place.QUESTION

    def action_question_yes(self) -> None:
        """Do it."""
        self.dismiss(True)

    def action_question_no(self) -> None:
        """Leave it."""
        self.dismiss(False)
