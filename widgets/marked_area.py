"""A text area whose words can be marked: underlined, and in bold where a mark would stop the sending.

The invariants: a mark is never drawn on other words than those that it is about, however the text has changed since;
drawing a line asks nothing of the rest of the text.
"""

from bisect import bisect_right

from rich.text import Text
from textual.widgets import TextArea
from textual.widgets.text_area import Document, Edit, EditResult, Location

from desk.review.marks import Mark, moved


class MarkedArea(TextArea, inherit_bindings=False):
    """Shows marks on its text and moves among them."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(
            soft_wrap=True,
            tab_behavior="focus",
            show_line_numbers=False,
            compact=True,
            # It would paint over the colours of open fields.
            highlight_cursor_line=False,
            id=id,
            classes=classes,
        )
        self._marks: tuple[Mark, ...] = ()
        self._in_lines: dict[int, list[tuple[int, int, bool]]] | None = {}

    # Places: Textual counts rows and columns, everything else counts characters.

    def offset_of(self, location: Location) -> int:
        """How many characters stand before a place."""
        assert isinstance(self.document, Document)
        return self.document.get_index_from_location(location)

    def location_of(self, offset: int) -> Location:
        """The place behind so many characters."""
        assert isinstance(self.document, Document)
        return self.document.get_location_from_index(offset)

    # Marks

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What is marked, in the order of the text."""
        return self._marks

    def show_marks(self, marks: tuple[Mark, ...]) -> None:
        """Mark these; they are those of the text as it stands."""
        if marks != self._marks:
            self._marks = marks
            self._draw_anew()

    def check_marks(self) -> None:
        """Drop the marks whose words are no longer there: an undo changes the text without saying where."""
        text = self.text
        self.show_marks(tuple(mark for mark in self._marks if text[mark.start : mark.end] == mark.text))

    @property
    def current_mark(self) -> int | None:
        """The place among the marks of the one at the cursor, else the next one, else the first; None without any."""
        if not self._marks:
            return None
        cursor = self.offset_of(self.cursor_location)
        return next((place for place, mark in enumerate(self._marks) if mark.end >= cursor), 0)

    def next_mark(self) -> bool:
        """Move to the mark behind the cursor, past the one that it stands on; False where there is none."""
        place = self.current_mark
        if place is None:
            return False
        mark = self._marks[place]
        if mark.start <= self.offset_of(self.cursor_location) <= mark.end:
            mark = self._marks[(place + 1) % len(self._marks)]
        self.move_cursor(self.location_of(mark.start), center=True)
        return True

    def fix_mark(self) -> bool:
        """Put in what a mark proposes, as one edit; False where it proposes nothing."""
        place = self.current_mark
        mark = self._marks[place] if place is not None else None
        if mark is None or mark.replacement is None or self.text[mark.start : mark.end] != mark.text:
            return False
        self.history.checkpoint()
        self.replace(mark.replacement, self.location_of(mark.start), self.location_of(mark.end))
        self.history.checkpoint()
        self.move_cursor(self.location_of(mark.start + len(mark.replacement)))
        return True

    # What Textual calls

    def edit(self, edit: Edit) -> EditResult:
        """Marks move with their words; those that are touched go."""
        if self._marks:
            start, end = (self.offset_of(place) for place in (edit.top, edit.bottom))
            self._marks = moved(self._marks, start, end, len(edit.text))
            self._draw_anew()
        return super().edit(edit)

    def on_resize(self) -> None:
        """Keep the line that is typed in sight: what is said of a mark takes room from below."""
        self.scroll_cursor_visible()

    def get_line(self, line_index: int) -> Text:
        """A line with its marks."""
        text = super().get_line(line_index)
        if self._marks:
            soft, asks = (
                self.get_component_rich_style(name, partial=True) for name in ("editor--marked", "editor--asks")
            )
            for start, end, stops in self._marks_in(line_index):
                text.stylize(asks if stops else soft, start, end)
        return text

    def _draw_anew(self) -> None:
        self._in_lines = None
        # Lines that were drawn are kept by what Textual knows of, which marks are no part of.
        self._line_cache.clear()
        self.refresh()

    def _marks_in(self, line: int) -> list[tuple[int, int, bool]]:
        if self._in_lines is None:
            self._in_lines = self._by_line()
        return self._in_lines.get(line, [])

    def _by_line(self) -> dict[int, list[tuple[int, int, bool]]]:
        """The columns of each mark in each line that it touches."""
        starts = [0]
        for line in self.document.lines:
            starts.append(starts[-1] + len(line) + len(self.document.newline))
        found: dict[int, list[tuple[int, int, bool]]] = {}
        for mark in self._marks:
            row = max(0, bisect_right(starts, mark.start) - 1)
            while row < len(starts) - 1 and starts[row] < mark.end:
                found.setdefault(row, []).append((max(0, mark.start - starts[row]), mark.end - starts[row], mark.asks))
                row += 1
        return found
