"""What the reviewer says of the mark at the cursor: why, and what to do instead. Nothing without a mark."""

from textual.geometry import Size
from textual.strip import Strip

from desk.review.marks import Mark
from widgets.cells import shorten
from widgets.inks import Lines, Piece, both_ends, pieces_width

_MOST_SAID = 28


class ReviewLine(Lines, can_focus=False):
    """Two lines: the count, the words and the reason; the way out and its keys."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "ReviewLine { height: 2; overflow: hidden; background: $bar-background; display: none; }"

    def __init__(self) -> None:
        super().__init__(classes="composer--review")
        self.virtual_size = Size(1, 2)
        self.keys: tuple[tuple[str, str], ...] = ()
        """Each key with its word: next, fix, mute."""
        self._said: tuple[int, int, Mark] | None = None

    def show(self, place: int | None, marks: tuple[Mark, ...]) -> bool:
        """Speak of one of these marks, counted from 0, or be silent; whether that is something else than before."""
        said = None if place is None else (place + 1, len(marks), marks[place])
        if said == self._said:
            return False
        self._said = said
        self.display = said is not None
        self.refresh()
        return True

    def render_line(self, y: int) -> Strip:
        """One of the two."""
        cells = self.size.width
        return self.strip(self._pieces(y, cells) if self._said else [], cells, "bar")

    def _pieces(self, y: int, cells: int) -> list[Piece]:
        if self._said is None:
            return []
        number, count, mark = self._said
        if y == 0:
            sign: Piece = ("? ", "late") if mark.asks else ("~ ", "due")
            said = shorten(" ".join(mark.text.split()), _MOST_SAID)
            return [
                (" ", "plain"),
                sign,
                (f"{number}/{count} ", "muted"),
                (mark.reason + "  ", "plain"),
                (said, "strong"),
            ]
        way = (" → " + mark.suggestion + "  ", "plain")
        off = {"fix": mark.replacement is None, "mute": mark.asks}
        keys: list[Piece] = []
        for key, word in self.keys:
            wanted: list[Piece] = [(key, "key"), (f" {word}  ", "muted")]
            # Of a narrow line the way out comes first; the hint line has the keys too.
            if not off.get(word) and pieces_width([way, *keys, *wanted]) <= cells:
                keys += wanted
        return both_ends([way], keys, cells)
