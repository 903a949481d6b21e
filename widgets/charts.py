"""Figures as lines over time. Every function gives exactly its cells; steps and bars are in `widgets.steps`.

The invariants: nothing of a stranger is handed to the plotting library, which would write its control characters to
the terminal; where two lines cross, both stay told apart without colours, since each has its own sign.
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from itertools import pairwise
from typing import NamedTuple, Protocol, cast

from widgets.cells import fit, harmless, width
from widgets.inks import Piece

# Hours are read by these.
_LABEL_STEPS = (1, 2, 3, 4, 6, 12)
Values = tuple[float | None, ...]


class Plotted(NamedTuple):
    """One line of a chart."""

    name: str
    values: Values
    ink: str


class Signs(NamedTuple):
    """How the plotting library draws a line, and the sign that stands for it beside its name."""

    marker: str
    sign: str


# Quarters of a cell are in every font; the finer signs of Braille are not.
_SIGNS = (Signs("hd", "▞"), Signs("dot", "•"))


def plot(lines: Sequence[Plotted], labels: Sequence[str], cells: int, height: int) -> list[list[Piece]]:
    """Lines over time with their names above, the scale at the left and the labels below: `height` lines of `cells`."""
    most = _top(lines)
    scale = (f"{most:,}", f"{most // 2:,}" if most % 2 == 0 else "", "0")
    left = max(width(each) for each in scale) + 1
    drawn_lines, room = height - 2, cells - left - 1
    if drawn_lines < 2 or room < 8:
        return [_legend(lines), *([[("too small to draw", "faint")]] if height > 1 else [])][:height]
    canvas = _canvas(tuple((each.values, each.ink) for each in lines), room, drawn_lines, most)
    told = {0: scale[0], (drawn_lines - 1) // 2: scale[1] if drawn_lines % 2 else "", drawn_lines - 1: scale[2]}
    rows = [
        [(fit(told.get(number, ""), left - 1, right=True), "faint"), ("┤" if told.get(number) else "│", "rule"), *row]
        for number, row in enumerate(canvas)
    ]
    below: list[Piece] = [(" " * left + _below(labels, room), "faint")]
    return [_legend(lines), *rows, below]


def _top(lines: Sequence[Plotted]) -> int:
    """The top of the scale: even, so that its middle is a whole number too."""
    largest = max((value or 0 for each in lines for value in each.values), default=0)
    return max(2, -(-int(-(-largest // 1)) // 2) * 2)


def _legend(lines: Sequence[Plotted]) -> list[Piece]:
    pieces: list[Piece] = []
    for each, signs in zip(lines, _SIGNS, strict=False):
        pieces += [(signs.sign * 2 + " ", each.ink), (harmless(each.name) + "   ", "muted")]
    return pieces


def _below(labels: Sequence[str], room: int) -> str:
    """Every label, or every second, third, sixth: as many as stand apart, each under its value."""
    last, clean = max(len(labels) - 1, 1), [harmless(label) for label in labels]
    longest = max(map(width, clean), default=0)
    step = next((each for each in _LABEL_STEPS if each * (room - 1) / last > longest + 2), len(clean) or 1)
    line = ""
    for number in range(0, len(clean), step):
        at = min(round(number * (room - 1) / last), max(room - width(clean[number]), 0))
        line = fit(line, at) + clean[number]
    return fit(line, room)


@lru_cache(maxsize=8)
def _canvas(lines: tuple[tuple[Values, str], ...], cells: int, height: int, most: int) -> list[list[Piece]]:
    """The lines over each other, the first one in front."""
    layers = [
        (_drawn(values, cells, height, most, signs.marker), ink)
        for (values, ink), signs in zip(lines, _SIGNS, strict=False)
    ]
    return [_laid([(rows[y], ink) for rows, ink in layers], cells) for y in range(height)]


def _laid(layers: list[tuple[str, str]], cells: int) -> list[Piece]:
    pieces: list[Piece] = []
    for x in range(cells):
        sign, ink = next(((row[x], ink) for row, ink in layers if row[x] not in " ⠀"), (" ", "plain"))
        if pieces and pieces[-1][1] == ink:
            pieces[-1] = (pieces[-1][0] + sign, ink)
        else:
            pieces.append((sign, ink))
    return pieces


def _drawn(values: Values, cells: int, height: int, most: int, marker: str) -> list[str]:
    """One line as plain signs. Where there is no value there is a gap."""
    plt = plotting()
    plt.clear_figure()
    plt.theme("clear")
    # It would cut the drawing to the size of the terminal that the process was started in.
    plt.limit_size(False, False)
    plt.plotsize(cells, height)
    plt.frame(False)
    plt.xticks([])
    plt.yticks([])
    plt.xlim(0, max(len(values) - 1, 1))
    plt.ylim(0, most)
    for xs in _stretches(values):
        plt.plot(xs, [values[x] for x in xs], marker=marker)
    rows = plt.uncolorize(plt.build()).split("\n") if any(value is not None for value in values) else []
    return [fit(rows[y] if y < len(rows) else "", cells) for y in range(height)]


def _stretches(values: Values) -> list[list[int]]:
    """The places that have values, as runs of neighbours."""
    places = [place for place, value in enumerate(values) if value is not None]
    runs: list[list[int]] = [places[:1]] if places else []
    for one, other in pairwise(places):
        if other == one + 1:
            runs[-1].append(other)
        else:
            runs.append([other])
    return runs


class Plotting(Protocol):
    """What is used of plotext, which comes without types."""

    def clear_figure(self) -> object: ...
    def theme(self, name: str) -> object: ...
    def limit_size(self, width: bool, height: bool) -> object: ...
    def plotsize(self, width: int, height: int) -> object: ...
    def frame(self, shown: bool) -> object: ...
    def xticks(self, ticks: Sequence[float]) -> object: ...
    def yticks(self, ticks: Sequence[float]) -> object: ...
    def xlim(self, first: float, last: float) -> object: ...
    def ylim(self, first: float, last: float) -> object: ...
    def plot(self, x: Sequence[float], y: Sequence[float | None], *, marker: str) -> object: ...
    def build(self) -> str: ...
    def uncolorize(self, text: str) -> str: ...


def plotting() -> Plotting:
    """The library: 35 ms and 3 MB, only for who looks at a chart; a thread loads it before the first is drawn."""
    return cast("Plotting", import_module("plotext"))
