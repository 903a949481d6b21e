"""My own numbers: the agent's weeks beside their own weeks before, for nobody else's eyes.

The invariant: the page asks for the agent who sits here, and there is no way to ask for another.
"""

from dataclasses import dataclass

from textual import events
from typing_extensions import override

from desk.reports.report import Report
from screens.action import Place
from screens.framed import FramedScreen
from screens.seat import Seat
from storage.connect import Connection
from widgets.inks import Piece
from widgets.report_lines import Line, report_lines
from widgets.rows import LineList
from widgets.ticket_line import Look


@dataclass(frozen=True, slots=True)
class NumbersLine:
    """A line of the page, by its place."""

    place: int
    pieces: Line


class NumbersScreen(FramedScreen[NumbersLine]):
    """The page."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat, LineList[NumbersLine](_draw, key=lambda row: row.place, empty="Counting your weeks …"))
        self._report: Report | None = None

    @property
    @override
    def place(self) -> Place:
        return Place.NUMBERS

    @property
    @override
    def path(self) -> tuple[str, ...]:
        return ("My numbers",)

    @property
    @override
    def titles(self) -> tuple[str, str]:
        return ("My numbers", "")

    @override
    def changed(self) -> None:
        super().changed()
        me, now, zone = self.seat.me, self.seat.clock(), self.seat.zone

        def ask(connection: Connection) -> Report:
            from storage.own_numbers import own_numbers

            return own_numbers(connection, me.id, me.name, now, zone)

        self.read("numbers", ask, self._counted_anew)

    def _counted_anew(self, report: Report) -> None:
        self._report = report
        self._show()

    def _show(self) -> None:
        if self._report is not None:
            # A blank before and after each line.
            lines = report_lines(self._report, self.lines.cells - 2)
            self.lines.show_rows([NumbersLine(place, pieces) for place, pieces in enumerate(lines)])

    @override
    def on_resize(self, _event: events.Resize) -> None:
        super().on_resize(_event)
        self.call_after_refresh(self._show)


def _draw(row: NumbersLine, _cells: int, _look: Look) -> list[Piece]:
    return [(" ", "plain"), *row.pieces]
