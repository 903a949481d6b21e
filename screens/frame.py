"""The rules between the panes, drawn exactly as the first paint draws them, so that nothing jumps at the take-over."""

from textual.geometry import Size
from textual.strip import Strip

from widgets.cells import cut, harmless, width
from widgets.inks import Lines, Piece

Corners = tuple[str, str, str]
TOP: Corners = ("┌", "┬", "┐")
BOTTOM: Corners = ("└", "┴", "┘")


def rule(corners: Corners, parts: tuple[tuple[str, int], ...]) -> list[Piece]:
    """A rule over panes of these (title, inner width), with its corners."""
    first, between, last = corners
    pieces: list[Piece] = [(first, "rule")]
    for number, (title, room) in enumerate(parts):
        named = cut(" " + harmless(title) + " ", room) if title else ""
        corner = last if number == len(parts) - 1 else between
        pieces += [(named, "muted"), ("─" * (room - width(named)) + corner, "rule")]
    return pieces


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
        pieces = rule(self._corners, self._parts) if self._parts and y == 0 else []
        return self.strip(pieces, self.size.width)
