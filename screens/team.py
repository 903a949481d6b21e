"""Who is there: each agent of the team, what they do and since when, what they have, and which ticket is open there.

The invariant: what somebody does is told by words, never by colour alone; a killed console is offline within seconds.
"""

from typing import TYPE_CHECKING

from typing_extensions import override

from desk.presence import State
from screens.action import Place
from screens.company import time_in_state
from screens.desk_screen import opens
from screens.framed import FramedScreen
from screens.seat import Seat
from storage.connect import Connection
from widgets.cells import fit, harmless
from widgets.inks import Piece, both_ends
from widgets.rowcache import Key
from widgets.rows import LineList
from widgets.ticket_line import Look

if TYPE_CHECKING:
    from storage.presence import Colleague

EMPTY = "Nobody is in this team yet."
SIGNS: dict[State, Piece] = {
    State.AVAILABLE: ("● ", "good"),
    State.CALL: ("☎ ", "title"),
    State.AWAY: ("○ ", "due"),
    State.OFFLINE: ("· ", "faint"),
}


class TeamScreen(FramedScreen["Colleague"]):
    """The page."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat, LineList["Colleague"](self._draw, key=lambda row: row.agent.agent_id, empty=EMPTY))
        self._there = 0

    @property
    @override
    def place(self) -> Place:
        return Place.TEAM

    @property
    @override
    def path(self) -> tuple[str, ...]:
        return ("Team", str(self._there) + " here")

    @property
    @override
    def titles(self) -> tuple[str, str]:
        return ("Who is there", "")

    @override
    def changed(self) -> None:
        super().changed()
        company = self.seat.company
        seats = () if company is None else (*company.others, company.own)

        def ask(connection: Connection) -> "tuple[Colleague, ...]":
            from storage.presence import colleagues

            return colleagues(connection, seats)

        self.read("team", ask, self._found)

    @override
    def company_changed(self) -> None:
        self.changed()

    @override
    def calls_changed(self) -> None:
        super().calls_changed()
        self.changed()

    @override
    def tick(self) -> None:
        super().tick()
        self.lines.tick()

    def _found(self, rows: "tuple[Colleague, ...]") -> None:
        self.lines.show_rows(rows)
        self._there = sum(row.agent.state is not State.OFFLINE for row in rows)
        self.show_header()
        self.show_hints()

    @override
    def open_row(self, key: Key) -> None:
        row = self.lines.row
        if row is not None and row.agent.agent_id == key:
            opens(self.app).filter_queue("status:active assignee:" + row.agent.handle)

    def _draw(self, row: "Colleague", cells: int, _look: Look) -> list[Piece]:
        agent = row.agent
        said = harmless(time_in_state(agent, self.seat.clock()))
        shown = "plain" if agent.state is not State.OFFLINE else "muted"
        left: list[Piece] = [
            (" ", "plain"), SIGNS[agent.state], (fit(harmless(agent.name), min(28, cells // 3)) + "  ", shown),
            (said, "due" if agent.state is State.AWAY else "muted"),
        ]  # fmt: skip
        at = " ".join("#" + str(number) for number in row.at)
        right: list[Piece] = [
            ("at " + at + "   " if at else "", "faint"),
            (str(row.tickets) + (" ticket" if row.tickets == 1 else " tickets"), "muted"), (" ", "plain"),
        ]  # fmt: skip
        return both_ends(left, right, cells)
