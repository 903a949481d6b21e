"""The keys of the screen below, out of the registry, and the filter's operators; searchable by any word.

The invariant: nothing is written here by hand that the registry or the filter's own list knows.
"""

from dataclasses import dataclass

from textual import on
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input
from typing_extensions import override

from desk.filters import OPERATORS
from screens.action import READING, Place, Places
from screens.actions import GROUPS
from screens.ask import LabelLine
from screens.framed import FramedScreen
from screens.hints import help_page
from screens.seat import Seat
from widgets.cells import fit, width
from widgets.fields import TextField
from widgets.inks import Piece, both_ends
from widgets.rows import LineList
from widgets.ticket_line import Look

# These are the same on every screen, so that they come behind what is this screen's own.
EVERYWHERE_ALIKE = ("move", "go", "deed", "console")
FILTER = "Filter: what may follow /"


@dataclass(frozen=True, slots=True)
class HelpLine:
    """A key with what it does; one without `keys` is the title of a group."""

    group: str
    keys: str = ""
    title: str = ""
    help: str = ""

    @property
    def words(self) -> str:
        """All that it can be found by."""
        return " ".join((self.group, self.keys, self.title, self.help)).casefold()


def help_lines(seat: Seat, places: Places) -> tuple[HelpLine, ...]:
    """The keys of these places, then the filter's operators where a list can be filtered."""
    lines: list[HelpLine] = []
    everywhere = {GROUPS[group] for group in EVERYWHERE_ALIKE}
    for group, page in sorted(help_page(seat.keymap, places), key=lambda each: each[0] in everywhere):
        lines += [HelpLine(group), *(HelpLine(group, keys, title, words) for keys, title, words in page)]
    if places & READING:
        operators = (
            HelpLine(FILTER, " ".join(operator.examples), operator.name, operator.help) for operator in OPERATORS
        )
        lines += [HelpLine(FILTER), *operators]
    return tuple(lines)


def matching(lines: tuple[HelpLine, ...], text: str) -> list[HelpLine]:
    """The lines that have every word, under the titles of their groups; all of them for an empty text."""
    words = text.casefold().split()
    kept = [line for line in lines if line.keys and all(word in line.words for word in words)]
    groups = {line.group for line in kept}
    wanted = set(kept)
    return [line for line in lines if line in wanted or (not line.keys and line.group in groups)]


class HelpScreen(FramedScreen[HelpLine]):
    """The keys of `places`."""

    def __init__(self, seat: Seat, places: Places) -> None:
        self._lines = help_lines(seat, places)
        self._keys = max((width(line.keys) for line in self._lines if line.group != FILTER), default=0)
        super().__init__(seat, LineList[HelpLine](self._draw, key=_key, empty="No key has these words."))
        self.field = TextField(placeholder="what do you want to do?")

    @property
    @override
    def place(self) -> Place:
        return Place.HELP

    @property
    @override
    def path(self) -> tuple[str, ...]:
        return ("Keys of this screen",)

    @property
    @override
    def titles(self) -> tuple[str, str]:
        return ("Keys", "")

    @override
    def main_widgets(self) -> tuple[Widget, ...]:
        label = LabelLine()
        label.say("/")
        return (Horizontal(label, self.field, classes="search-line"), self.lines)

    @override
    def stops(self, _row: HelpLine) -> bool:
        return bool(_row.keys)

    @override
    def on_mount(self) -> None:
        super().on_mount()
        self._show()

    def _show(self) -> None:
        self.lines.show_rows(matching(self._lines, self.field.value))
        self.lines.home()
        self.step(0)

    def _draw(self, row: HelpLine, cells: int, _look: Look) -> list[Piece]:
        if not row.keys:
            return [(" " + row.group, "title")]
        room = min(max(self._keys, 8), cells // 3)
        if row.group == FILTER:
            left: list[Piece] = [("   " + fit(row.title, 10) + " ", "key"), (row.help, "plain")]
            return both_ends(left, [(row.keys + " ", "muted")] if cells >= 76 else [], cells)
        return [("   " + fit(row.keys, room) + "  ", "key"), (fit(row.title, 18) + " ", "plain"), (row.help, "muted")]

    @on(Input.Changed)
    def _typed(self) -> None:
        self._show()

    @on(Input.Submitted)
    @on(TextField.Left)
    def _searched(self) -> None:
        self.asked()
        self.show_hints()

    @on(TextField.Stepped)
    def _stepped(self, event: TextField.Stepped) -> None:
        self.step(event.lines)

    def action_page_search(self, text: str) -> None:
        """Search; without words the field takes the keys."""
        if text:
            self.field.value = text
        else:
            self.field.focus()
        self.show_hints()

    @override
    def action_move_back(self) -> None:
        """First out of a search, then back."""
        if self.field.value:
            self.field.value = ""
        else:
            super().action_move_back()

    @override
    def action_move_open(self) -> None:
        self.step(1)

    def action_console_help(self) -> None:
        """The same key closes it."""
        super().action_move_back()


def _key(row: HelpLine) -> str:
    return "\n".join((row.group, row.keys, row.title))
