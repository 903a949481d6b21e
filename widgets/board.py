"""The board on the screen: tiles in their rules, and a cursor that goes from tile to tile and into lists.

The invariants: what is on the screen is drawn anew only where it says something else, so that a number that changes
moves nothing and flickers nowhere; the cursor stays on its tile and its part while numbers come and go.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip

from desk.boards import Board, Line, Placed, lines_of, placed
from widgets.board_frame import DrawnLine, Spot, board_frame
from widgets.inks import Lines, Piece
from widgets.tiles import TileFacts, part_at


class BoardView(Lines, can_focus=True, inherit_bindings=False):
    """One board. `on_wall` hides the cursor."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = []
    DEFAULT_CSS = """
    BoardView { height: 1fr; scrollbar-size: 0 0; scrollbar-gutter: auto; background: $background; }
    """

    @dataclass
    class Opened(Message):
        """A tile or its part was chosen by a second click."""

    @dataclass
    class Moved(Message):
        """The cursor is elsewhere."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._board = Board("", ())
        self._tiles: tuple[TileFacts, ...] = ()
        self._room = (0, 0)
        self._shown: tuple[Line, ...] = ()
        self._places: dict[int, Placed] = {}
        self._drawn: list[DrawnLine] = []
        self._wanted: str | None = None
        self.spot = Spot()
        self.on_wall = False

    # What it shows

    def show(self, board: Board, tiles: Sequence[TileFacts]) -> None:
        """Take a board and its tiles, in the board's order."""
        fresh = board is not self._board
        part = self.part_key
        self._board, self._tiles = board, tuple(tiles)
        if fresh:
            self._arrange()
        self._keep_cursor(part)
        self._draw_anew()

    def set_room(self, cells: int, height: int) -> None:
        """Say how much room there is; a line less of it for a moment must not move the tiles."""
        if (cells, height) != self._room:
            self._room = (cells, height)
            self._arrange()
            self._draw_anew()

    def hang_up(self, *, on_wall: bool) -> None:
        """On a wall there is no cursor."""
        self.on_wall = on_wall
        self._draw_anew()

    # Where the cursor is

    @property
    def part_key(self) -> str | None:
        """The part under the cursor, by its key; None where the cursor is on a whole tile."""
        if self.spot.part is None or self.spot.tile >= len(self._tiles):
            return None
        parts = self._tiles[self.spot.tile].parts
        return parts[self.spot.part].key if self.spot.part < len(parts) else None

    def go_to(self, tile: int, part: str | None = None) -> None:
        """Put the cursor on a tile, and in it on a part as soon as that is there."""
        self.spot = Spot(tile)
        self._wanted = part
        self._keep_cursor(part)
        self._draw_anew()

    def step(self, tiles: int) -> None:
        """To the next tile in reading order, round at the end."""
        if self._tiles:
            self._go(Spot((self.spot.tile + tiles) % len(self._tiles)))

    def aside(self, direction: int) -> None:
        """To the tile on the left or right, in the same line."""
        line = self._line_of(self.spot.tile)
        tile = self.spot.tile + direction
        if line is not None and tile in self._shown[line].tiles:
            self._go(Spot(tile))

    def updown(self, direction: int) -> None:
        """Through the parts of a tile that has some, then to the tile below or above."""
        stops = self._tiles[self.spot.tile].stops if self._tiles else 0
        part = self.spot.part
        wanted = direction - 1 if part is None else part + direction
        if part is None and direction > 0 and stops:
            self._go(Spot(self.spot.tile, 0))
        elif part is not None and wanted == -1:
            self._go(Spot(self.spot.tile))
        elif part is not None and 0 <= wanted < stops:
            self._go(Spot(self.spot.tile, wanted))
        else:
            self.across(direction, inside=True)

    def across(self, direction: int, *, inside: bool = False) -> None:
        """To the tile below or above; upwards `inside` begins at its last part."""
        here = self._line_of(self.spot.tile)
        if here is None or not 0 <= here + direction < len(self._shown):
            return
        place = self._places[self.spot.tile]
        middle = place.x + place.width // 2
        tile = min(self._shown[here + direction].tiles, key=lambda each: _away(self._places[each], middle))
        stops = self._tiles[tile].stops
        self._go(Spot(tile, stops - 1 if inside and direction < 0 and stops else None))

    def home(self) -> None:
        """To the first tile."""
        self._go(Spot())

    def end(self) -> None:
        """To the last tile."""
        self._go(Spot(max(len(self._tiles) - 1, 0)))

    def _line_of(self, tile: int) -> int | None:
        return next((number for number, line in enumerate(self._shown) if tile in line.tiles), None)

    def _go(self, spot: Spot) -> None:
        self._wanted = None
        if spot != self.spot:
            self.spot = spot
            self._draw_anew()
            self.post_message(self.Moved())

    def _keep_cursor(self, part: str | None) -> None:
        """The cursor follows its part; where that is gone it stays at its place, or goes to the tile."""
        tile = min(self.spot.tile, max(len(self._tiles) - 1, 0))
        wanted = self._wanted or part
        stops = self._tiles[tile].stops if self._tiles else 0
        if wanted is None or not stops:
            self.spot = Spot(tile)
            return
        keys = [each.key for each in self._tiles[tile].parts]
        if wanted in keys:
            self._wanted = None
            self.spot = Spot(tile, keys.index(wanted))
        else:
            self.spot = Spot(tile, None if self.spot.part is None else min(self.spot.part, stops - 1))

    # How it is drawn

    def _arrange(self) -> None:
        cells, height = self._room
        self._shown = lines_of(self._board, cells, height) if cells else ()
        self._places = placed(self._shown)

    def _draw_anew(self) -> None:
        if not self._tiles or not self._shown:
            return
        before = self._drawn
        spot = None if self.on_wall else self.spot
        focus = "cursor" if self.has_focus else "blurred"
        self._drawn = board_frame(self._shown, self._tiles, self._room[0], spot, focus=focus)
        self.set_lines(len(self._drawn))
        self._bring_into_sight()
        top = self.scroll_offset.y
        if len(before) != len(self._drawn):
            self.refresh()
            return
        for y, (old, new) in enumerate(zip(before, self._drawn, strict=True)):
            if old != new:
                self.refresh(Region(0, y - top, self.size.width, 1))

    def _bring_into_sight(self) -> None:
        place = self._places.get(self.spot.tile)
        if place is None or not self.size or self.on_wall:
            return
        top, height = self.scroll_offset.y, self.size.height
        # Its title and the rule below it belong to a tile.
        first, last = place.y - 1, place.y + place.height
        wanted = min(first, max(top, last - height + 1))
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, immediate=True, force=True)
        if self.has_focus:
            # The terminal's own cursor, hidden as it is, is what a Braille line or a magnifier follows.
            self.app.cursor_position = self.content_region.offset + Offset(place.x, place.y - self.scroll_offset.y)

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        at = y + self.scroll_offset.y
        if at >= len(self._drawn):
            words: list[Piece] = [] if self._drawn or y != 1 else [("  Counting …", "faint")]
            return self.strip(words, self.size.width)
        strips = [self.strip(each.pieces, each.cells, each.ground) for each in self._drawn[at]]
        return Strip.join(strips).adjust_cell_length(self.size.width, self.ink())

    def on_focus(self) -> None:
        """The cursor has the keys."""
        self._draw_anew()

    def on_blur(self) -> None:
        """A question has the keys."""
        self._draw_anew()

    # The mouse

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor, a second one opens."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        x, y = offset.x, offset.y + self.scroll_offset.y
        for tile, place in self._places.items():
            if place.x <= x < place.x + place.width and place.y - 1 <= y < place.y + place.height:
                before = self.spot.part if tile == self.spot.tile else None
                self._go(Spot(tile, part_at(self._tiles[tile], place.height, before, y - place.y)))
                if event.chain > 1:
                    self.post_message(self.Opened())


def _away(place: Placed, x: int) -> int:
    """How far a tile is from a column; nothing where it stands over it."""
    return max(place.x - x, x - (place.x + place.width - 1), 0)
