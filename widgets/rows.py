"""Lists of any length: only what is on the screen is drawn, read and remembered.

The invariants: the cursor belongs to a key, not to a place, so that new mail never moves it to another ticket; a
cursor key draws two lines, whatever the count; nothing here waits for a disk.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import ClassVar, Generic, TypeVar, cast

from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip

from desk.records import TicketRow
from widgets.columns import NO_MARKS
from widgets.inks import Lines, Piece
from widgets.rowcache import Key, RowCache, Sight, place_of
from widgets.ticket_line import Look, draw_ticket
from widgets.wrap import wrap

Row = TypeVar("Row")
Draw = Callable[[Row, int, Look], Sequence[Piece]]

STRIPS_KEPT = 512


class LineList(Lines, Generic[Row], can_focus=True, inherit_bindings=False):
    """A list of one-line rows of any kind, drawn by `draw(row, width, look)`."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "home", show=False),
        Binding("end", "end", show=False),
    ]

    @dataclass
    class CursorMoved(Message):
        """Another row is under the cursor; `key` is None where the list is empty."""

        view: "LineList[object]"
        key: Key | None

        @property
        def control(self) -> "LineList[object]":
            """The list that it happened in."""
            return self.view

        def can_replace(self, message: Message) -> bool:
            """While keys repeat only the last place matters."""
            return isinstance(message, LineList.CursorMoved) and message.view is self.view

    @dataclass
    class Opened(Message):
        """A row was chosen, by Enter or a double click."""

        view: "LineList[object]"
        key: Key

        @property
        def control(self) -> "LineList[object]":
            """The list that it happened in."""
            return self.view

    @dataclass
    class SelectionChanged(Message):
        """Rows were selected or not any more; `count` are selected now."""

        view: "LineList[object]"
        count: int

        @property
        def control(self) -> "LineList[object]":
            """The list that it happened in."""
            return self.view

    def __init__(
        self,
        draw: Draw[Row],
        *,
        key: Callable[[Row], Key],
        fetch: Callable[[int, int], Sequence[Row] | None] | None = None,
        empty: str = "Nothing here",
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._draw, self._empty = draw, empty
        self._cache = RowCache(key, fetch)
        # With the row that it was drawn from: what is read anew and says the same needn't be drawn anew.
        self._strips: LRUCache[tuple[Key, int, str, Look], tuple[Row, Strip]] = LRUCache(STRIPS_KEPT)
        self._shown = False
        self._index = 0
        self._key: Key | None = None
        self._chosen: set[Key] = set()
        self._anchor: Key | None = None
        self._company: Mapping[Key, tuple[str, bool]] = MappingProxyType({})

    # What the list shows

    def show(self, keys: Sequence[Key], rows: Sequence[Row] = (), start: int = 0) -> None:
        """Take a new snapshot; the cursor stays on its key, or at its place where that is gone.

        `rows` are those from the page at `start` on, where they are at hand.
        """
        sight = self.sight
        place = sight.place(keys)
        self._cache.snapshot(keys, rows, start)
        self._shown = True
        self._drop_absent()
        self.set_lines(len(keys))
        self.refresh()
        self._set_cursor(self._index if place is None else place, sight)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Take rows that are all in memory."""
        self._cache.fetch = lambda start, count: rows[start : start + count]
        self.show([self._cache.key(row) for row in rows])

    def page_read(self, start: int, rows: Sequence[Row]) -> None:
        """Take the page that `fetch` was asked for and answered None to."""
        self._cache.read(start, rows)
        self.refresh()

    def rows_read(self, rows: Sequence[Row]) -> None:
        """Take rows that were read for an older snapshot: they show until they are read for this one."""
        self._cache.learn(rows)
        self.refresh()

    def changed(self) -> None:
        """Read the rows anew, in the same order."""
        self._cache.forget()
        self.refresh()

    def accompany(self, company: Mapping[Key, tuple[str, bool]]) -> None:
        """Show which colleague has which row open, and whether they write there; only those rows are drawn anew."""
        if company != self._company:
            self._company = company
            self.refresh()

    def tick(self) -> None:
        """Draw again, since ages and due times moved on."""
        self._redraw()

    # Where the cursor is

    @property
    def shown(self) -> bool:
        """Whether it was told what it holds; before that nothing is known, which isn't nothing."""
        return self._shown

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self._cache)

    @property
    def index(self) -> int:
        """The place of the cursor."""
        return self._index

    @property
    def cursor_id(self) -> Key | None:
        """The key under the cursor; None where the list is empty."""
        return self._key

    @property
    def sight(self) -> Sight:
        """What is on the screen, so that in another order the rows of the same place can be read beforehand."""
        return Sight(self._key, self._index, self.scroll_offset.y, self._height)

    @property
    def row(self) -> Row | None:
        """The row under the cursor; None where there is none, or it isn't read yet."""
        return self._cache.row(self._index) if self._index < len(self._cache) else None

    def move(self, lines: int) -> None:
        """Move the cursor down by `lines`."""
        self._set_cursor(self._index + lines)

    def page(self, pages: int) -> None:
        """Move by whole screens, one line of overlap."""
        self.move(pages * max(1, self._height - 1))

    def half_page(self, halves: int) -> None:
        """Move by halves of the screen."""
        self.move(halves * max(1, self._height // 2))

    def home(self) -> None:
        """Move to the first row."""
        self._set_cursor(0)

    def end(self) -> None:
        """Move to the last row."""
        self._set_cursor(len(self._cache) - 1)

    def go_to(self, key: Key) -> bool:
        """Move to a key; False where the list doesn't have it."""
        place = place_of(self._cache.keys, key, near=self._index)
        if place is None:
            return False
        self._set_cursor(place)
        return True

    def open(self) -> None:
        """Choose the row under the cursor."""
        if self._key is not None:
            self.post_message(self.Opened(self._itself, self._key))

    # What is selected

    @property
    def selected(self) -> frozenset[Key]:
        """The keys that are selected."""
        return frozenset(self._chosen)

    @property
    def chosen(self) -> tuple[Key, ...]:
        """What a deed is about: the selected keys in the list's order, else the one under the cursor, else none."""
        if self._chosen:
            return tuple(key for key in self._cache.keys if key in self._chosen)
        return () if self._key is None else (self._key,)

    def toggle(self) -> None:
        """Select the row under the cursor, or no longer; the other end of a range begins here."""
        if self._key is None:
            return
        self._chosen ^= {self._key}
        self._anchor = self._key
        self._selection_changed()

    def select_range(self) -> None:
        """Select from the row last toggled to the cursor."""
        if self._key is None:
            return
        start = None if self._anchor is None else place_of(self._cache.keys, self._anchor, near=self._index)
        first, last = sorted((self._index if start is None else start, self._index))
        self._chosen.update(self._cache.keys[first : last + 1])
        self._anchor = self._key
        self._selection_changed()

    def select_all(self) -> None:
        """Select every row of the snapshot."""
        self._chosen = set(self._cache.keys)
        self._selection_changed()

    def clear_selection(self) -> None:
        """Select nothing."""
        self._chosen.clear()
        self._anchor = None
        self._selection_changed()

    # How it is drawn

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        cells, index = self.cells, y + self.scroll_offset.y
        if index >= len(self._cache):
            return self._empty_line(y, cells)
        key = self._cache.keys[index]
        ground = self._ground(index, key)
        here, written = self._company.get(key, ("", False))
        look = Look(index == self._index, key in self._chosen, here, written)
        row = self._cache.row(index)
        if row is None:
            words = "…" if self._cache.waiting(index) else "gone since this list was made"
            return self.strip([("  " + words, "faint")], cells, ground)
        drawn = self._strips.get((key, cells, ground, look))
        if drawn is None or (drawn[0] is not row and drawn[0] != row):
            drawn = row, self.strip(self._draw(row, cells, look), cells, ground)
            self._strips[key, cells, ground, look] = drawn
        return drawn[1]

    def notify_style_update(self) -> None:
        """Forget lines drawn in former colours."""
        super().notify_style_update()
        self._strips.clear()

    def _ground(self, index: int, key: Key) -> str:
        if index == self._index:
            # A list below a field never has the focus: there the cursor is always the one that keys move.
            return "cursor" if self.has_focus or not self.can_focus else "blurred"
        return "selected" if key in self._chosen else "base"

    def _empty_line(self, y: int, cells: int) -> Strip:
        if not self._shown or len(self._cache):
            return self.strip([], cells)
        line = y - min(1, self.size.height - 1)
        lines = wrap(self._empty, max(cells - 4, 1))
        words = self._empty[slice(*lines[line])] if 0 <= line < len(lines) else ""
        return self.strip([("  " + words, "faint")], cells)

    def _redraw(self) -> None:
        self._strips.clear()
        self.refresh()

    # How it moves

    @property
    def _height(self) -> int:
        return self.scrollable_content_region.height or 1

    @property
    def _itself(self) -> "LineList[object]":
        """Messages carry the list whatever its rows are."""
        return cast("LineList[object]", self)

    def _set_cursor(self, index: int, kept: Sight | None = None) -> None:
        """Put the cursor on a place; with what was `kept` in sight it keeps its line on the screen."""
        index = max(0, min(index, len(self._cache) - 1))
        before, self._index = self._index, index
        key = self._cache.keys[index] if len(self._cache) else None
        moved, self._key = key != self._key, key
        self._show_cursor(before, kept)
        if moved:
            self.post_message(self.CursorMoved(self._itself, key))

    def _show_cursor(self, before: int, kept: Sight | None) -> None:
        if not self.size:
            return  # It isn't on a screen yet; its first size brings it here again.
        top, height, index = self.scroll_offset.y, self._height, self._index
        wanted = min(index, max(top, index - height + 1)) if kept is None else kept.top_at(index)
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, immediate=True, force=True)
        if self.has_focus:
            # The terminal's own cursor, hidden as it is, is what a Braille line or a magnifier follows.
            self.app.cursor_position = self.content_region.offset + Offset(0, index - self.scroll_offset.y)
        if wanted == top and before != index:
            self.refresh(*(Region(0, place - top, self.cells, 1) for place in (before, index)))

    def _drop_absent(self) -> None:
        if self._chosen:
            there = self._chosen.intersection(self._cache.keys)
            if len(there) != len(self._chosen):
                self._chosen = there
                self._selection_changed()

    def _selection_changed(self) -> None:
        self._redraw()
        self.post_message(self.SelectionChanged(self._itself, len(self._chosen)))

    # What the mouse and the movement keys do

    action_move, action_page, action_home, action_end = move, page, home, end

    def on_resize(self) -> None:
        """Keep the cursor in sight on a smaller screen."""
        self._show_cursor(self._index, None)

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor, a second one opens, Shift selects up to here, Ctrl this one more."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y + self.scroll_offset.y >= len(self._cache):
            return
        if event.shift and self._anchor is None:
            self._anchor = self._key
        self._set_cursor(offset.y + self.scroll_offset.y)
        if event.shift:
            self.select_range()
        elif event.ctrl:
            self.toggle()
        elif event.chain == 2:
            self.open()


class RowView(LineList[TicketRow]):
    """The queue: tickets by the columns that fit. `marks` are the sources' own, which whoever has them may change."""

    def __init__(
        self,
        fetch: Callable[[int, int], Sequence[TicketRow] | None],
        *,
        clock: Callable[[], int],
        marks: Mapping[int, str] = NO_MARKS,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(
            partial(draw_ticket, clock=clock, marks=marks),
            key=lambda row: row.id,
            fetch=fetch,
            empty="No tickets here. Nothing waits.",
            id=id,
            classes=classes,
        )
