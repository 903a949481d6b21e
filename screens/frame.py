"""The rules between the panes, drawn exactly as the first paint draws them, so that nothing jumps at the take-over."""

from textual.geometry import Size
from textual.strip import Strip

from widgets.cells import cut, harmless, width
from widgets.inks import Lines, Piece

Corners = tuple[str, str, str]
TOP: Corners = ("┌", "┬", "┐")
MIDDLE: Corners = ("├", "┼", "┤")
BOTTOM: Corners = ("└", "┴", "┘")


def rule(corners: Corners, parts: tuple[tuple[str, int], ...]) -> str:
    """A rule over panes of these (title, inner width), with its corners."""
    first, between, last = corners
    drawn = []
    for title, room in parts:
        named = cut(" " + harmless(title) + " ", room) if title else ""
        drawn.append(named + "─" * (room - width(named)))
    return first + between.join(drawn) + last


class Rule(Lines, can_focus=False):
    """One line of the frame."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "Rule { height: 1; overflow: hidden; }"

    def __init__(self, corners: Corners, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._corners = corners
        self._parts: tuple[tuple[str, int], ...] = ()
        self.virtual_size = Size(1, 1)

    def show(self, *parts: tuple[str, int]) -> None:
        """Draw over panes of these (title, inner width)."""
        if parts != self._parts:
            self._parts = parts
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The rule."""
        pieces: list[Piece] = [(rule(self._corners, self._parts), "rule")] if self._parts and y == 0 else []
        return self.strip(pieces, self.size.width)
