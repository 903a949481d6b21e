"""Customers who may be one person: pairs of those who were in contact lately, and why each is suggested.

The invariant: nothing is merged by itself; what was said to be two people is gone from here for good.
"""

from typing import TYPE_CHECKING

from typing_extensions import override

from screens.action import Place, Situation
from screens.confirm import ConfirmScreen
from screens.desk_screen import opens
from screens.framed import FramedScreen
from screens.seat import Seat
from storage import merges
from storage.connect import Connection
from storage.duplicates import Pair
from storage.merges import Preview
from widgets.cells import harmless
from widgets.inks import Piece, both_ends
from widgets.rowcache import Key
from widgets.rows import LineList
from widgets.ticket_line import Look

if TYPE_CHECKING:
    from sqlmodel import Session

    from storage.deeds.by import Done

EMPTY = "Nobody who was in contact lately looks like somebody else."


class DuplicatesScreen(FramedScreen[Pair]):
    """The list."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat, LineList[Pair](_draw, key=_key, empty=EMPTY))

    @property
    @override
    def place(self) -> Place:
        return Place.DUPLICATES

    @override
    def situation(self) -> Situation:
        return Situation(listed=self.lines.count, customer=self.lines.count > 0)

    @property
    @override
    def path(self) -> tuple[str, ...]:
        return ("Customers", "Perhaps one person")

    @property
    @override
    def titles(self) -> tuple[str, str]:
        return (str(self.lines.count) + " pairs", "")

    @override
    def changed(self) -> None:
        super().changed()

        def ask(connection: Connection) -> tuple[Pair, ...]:
            from storage.duplicates import pairs

            return pairs(connection)

        self.read("pairs", ask, self._found)

    def _found(self, found: tuple[Pair, ...]) -> None:
        self.lines.show_rows(found)
        self.draw_frame()
        self.show_header()
        self.show_hints()

    @override
    def open_row(self, key: Key) -> None:
        row = self.lines.row
        if row is not None:
            opens(self.app).open_customer(row.customer_id)

    def action_customer_merge(self) -> None:
        """Make one of the two under the cursor: the one who was in contact last stays."""
        row = self.lines.row
        if row is not None:
            self.read(
                "preview",
                lambda connection: merges.preview(connection, row.other.customer_id, row.customer_id),
                lambda found: self._merge(row, found),
            )

    def _merge(self, row: Pair, found: Preview) -> None:
        by = self.seat.by()

        def deed(session: "Session") -> "Done":
            from storage.deeds.customer_merge import merge

            return merge(session, by, row.other.customer_id, row.customer_id)

        lines = (row.other.why, "", *found.lines, "", "They can be parted again at any time.")
        question = ConfirmScreen(self.seat, "Merge “" + found.name + "” into “" + found.into + "”?", lines)
        self.app.push_screen(question, lambda yes: self.deed(deed) if yes else None)

    def action_customer_apart(self) -> None:
        """These are two people."""
        row = self.lines.row
        if row is None:
            return
        by = self.seat.by()

        def deed(session: "Session") -> "Done":
            from storage.deeds.customer_apart import told_apart

            return told_apart(session, by, row.customer_id, row.other.customer_id)

        self.deed(deed)


def _key(row: Pair) -> Key:
    return f"{row.customer_id} {row.other.customer_id}"


def _draw(row: Pair, cells: int, _look: Look) -> list[Piece]:
    left: list[Piece] = [(" " + harmless(row.name), "plain"), ("  ≈  ", "due"), (harmless(row.other.name), "plain")]
    return both_ends(left, [(harmless(row.other.why) + " ", "faint")], cells)
