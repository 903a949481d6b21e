"""One tile of a board as lines of pieces: a number, its way so far, bars, a chart or a list. Pure, without Textual.

The invariants: a tile is drawn in exactly the cells and lines that it is given, whatever stands in it; what needs
somebody is said by a sign before the number and not by its colour alone; nothing moves when a number changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from desk.boards import Form
from widgets.cells import fit, harmless, shorten, width
from widgets.charts import Plotted, Values, plot
from widgets.inks import Piece, both_ends, pieces_width
from widgets.steps import bar, sparkline

# From this height on a number has large digits.
LARGE_FROM = 5
LARGE_HEIGHT = 3
# Where there is room: so many cells for a day at most, and so many lines for a bar with the blank below it.
MOST_CELLS, MOST_LINES = 4, 3
_LABELS = 24


class Level(Enum):
    """Whether a number needs somebody: the sign before it, and the ink of both."""

    CALM = ("", "strong")
    WARN = ("^", "due")
    ALARM = ("!", "late")

    @property
    def sign(self) -> str:
        """What stands before the number."""
        return self.value[0]

    @property
    def ink(self) -> str:
        """How the number is written."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class TilePart:
    """One line of bars or of a list. `share` is that of the longest bar; `note` stands in faint ink before `words`."""

    key: str
    label: str
    words: str
    share: float = 0
    note: str = ""
    level: Level = Level.CALM


@dataclass(frozen=True, slots=True)
class TileFacts:
    """What a tile tells. `notes` say of how many cases, from long to short; `news` what has just changed.

    `empty` says why there is nothing; `more` is how many parts there are besides those that were read.
    """

    title: str
    form: Form
    words: str
    notes: tuple[str, ...] = ()
    news: str = ""
    level: Level = Level.CALM
    trend: Values = ()
    parts: tuple[TilePart, ...] = ()
    lines: tuple[Plotted, ...] = ()
    labels: tuple[str, ...] = ()
    empty: str = ""
    more: int = 0

    @property
    def stops(self) -> int:
        """How many parts the arrows go through inside the tile."""
        return len(self.parts) if self.form in (Form.BARS, Form.LIST) else 0


class TileLine(NamedTuple):
    """One line, and whether the cursor is on it alone."""

    pieces: list[Piece]
    cursor: bool = False


def tile_title(facts: TileFacts) -> list[Piece]:
    """What stands in the rule over a tile; a tile of many lines has its number there."""
    pieces: list[Piece] = [(harmless(facts.title), "muted")]
    if facts.form in (Form.BARS, Form.LIST, Form.CHART) and facts.words:
        sign = facts.level.sign + " " if facts.level.sign else ""
        pieces += [(" ", "plain"), (sign + harmless(facts.words), facts.level.ink)]
        pieces += [(" " + harmless(facts.news), "muted")] if facts.news else []
    return pieces


def tile_lines(facts: TileFacts, cells: int, height: int, part: int | None = None) -> list[TileLine]:
    """The tile's inside; `part` is the line that the cursor is on, where it is in the tile."""
    if facts.form is Form.CHART:
        lines = _chart(facts, cells, height)
    elif facts.form in (Form.BARS, Form.LIST):
        lines = _parts(facts, cells, height, part)
    elif height >= LARGE_FROM:
        lines = _large(facts, cells, height)
    else:
        lines = _small(facts, cells, height)
    return [*lines, *([TileLine([])] * (height - len(lines)))][:height]


def _number(facts: TileFacts) -> list[Piece]:
    sign = facts.level.sign
    return [*([(sign + " ", facts.level.ink)] if sign else []), (harmless(facts.words), facts.level.ink)]


def _small(facts: TileFacts, cells: int, height: int) -> list[TileLine]:
    """Two lines: the number with what changed, and below it its way so far or of how many it is."""
    room = cells - 2
    if facts.form is Form.SPARKLINE and any(value is not None for value in facts.trend):
        aside = facts.news or _note(facts, room - pieces_width(_number(facts)) - 1)
        below: Piece = (_way(facts, room), "mark")
    else:
        aside, below = facts.news, (_note(facts, room), "faint")
    # The number itself gives way last.
    aside = shorten(harmless(aside), max(room - pieces_width(_number(facts)) - 1, 0))
    first = both_ends(_number(facts), [(aside, "muted")], room)
    return [TileLine(_spaced(first)), TileLine(_spaced([below]))][:height]


def _note(facts: TileFacts, room: int) -> str:
    """What stands beside or below a number: why there is none, or the longest note that fits."""
    if facts.empty:
        return shorten(harmless(facts.empty), max(room, 0))
    return next((each for each in map(harmless, facts.notes) if width(each) <= room), "")


def _large(facts: TileFacts, cells: int, height: int) -> list[TileLine]:
    """Digits three lines high, that are read from across the room."""
    rows = large(facts.words)
    sign = facts.level.sign
    room = cells - 2 - (2 if sign else 0)
    if width(rows[0]) > room:
        return _small(facts, cells, height)
    middle = LARGE_HEIGHT // 2
    lines = []
    for number, row in enumerate(rows):
        left: list[Piece] = [((sign if number == middle else " ") + " ", facts.level.ink)] if sign else []
        right: list[Piece] = [(harmless(facts.news), "muted")] if number == LARGE_HEIGHT - 1 else []
        lines.append(TileLine(_spaced(both_ends([*left, (row, facts.level.ink)], right, cells - 2))))
    if facts.trend:
        lines.append(TileLine(_spaced([(_way(facts, cells - 2), "mark")])))
    lines.append(TileLine(_spaced([(_note(facts, cells - 2), "faint")])))
    return lines


def _way(facts: TileFacts, room: int) -> str:
    """The way so far; a few days stand in some cells each."""
    times = max(1, min(room // len(facts.trend), MOST_CELLS))
    return sparkline([value for value in facts.trend for _ in range(times)], room)


def large(words: str) -> list[str]:
    """Words with their digits three lines high; letters stay small at the foot, as in `2 h 05 min`."""
    from textual.renderables.digits import DIGITS, DIGITS3X3_BOLD

    rows = [""] * LARGE_HEIGHT
    for sign in harmless(words):
        place = DIGITS.find(sign) if sign.isdecimal() else -1
        glyph = DIGITS3X3_BOLD[place * 3 : place * 3 + 3] if place >= 0 else [" " * width(sign)] * 2 + [sign]
        cells = 3 if place >= 0 else width(sign)
        rows = [row + fit(line, cells) for row, line in zip(rows, glyph, strict=True)]
    return rows


def _chart(facts: TileFacts, cells: int, height: int) -> list[TileLine]:
    if not any(value for each in facts.lines for value in each.values):
        return _nothing(facts, cells)
    return [TileLine(_spaced(pieces)) for pieces in plot(facts.lines, facts.labels, cells - 2, height)]


def _nothing(facts: TileFacts, cells: int) -> list[TileLine]:
    return [TileLine([(" " + shorten(harmless(facts.empty or "nothing"), cells - 2), "faint")])]


def _parts(facts: TileFacts, cells: int, height: int, part: int | None) -> list[TileLine]:
    if not facts.parts:
        return _nothing(facts, cells)
    count = len(facts.parts) + facts.more
    first, shown = _window(count, height, part)
    parts = facts.parts[first : first + shown]
    rest = count - first - len(parts)
    names = min(_LABELS, max(cells // 2 - 2, 4), max(width(harmless(each.label)) for each in facts.parts))
    words = max(width(harmless(each.words)) for each in facts.parts)
    if facts.form is Form.LIST:
        lines = [_listed(each, cells - 2) for each in parts]
    else:
        lines = [_barred(each, names, max(cells - names - words - 4, 0)) for each in parts]
    high = _high(facts, height)
    drawn = [
        TileLine(_spaced(each), part == first + number and at < max(high - 1, 1))
        for number, line in enumerate(lines)
        for at, each in enumerate(_thick(line, high))
    ]
    return [*drawn, TileLine([(f" {rest:,} more below", "faint")])] if rest and len(parts) < height else drawn


def _high(facts: TileFacts, height: int) -> int:
    """How many lines one part has, with the blank below it; a list stays close."""
    return max(1, min(height // len(facts.parts), MOST_LINES)) if facts.form is Form.BARS and facts.parts else 1


def _thick(line: list[Piece], high: int) -> list[list[Piece]]:
    """A bar of so many lines: its words stand in the first, and the last is blank where it isn't the only one."""
    if high == 1:
        return [line]
    (name, _), bar_drawn, _ = line
    below: list[Piece] = [(" " * width(name), "plain"), bar_drawn]
    return [line, *[below] * (high - 2), []]


def _window(count: int, height: int, part: int | None) -> tuple[int, int]:
    """The first part that is shown, and how many are: the one with the cursor is among them."""
    if count <= height:
        return 0, count
    shown = max(height - 1, 1)
    first = 0 if part is None else max(0, part - shown + 1)
    return (first, shown) if first + shown < count else (max(count - height, 0), height)


def part_at(facts: TileFacts, height: int, part: int | None, line: int) -> int | None:
    """The part that is drawn in a line of the tile, where the cursor is on `part`; None where none is."""
    first, shown = _window(facts.stops + facts.more, height, part)
    line = line // _high(facts, height) if line >= 0 else line
    return first + line if 0 <= line < min(shown, facts.stops - first) else None


def _listed(part: TilePart, cells: int) -> list[Piece]:
    right: list[Piece] = [(harmless(part.note) + "  ", "faint")] if part.note else []
    sign = part.level.sign + " " if part.level.sign else ""
    right.append((sign + harmless(part.words), part.level.ink if part.level is not Level.CALM else "plain"))
    return both_ends([(harmless(part.label), "plain")], right, cells)


def _barred(part: TilePart, names: int, room: int) -> list[Piece]:
    drawn = bar(part.share, room)
    ink = part.level.ink if part.level is not Level.CALM else "mark"
    sign = part.level.sign + " " if part.level.sign else ""
    gap = "" if not drawn else " "
    return [
        (fit(harmless(part.label), names) + " ", "plain"), (drawn, ink), (gap + sign + harmless(part.words), "muted"),
    ]  # fmt: skip


def _spaced(pieces: Sequence[Piece]) -> list[Piece]:
    """With the blank that stands beside every rule."""
    return [(" ", "plain"), *pieces]
