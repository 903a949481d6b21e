"""My own numbers: the agent's weeks beside their own weeks before, for nobody else's eyes.

The invariant: the page asks for the agent who sits here, and there is no way to ask for another.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import events
from typing_extensions import override

from screens.action import Place, Situation
from screens.desk_screen import opens
from screens.framed import FramedScreen
from screens.seat import Seat
from storage.connect import Connection
from widgets.cells import harmless
from widgets.inks import Piece
from widgets.report_lines import Line, report_lines
from widgets.rowcache import Key
from widgets.rows import LineList
from widgets.ticket_line import Look

if TYPE_CHECKING:
    from storage.own_numbers import LeftToDo, OwnNumbers

LEFT = "What is left to do; Enter opens the ticket"


@dataclass(frozen=True, slots=True)
class NumbersLine:
    """A line of the page, by its place; one that is about a ticket opens it."""

    place: int
    pieces: Line
    ticket_id: int | None = None


class NumbersScreen(FramedScreen[NumbersLine]):
    """The page."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat, LineList[NumbersLine](_draw, key=lambda row: row.place, empty="Counting your weeks …"))
        self._found: OwnNumbers | None = None

    @property
    @override
    def place(self) -> Place:
        return Place.NUMBERS

    @override
    def situation(self) -> Situation:
        return Situation(listed=0 if self._found is None else len(self._found.left))

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

        def ask(connection: Connection) -> "OwnNumbers":
            from storage.own_numbers import own_numbers

            return own_numbers(connection, me.id, me.name, now, zone)

        self.read("numbers", ask, self._counted_anew)

    def _counted_anew(self, found: "OwnNumbers") -> None:
        self._found = found
        self._show()
        self.show_hints()

    def _show(self) -> None:
        if self._found is not None:
            # A blank before and after each line.
            lines = [(pieces, None) for pieces in report_lines(self._found.report, self.lines.cells - 2)]
            whole = [*lines, *_left_lines(self._found.left)]
            self.lines.show_rows([NumbersLine(place, *line) for place, line in enumerate(whole)])

    @override
    def open_row(self, key: Key) -> None:
        row = self.lines.row
        if row is not None and row.ticket_id is not None:
            opens(self.app).open_ticket(row.ticket_id)
        elif self._found is not None:
            # They stand at the end of the page.
            self.lines.go_to(self.lines.count - len(self._found.left))

    @override
    def on_resize(self, _event: events.Resize) -> None:
        super().on_resize(_event)
        self.call_after_refresh(self._show)


def _left_lines(left: "tuple[LeftToDo, ...]") -> Iterator[tuple[Line, int | None]]:
    if left:
        yield (), None
        yield ((LEFT, "strong"),), None
    for each in left:
        subject = " ".join(harmless(each.subject).split()) or "(no subject)"
        number, step = f"#{each.number}", " ".join(harmless(each.step).split())
        yield ((number, "link"), (f"  {step}  ", "due"), (subject, "plain")), each.ticket_id


def _draw(row: NumbersLine, _cells: int, _look: Look) -> list[Piece]:
    return [(" ", "plain"), *row.pieces]
