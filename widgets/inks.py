"""Lines of cells in named inks on named grounds: what every widget of ours draws with.

A drawing function says what a piece of text *is* (`muted`, `late`, `note`), the theme says how that looks, so
that drawing stays free of colours and can be tested without a terminal. The invariant: every character goes through
`harmless`, nothing is ever read as markup, and a strip is exactly as wide as it was asked to be.
"""

from collections.abc import Iterable

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from widgets.cells import fit, harmless, width

Piece = tuple[str, str]
"""A text and the name of its ink."""

BOLD, UNDERLINE = Style(bold=True), Style(underline=True)
# The theme's variable for the colour of the text, where it isn't the widget's own, and how the text is set.
INKS: dict[str, tuple[str, Style]] = {
    "plain": ("", Style.null()),
    "strong": ("", BOLD),
    "muted": ("muted", Style.null()),
    "faint": ("faint", Style.null()),
    "unread": ("unread", BOLD),
    "urgent": ("urgent", BOLD),
    "late": ("late", BOLD),
    "due": ("due", Style.null()),
    "promised": ("promised", Style.null()),
    "good": ("good", Style.null()),
    "note": ("note", Style.null()),
    "agent": ("agent", Style.null()),
    "customer": ("customer", Style.null()),
    "link": ("link", UNDERLINE),
    "tag": ("tag", Style.null()),
    "mark": ("mark", Style.null()),
    "title": ("mark", BOLD),
    "rule": ("rule", Style.null()),
    "key": ("mark", BOLD),
}
INK_NAMES = tuple(INKS)
UNDERLINED = ("link",)
# The theme's variable for the background, where it isn't the widget's own.
GROUNDS = {
    "base": "",
    "cursor": "cursor-background",
    "blurred": "cursor-blurred",
    "selected": "selected",
    "note": "note-background",
    "bar": "bar-background",
}
GROUND_NAMES = tuple(GROUNDS)


def pieces_width(pieces: Iterable[Piece]) -> int:
    """The cells that the texts of `pieces`, already harmless, take."""
    return sum(width(text) for text, _ in pieces)


def fit_pieces(pieces: Iterable[Piece], cells: int) -> list[Piece]:
    """`pieces` made harmless and cut so that together they take at most `cells`; an ellipsis where one was cut."""
    kept: list[Piece] = []
    left = cells
    for text, ink in pieces:
        text = harmless(text)
        size = width(text)
        if size > left:
            if left > 0:
                kept.append((fit(text, left), ink))
            return kept
        left -= size
        if text:
            kept.append((text, ink))
    return kept


class Lines(ScrollView):
    """A widget that draws itself line by line; the parent of all that Heard draws by hand.

    Inks are read from the theme's variables. As component classes, Textual makes and styles a node for each of them
    in each widget: 600 nodes and 60 ms of the start.
    """

    DEFAULT_CSS = """
    Lines {
        overflow-x: hidden;
        scrollbar-size: 1 1;
        scrollbar-gutter: stable;
        background: $background;
        color: $foreground;
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._inks: dict[tuple[str, str], Style] = {}

    def notify_style_update(self) -> None:
        """Forget what was computed from the style sheet; a theme or a pseudo class changed."""
        super().notify_style_update()
        self._inks.clear()

    def set_lines(self, lines: int) -> None:
        """Say how many lines there are.

        Textual lays the whole screen out anew for another virtual size, which takes 10 ms; but here no widget stands
        elsewhere for it, as the room of the scroll bar is kept free, unless the height follows the lines.
        """
        size = Size(1, lines)
        if self.styles.is_auto_height or not self.size:
            self.virtual_size = size
        elif size != self.virtual_size:
            self.set_reactive(Lines.virtual_size, size)
            self._scroll_update(size)

    @property
    def cells(self) -> int:
        """How wide a line is; the room of the scroll bar, which is kept free always, is not part of it."""
        return self.scrollable_content_region.width

    def ink(self, name: str = "plain", ground: str = "base") -> Style:
        """The style of text that is `name`, standing on `ground`."""
        style = self._inks.get((name, ground))
        if style is None:
            variable, setting = INKS[name]
            below = self.rich_style + Style(bgcolor=self._colour(GROUNDS[ground]))
            above = Style(color=self._colour(variable)) + setting
            if self.app.native_ansi_color:
                above = _without_clashes(above, ground)
            style = self._inks[name, ground] = below + above
        return style

    def _colour(self, variable: str) -> RichColor | None:
        return Color.parse(self.app.theme_variables[variable]).rich_color if variable else None

    def strip(self, pieces: Iterable[Piece], cells: int, ground: str = "base") -> Strip:
        """One line of exactly `cells`: pieces in their inks, the rest of the ground."""
        joined = _without_lone_blanks(fit_pieces(pieces, cells))
        segments = [Segment(text, self.ink(ink, ground)) for text, ink in joined]
        return Strip(segments).adjust_cell_length(cells, self.ink("plain", ground)).simplify()


def _without_lone_blanks(pieces: Iterable[Piece]) -> list[Piece]:
    """The same to the eye with fewer changes of style, each of which is 40 bytes on a slow line."""
    joined: list[Piece] = []
    for text, ink in pieces:
        if joined and ink not in UNDERLINED and joined[-1][1] not in UNDERLINED and text.isspace():
            joined[-1] = (joined[-1][0] + text, joined[-1][1])
        else:
            joined.append((text, ink))
    return joined


def _without_clashes(style: Style, ground: str) -> Style:
    """No one knows what sixteen colours look like on each other: a cursor's line is white on blue, or underlined."""
    if ground == "cursor":
        return Style(color="bright_white", bold=style.bold, underline=style.underline)
    return style + Style(underline=True) if ground == "blurred" else style


def both_ends(left: list[Piece], right: list[Piece], cells: int) -> list[Piece]:
    """`left`, then blanks, then `right` at the end of `cells`; where both don't fit, `left` is cut."""
    right = fit_pieces(right, cells)
    room = cells - pieces_width(right)
    left = fit_pieces(left, max(0, room - 1) if right else room)
    return [*left, (" " * (room - pieces_width(left)), "plain"), *right]


def piece_at(pieces: Iterable[Piece], x: int) -> int | None:
    """Which of `pieces` covers the cell `x`; None where none does."""
    start = 0
    for place, (text, _) in enumerate(pieces):
        start += width(text)
        if x < start:
            return place
    return None
