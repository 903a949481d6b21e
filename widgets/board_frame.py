"""A whole board as lines of stretches: tiles in the rules that they share. Pure, without Textual.

The invariants: every line is exactly as wide as the board; a tile is drawn inside its place and nowhere else.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from desk.boards import Line, Placed, placed
from widgets.cells import width
from widgets.inks import Piece, fit_pieces, pieces_width
from widgets.tiles import TileFacts, tile_lines, tile_title

CURSOR_SIGN = "▸"


class Spot(NamedTuple):
    """Where the cursor is: a tile, and a part of it where it is inside."""

    tile: int = 0
    part: int | None = None


class Stretch(NamedTuple):
    """Some cells of a line on one ground."""

    pieces: tuple[Piece, ...]
    cells: int
    ground: str


DrawnLine = tuple[Stretch, ...]


def board_frame(
    lines: Sequence[Line], tiles: Sequence[TileFacts], cells: int, spot: Spot | None, *, focus: str = "cursor"
) -> list[DrawnLine]:
    """The board's lines from the first rule to the last; without a `spot` nothing has the cursor, as on a wall."""
    places = placed(lines)
    drawn: list[DrawnLine] = []
    above: Line | None = None
    for line in lines:
        drawn.append(_rule(above, line, tiles, places, cells, spot))
        drawn += _inside(line, tiles, places, cells, spot, focus)
        above = line
    if above is not None:
        drawn.append(_rule(above, None, tiles, places, cells, spot))
    return drawn


def _inside(
    line: Line, tiles: Sequence[TileFacts], places: dict[int, Placed], cells: int, spot: Spot | None, focus: str
) -> Iterable[DrawnLine]:
    columns = []
    for tile in line.tiles:
        here = spot if spot is not None and spot.tile == tile else None
        part = here.part if here else None
        whole = here is not None and part is None
        rows = tile_lines(tiles[tile], places[tile].width, line.height, part)
        columns.append([_stretch(row.pieces, places[tile].width, focus if whole or row.cursor else "base")
                        for row in rows])  # fmt: skip
    edge = _stretch([("│", "rule")], 1, "base")
    for row in zip(*columns, strict=True):
        stretches: list[Stretch] = [edge]
        for stretch in row:
            stretches += [stretch, edge]
        rest = cells - sum(each.cells for each in stretches)
        yield (*stretches, _stretch([], rest, "base")) if rest > 0 else tuple(stretches)


def _stretch(pieces: Iterable[Piece], cells: int, ground: str) -> Stretch:
    return Stretch(tuple(pieces), cells, ground)


def _rule(
    above: Line | None, below: Line | None, tiles: Sequence[TileFacts], places: dict[int, Placed], cells: int,
    spot: Spot | None,
) -> DrawnLine:  # fmt: skip
    """The rule between two lines of tiles, with the titles of those below it."""
    up, down = _edges(above), _edges(below)
    joints = sorted(up | down)
    pieces: list[Piece] = []
    for number, at in enumerate(joints):
        pieces.append((_joint(at in up, at in down, number == 0, number == len(joints) - 1), "rule"))
        if number < len(joints) - 1:
            pieces.append(("─" * (joints[number + 1] - at - 1), "rule"))
    stretches = _stretch(pieces, cells, "base")
    return _titled(stretches, below, tiles, places, spot) if below is not None else (stretches,)


def _edges(line: Line | None) -> set[int]:
    edges: set[int] = set()
    if line is not None:
        at = 0
        edges.add(at)
        for cells in line.widths:
            at += cells + 1
            edges.add(at)
    return edges


def _joint(up: bool, down: bool, first: bool, last: bool) -> str:
    if first:
        return "├" if up and down else "└" if up else "┌"
    if last:
        return "┤" if up and down else "┘" if up else "┐"
    return "┼" if up and down else "┴" if up else "┬"


def _titled(
    rule: Stretch, line: Line, tiles: Sequence[TileFacts], places: dict[int, Placed], spot: Spot | None
) -> DrawnLine:
    """The rule with each tile's title over the tile, which may cover a joint of the line above."""
    signs = "".join(text for text, _ in rule.pieces)
    pieces: list[Piece] = []
    at = 0
    for tile in line.tiles:
        place = places[tile]
        chosen = spot is not None and spot.tile == tile
        title = tile_title(tiles[tile])
        if chosen:
            title = [(title[0][0], "title"), *title[1:]]
        # The sign takes the blank's place, so that nothing moves when the cursor comes.
        mark: Piece = (CURSOR_SIGN, "title") if chosen else (" ", "plain")
        shown = fit_pieces([mark, *title, (" ", "plain")], max(place.width, 0))
        pieces += [(signs[at : place.x], "rule"), *shown]
        at = place.x + pieces_width(shown)
    pieces.append((signs[at:], "rule"))
    return (_stretch(pieces, max(rule.cells, width(signs)), "base"),)
