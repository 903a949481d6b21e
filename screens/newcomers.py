"""Customers who began to pay lately, so that each of them can have a personal note.

The invariant: whom nobody has written to yet stands first, and says so by a sign, never by colour alone.
"""

from typing import TYPE_CHECKING

from typing_extensions import override

from desk.ages import age
from desk.errors import HeardError
from desk.newcomers import Newcomer
from screens.action import Place
from screens.desk_screen import opens
from screens.framed import FramedScreen
from screens.seat import Seat
from storage.connect import Connection
from storage.deeds.by import Done
from widgets.cells import fit, harmless
from widgets.inks import Piece, both_ends
from widgets.rowcache import Key
from widgets.rows import LineList
from widgets.ticket_line import Look

if TYPE_CHECKING:
    from sqlmodel import Session

EMPTY = "Nobody began to pay in the last thirty days."
SUBJECT = "Welcome, and a person to ask"
SNIPPET = "welcome"


class NewcomersScreen(FramedScreen[Newcomer]):
    """The page."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat, LineList[Newcomer](self._draw, key=lambda row: row.id, empty=EMPTY))
        self._left = 0

    @property
    @override
    def place(self) -> Place:
        return Place.NEWCOMERS

    @property
    @override
    def path(self) -> tuple[str, ...]:
        return ("New customers", str(self._left) + " without a word from us")

    @property
    @override
    def titles(self) -> tuple[str, str]:
        return ("New paying customers", "")

    @override
    def changed(self) -> None:
        super().changed()
        now = self.seat.clock()

        def ask(connection: Connection) -> tuple[Newcomer, ...]:
            from storage.newcomers import newcomers

            return newcomers(connection, now)

        self.read("newcomers", ask, self._found)

    def _found(self, rows: tuple[Newcomer, ...]) -> None:
        self.lines.show_rows(rows)
        self._left = sum(row.written_at is None for row in rows)
        self.show_header()
        self.show_hints()

    @override
    def open_row(self, key: Key) -> None:
        if isinstance(key, int):
            opens(self.app).open_customer(key)

    def action_newcomers_write(self) -> None:
        """Open a ticket for them, and the composer on it with the snippet for a personal note."""
        row = self.lines.row
        if row is None:
            return
        by = self.seat.by()

        def deed(session: "Session") -> Done:
            from storage.deeds.first_mail import begin

            return begin(session, by, row.id, SUBJECT)

        self.hold_all_keys()
        self.seat.jobs.deed(deed, self._begun, self._not_begun)

    def _begun(self, done: Done) -> None:
        self.release_all_keys()
        opens(self.app).open_with_snippet(done.ticket_ids[0], SNIPPET)

    def _not_begun(self, error: HeardError) -> None:
        self.release_all_keys()
        self.fail(error)

    def _draw(self, row: Newcomer, cells: int, _look: Look) -> list[Piece]:
        written = row.written_at is not None
        sign: Piece = ("✓ ", "good") if written else ("○ ", "due")
        value = "" if row.value is None else row.value.words
        left: list[Piece] = [
            (" ", "plain"), sign, (fit(harmless(row.name), min(28, cells // 3)) + "  ", "plain"),
            (harmless(row.plan) + "  ", "muted"),
            (value, "muted"),
        ]  # fmt: skip
        told = "written to" if written else "no word yet"
        right: list[Piece] = [(told + "  ", "faint"), (age(row.since, self.seat.clock()) + " ", "muted")]
        return both_ends(left, right, cells)
