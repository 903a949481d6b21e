"""A number explained: how it is counted, by which clock, to whose credit, of what, and what its sources say instead.

The invariant: everything that is said comes from the metric and the figure, so that nothing here can be out of date.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import tzinfo

from textual import events
from typing_extensions import override

from desk.metrics.metric import Better, Metric, Split
from desk.metrics.snapshot import Figure, Part, part_unit
from desk.reports.report import Cell, Unit
from desk.reports.words import of_cases, worded
from screens.action import Place, Situation
from screens.framed import FramedScreen
from screens.seat import Seat
from widgets.cells import fit, harmless, width
from widgets.inks import Piece
from widgets.rowcache import Key
from widgets.rows import LineList
from widgets.ticket_line import Look
from widgets.wrap import wrap

_NAMES = 18
_NARROW = 60
_BETTER = {Better.UP: "More is better.", Better.DOWN: "Less is better.", Better.NEITHER: ""}


@dataclass(frozen=True, slots=True)
class ExplanationLine:
    """A line of the page by its place; `part` is the key of the part that it tells of, None for the whole."""

    place: int
    pieces: tuple[Piece, ...]
    part: str | None = None


class ExplanationScreen(FramedScreen[ExplanationLine]):
    """The page; `behind` opens the tickets of a part, or of the whole number."""

    def __init__(self, seat: Seat, metric: Metric, figure: Figure, behind: Callable[[str | None], object]) -> None:
        super().__init__(seat, LineList[ExplanationLine](_draw, key=lambda row: row.place))
        self.metric, self.figure = metric, figure
        self._behind = behind

    @property
    @override
    def place(self) -> Place:
        return Place.EXPLANATION

    @override
    def situation(self) -> Situation:
        return Situation(listed=self.lines.count)

    @property
    @override
    def path(self) -> tuple[str, ...]:
        return ("Live board", self.metric.title)

    @property
    @override
    def titles(self) -> tuple[str, str]:
        return (self.metric.title, "")

    def show_figure(self, figure: Figure) -> None:
        """The number was counted anew."""
        if self.is_attached and figure != self.figure:
            self.figure = figure
            self._show()

    @override
    def on_resize(self, _event: events.Resize) -> None:
        super().on_resize(_event)
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        # A blank before and after each line.
        cells = self.lines.cells - 2
        lines = explained(self.metric, self.figure, self.seat.zone, cells)
        self.lines.show_rows([ExplanationLine(place, pieces, part) for place, (pieces, part) in enumerate(lines)])

    @override
    def open_row(self, _key: Key) -> None:
        row = self.lines.row
        self._behind(None if row is None else row.part)


Told = tuple[tuple[Piece, ...], str | None]


def explained(metric: Metric, figure: Figure, zone: tzinfo, cells: int) -> Iterator[Told]:
    """The page's lines for a width."""
    value = worded(figure.value, metric.unit, zone)
    yield ((metric.title + "  ", "title"), (value, "strong")), None
    yield from _fact("", figure.why_not, cells)
    yield (), None
    for name, text in _meaning(metric):
        yield from _fact(name, text, cells)
    yield (), None
    for name, text in _cases(metric, figure, zone):
        yield from _fact(name, text, cells)
    yield from _reported(metric, figure, value, zone, cells)
    if figure.parts:
        yield (), None
        yield from _parts(metric, figure, zone, cells)


def _meaning(metric: Metric) -> Iterator[tuple[str, str]]:
    yield "How it is counted", metric.formula
    yield "Of which time", metric.window.value
    yield "Clock", metric.clock_told
    yield "Begins with", metric.starts
    yield "Ends with", metric.stops
    yield "Whose credit", metric.credited
    yield "Left out", metric.left_out
    yield "Which way is good", _BETTER[metric.better]


def _cases(metric: Metric, figure: Figure, zone: tzinfo) -> Iterator[tuple[str, str]]:
    yield "Cases", of_cases(figure.n)
    # Of a number of tickets, these are how long they have waited.
    yield "Half within", _told(figure.p50, Unit.SPAN, zone)
    yield "Nine of ten within", _told(figure.p90, Unit.SPAN, zone)
    yield "Mean", _told(figure.mean, Unit.SPAN, zone)
    if figure.before is not None:
        before = int(figure.before) if metric.unit is Unit.COUNT else figure.before
        yield "A week ago", worded(before, metric.unit, zone)
    tickets = "1 ticket" if figure.tickets == 1 else format(figure.tickets, ",") + " tickets"
    yield "Behind it", (tickets + "; Enter opens them: " + metric.behind) if figure.tickets else "no tickets"


def _told(value: Cell, unit: Unit, zone: tzinfo) -> str:
    return "" if value is None else worded(value, unit, zone)


def _reported(metric: Metric, figure: Figure, value: str, zone: tzinfo, cells: int) -> Iterator[Told]:
    """The same number as the sources report it, beside the one that was counted here."""
    if not figure.reported:
        return
    yield (), None
    yield from _fact("Counted here", value + " of " + of_cases(figure.n), cells)
    for each in figure.reported:
        words = worded(each.value, metric.unit, zone) + " of " + of_cases(each.n)
        yield from _fact("Says " + each.source, words, cells)


def _parts(metric: Metric, figure: Figure, zone: tzinfo, cells: int) -> Iterator[Told]:
    by = "By " + metric.split.value if metric.split is not Split.NOTHING else "In parts"
    yield ((by, "strong"), ("  Enter opens the tickets of a line", "faint")), None
    names = min(max((width(harmless(part.label)) for part in figure.parts), default=0), max(cells // 2, 8))
    for part in figure.parts:
        yield (
            (
                (fit(harmless(part.label), names) + "  ", "plain"),
                (worded(part.value, part_unit(metric, part), zone), "strong"),
                ("  " + _part_words(metric, part, zone), "muted"),
            ),
            part.key,
        )


def _part_words(metric: Metric, part: Part, zone: tzinfo) -> str:
    ninety = "nine of ten " + worded(part.p90, Unit.SPAN, zone) if part.p90 is not None else ""
    cases = of_cases(part.n) if part_unit(metric, part) is not Unit.COUNT else ""
    return " · ".join(each for each in (ninety, cases) if each)


def _fact(name: str, text: str, cells: int) -> Iterator[Told]:
    """A name and what there is to say, beside it or, where that is narrow, below it; nothing where nothing is said."""
    words = harmless(text)
    if not words:
        return
    beside = cells >= _NARROW and bool(name)
    room = max(cells - (_NAMES + 2 if beside else 2), 10)
    if name and not beside:
        yield ((name, "muted"),), None
    for number, (start, end) in enumerate(wrap(words, room)):
        shown = name if number == 0 else ""
        margin = fit(shown, _NAMES) + "  " if beside else "  "
        yield ((margin, "muted"), (words[start:end], "plain")), None


def _draw(row: ExplanationLine, _cells: int, _look: Look) -> list[Piece]:
    return [(" ", "plain"), *row.pieces]
