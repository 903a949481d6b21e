"""Boards: which numbers stand together on a screen, and how each is drawn. A team's own are TOML. Pure.

The invariants: every metric that a board names is known; a board fits any terminal from 40 cells on, since a row whose
tiles don't stand side by side is broken into several; the first row stays in sight longest.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import NamedTuple

from desk.errors import BadInput, HeardError
from desk.metrics.metric import Metric
from desk.nearest import mend_name
from desk.reports.report import Unit
from desk.tables import Table, read_tables
from desk.targets import parse_span

MOST_BOARDS, MOST_ROWS, MOST_TILES, WIDEST = 9, 12, 6, 6


class Form(StrEnum):
    """How a number is drawn: alone, with its way so far, split into bars, as a chart, or as the list of its parts."""

    NUMBER = "number"
    SPARKLINE = "sparkline"
    BARS = "bars"
    CHART = "chart"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class TilePlan:
    """A metric and its form. `title` takes the place of the metric's own; `wide` is its share of the row.

    `beside` is a second metric in the same chart. From `warn` on (or down to it, where more is better) somebody should
    look, from `alarm` on at once; both are in the metric's own unit.
    """

    metric: str
    form: Form
    title: str = ""
    wide: int = 1
    beside: str = ""
    warn: float | None = None
    alarm: float | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """Rows of tiles, the most pressing ones first."""

    title: str
    rows: tuple[tuple[TilePlan, ...], ...]

    @property
    def tiles(self) -> tuple[TilePlan, ...]:
        """All tiles in their order."""
        return tuple(tile for row in self.rows for tile in row)


class Placed(NamedTuple):
    """Where a tile stands: its first cell and line, and its size; the rules around it aren't counted."""

    x: int
    y: int
    width: int
    height: int


class Size(NamedTuple):
    """What a form needs: cells, lines at least, lines where there is room, and how much it takes of what is left."""

    cells: int
    least: int
    better: int
    grows: int


SIZES = {
    Form.NUMBER: Size(17, 2, 5, 0),
    Form.SPARKLINE: Size(17, 2, 5, 0),
    Form.BARS: Size(24, 4, 6, 2),
    Form.CHART: Size(36, 5, 8, 4),
    Form.LIST: Size(30, 4, 6, 3),
}


def parse_boards(text: str, where: str, metrics: Mapping[str, Metric]) -> tuple[Board, ...]:
    """A team's boards; BadInput with file, key and the nearest known name."""
    table = read_tables(text, where)
    boards = tuple(_board(each, metrics) for each in table.tables("board"))
    table.done()
    if not boards:
        raise BadInput(f"{where}: there is no board", 'Begin one with [[board]] and title = "Today".')
    titles = [board.title.casefold() for board in boards]
    for board in boards:
        if titles.count(board.title.casefold()) > 1:
            raise BadInput(f"{where}: two boards are called “{board.title}”", "Name one of them otherwise.")
    if len(boards) > MOST_BOARDS:
        raise BadInput(f"{where}: {len(boards)} boards are too many", f"The digits open {MOST_BOARDS}.")
    return boards


def _board(table: Table, metrics: Mapping[str, Metric]) -> Board:
    title = table.text("title")
    rows = tuple(_row(each, metrics) for each in table.tables("row"))
    table.done()
    if not 0 < len(rows) <= MOST_ROWS:
        raise table.problem("row", f"there are {len(rows)} rows", f"A board has 1 to {MOST_ROWS} [[board.row]].")
    return Board(title, rows)


def _row(table: Table, metrics: Mapping[str, Metric]) -> tuple[TilePlan, ...]:
    tiles = tuple(_tile(each, metrics) for each in table.tables("tile"))
    table.done()
    if not 0 < len(tiles) <= MOST_TILES:
        raise table.problem("tile", f"there are {len(tiles)} tiles", f"A row has 1 to {MOST_TILES} [[board.row.tile]].")
    return tiles


def _tile(table: Table, metrics: Mapping[str, Metric]) -> TilePlan:
    metric = metrics[_metric(table, "metric", table.text("metric"), metrics)]
    beside = table.text("beside", "")
    form = Form(table.choice("form", tuple(Form), Form.NUMBER))
    if beside and form is not Form.CHART:
        raise table.problem("beside", "only a chart has a second metric", 'Write form = "chart", or leave it out.')
    wide = table.number("wide", 1)
    if not 0 < wide <= WIDEST:
        raise table.problem("wide", f"{wide} is no share of a row", f"Write 1 to {WIDEST}.")
    plan = TilePlan(
        metric.id,
        form,
        table.text("title", ""),
        wide,
        _metric(table, "beside", beside, metrics) if beside else "",
        _threshold(table, "warn", metric.unit),
        _threshold(table, "alarm", metric.unit),
    )
    table.done()
    return plan


def _metric(table: Table, key: str, name: str, metrics: Mapping[str, Metric]) -> str:
    if name not in metrics:
        raise table.problem(key, f"“{name}” is not known", mend_name(name, metrics))
    return name


def _threshold(table: Table, key: str, unit: Unit) -> float | None:
    """From which value on somebody should look: `"12"`, `"2h 30m"`, `"80%"`, as the metric is."""
    text = table.text(key, "").strip()
    if not text:
        return None
    if unit is Unit.MONEY:
        raise table.problem(key, "money has no threshold here", f"Leave {key} out; rules of gestures set budgets.")
    try:
        if unit is Unit.SPAN:
            return float(parse_span(text))
        limit = float(text.removesuffix("%")) / 100 if unit is Unit.SHARE else float(text)
        if not isfinite(limit):
            raise ValueError(text)
        return limit
    except (ValueError, HeardError):
        example = {Unit.SPAN: "2h 30m", Unit.SHARE: "80%"}.get(unit, "12")
        raise table.problem(
            key, f"“{text}” is no value of this metric", f'Write it like {key} = "{example}".'
        ) from None


def number_of(boards: Sequence[Board], name: str) -> int:
    """The place of the board of a title or its beginning, or of a digit; BadInput with the nearest title."""
    titles = [board.title.casefold() for board in boards]
    wanted = name.strip().casefold()
    if wanted in titles:
        return titles.index(wanted)
    if wanted.isdecimal() and 0 < int(wanted) <= len(boards):
        return int(wanted) - 1
    begun = [number for number, title in enumerate(titles) if title.startswith(wanted)]
    if len(begun) != 1 or not wanted:
        raise BadInput(f"There is no board “{name.strip()}”", mend_name(name, [board.title for board in boards]))
    return begun[0]


class Line(NamedTuple):
    """Tiles that stand side by side: which ones, their widths, and the lines that they have."""

    tiles: tuple[int, ...]
    widths: tuple[int, ...]
    height: int


def lines_of(board: Board, width: int, height: int) -> tuple[Line, ...]:
    """The board's tiles in a room of this size, whose first and last lines are rules, as one is between two lines.

    What doesn't fit in the height stands below it.
    """
    plans = board.tiles
    broken = [part for row in _numbered(board) for part in _broken(plans, row, width)]
    heights = _heights([[plans[tile].form for tile in part] for part in broken], height)
    return tuple(
        Line(tuple(part), _widths([plans[tile].wide for tile in part], width), lines)
        for part, lines in zip(broken, heights, strict=True)
    )


def placed(lines: Iterable[Line]) -> dict[int, Placed]:
    """Where each tile stands, by its number."""
    places: dict[int, Placed] = {}
    y = 1
    for line in lines:
        x = 1
        for tile, cells in zip(line.tiles, line.widths, strict=True):
            places[tile] = Placed(x, y, cells, line.height)
            x += cells + 1
        y += line.height + 1
    return places


def _numbered(board: Board) -> Iterable[list[int]]:
    first = 0
    for row in board.rows:
        yield list(range(first, first + len(row)))
        first += len(row)


def _broken(plans: tuple[TilePlan, ...], row: list[int], width: int) -> Iterable[list[int]]:
    """A row in as few lines as have room for it, with alike many tiles in each."""
    for lines in range(1, len(row) + 1):
        each = -(-len(row) // lines)
        parts = [row[at : at + each] for at in range(0, len(row), each)]
        if all(_fits([plans[tile] for tile in part], width) for part in parts):
            return parts
    return [[tile] for tile in row]


def _fits(tiles: list[TilePlan], width: int) -> bool:
    widths = _widths([tile.wide for tile in tiles], width)
    return all(cells >= SIZES[tile.form].cells for tile, cells in zip(tiles, widths, strict=True))


def _widths(shares: list[int], width: int) -> tuple[int, ...]:
    """The cells of tiles between rules; what can't be shared out evenly goes to the first ones."""
    room, whole = max(width - len(shares) - 1, len(shares)), sum(shares)
    ends = [room * sum(shares[: number + 1]) // whole for number in range(len(shares))]
    return tuple(end - begin for begin, end in zip([0, *ends], ends, strict=False))


def _heights(forms: list[list[Form]], height: int) -> list[int]:
    """What each line of tiles needs, then what does them good from the top on, then the rest to those that grow."""
    sizes = [Size(0, *(max(SIZES[form][part] for form in line) for part in (1, 2, 3))) for line in forms]
    heights = [size.least for size in sizes]
    left = height - sum(heights) - len(heights) - 1
    for growing in (True, False):
        for number, size in enumerate(sizes):
            if bool(size.grows) == growing and left > 0:
                taken = min(left, size.better - heights[number])
                # A number has its large digits whole or not at all.
                if growing or taken == size.better - heights[number]:
                    heights[number] += taken
                    left -= taken
    whole = sum(size.grows for size in sizes)
    if left > 0 and whole:
        for number, size in enumerate(sizes):
            heights[number] += left * size.grows // whole
    return heights
