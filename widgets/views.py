"""The agent's views with the digits that open them and how many tickets each has now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textual.message import Message

from desk.records import ViewRow
from widgets.cells import fit, width
from widgets.inks import Piece
from widgets.rows import LineList
from widgets.ticket_line import Look

ACTIVE_MARK = "›"
DIGITS = 9


class ViewList(LineList[ViewRow]):
    """A short list of views; the active one has a mark, whether or not the cursor is on it."""

    DEFAULT_CSS = """
    ViewList { background: $background; height: 1fr; }
    """

    @dataclass
    class ViewChosen(Message):
        """A view was asked for."""

        view_id: int

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(self._draw_view, key=lambda view: view.id, empty="No views yet", id=id, classes=classes)
        self._counts: Mapping[int, int] = {}
        self._active: int | None = None

    def show_views(self, views: Sequence[ViewRow]) -> None:
        """Show the views in their order."""
        self.show_rows(views)

    def set_counts(self, counts: Mapping[int, int]) -> None:
        """Show how many tickets each view has, by its id."""
        if counts != self._counts:
            self._counts = dict(counts)
            self.tick()

    def activate(self, view_id: int | None) -> None:
        """Mark the view that the queue shows, and bring the cursor to it; None where it shows a filter of one's own."""
        self._active = view_id
        if view_id is not None:
            self.go_to(view_id)
        self.tick()

    def open(self) -> None:
        """Choose the view under the cursor."""
        if isinstance(self.cursor_id, int):
            self.post_message(self.ViewChosen(self.cursor_id))

    def _draw_view(self, view: ViewRow, cells: int, _look: Look) -> list[Piece]:
        active = view.id == self._active
        digit = str(view.position) if 1 <= view.position <= DIGITS else " "
        count = self._counts.get(view.id)
        number = "" if count is None else f"{count:,}"
        room = max(cells - width(number) - 6, 0)
        return [
            (ACTIVE_MARK if active else " ", "mark"),
            (digit, "key"),
            (" ", "plain"),
            (fit(view.name, room), "strong" if active else "plain"),
            (" " + number + " ", "strong" if active and count else "muted" if count else "faint"),
        ]
