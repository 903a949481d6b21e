"""What was given away, and what waits for a supervisor: theirs to decide, and each agent's own.

The invariant: what counts against a budget is said beside it as it is now, and what waits stands on top.
"""

from typing_extensions import override

from screens.action import Place, Situation
from screens.ask import Question
from screens.desk_screen import opens
from screens.facts_below import FactsBelow
from screens.gesture_lines import gesture_facts, gesture_line, left_facts
from screens.seat import Seat
from storage.gestures import GestureRow, Gestures, Standing, listed, standing
from widgets.inks import Piece
from widgets.rowcache import Key
from widgets.rows import LineList
from widgets.ticket_line import Look


class GesturesScreen(FactsBelow[GestureRow]):
    """The page of gestures."""

    facts_lines = 11

    def __init__(self, seat: Seat) -> None:
        empty = "Nothing here yet: $ on a ticket or a customer gives something away"
        super().__init__(seat, LineList[GestureRow](self._draw, key=lambda row: row.id, empty=empty))
        self._found: Gestures | None = None

    @property
    @override
    def place(self) -> Place:
        return Place.GESTURES

    @override
    def situation(self) -> Situation:
        row, found = self.lines.row, self._found
        waits = row is not None and row.state == "waiting" and found is not None and found.may_decide
        return Situation(listed=self.lines.count, undecided=waits)

    @property
    @override
    def path(self) -> tuple[str, ...]:
        return ("Gestures",)

    @property
    @override
    def titles(self) -> tuple[str, str]:
        found = self._found
        waiting = sum(row.state == "waiting" for row in found.rows) if found else 0
        # Who doesn't decide sees their own alone, and nothing is said of what others wait for.
        mine = "" if found is None or found.may_decide else " of yours"
        if not waiting:
            return (f"Nothing{mine} waits" if found else "", "Gesture")
        return (f"{waiting:,}{mine} {'waits' if waiting == 1 else 'wait'} for a supervisor", "Gesture")

    @override
    def changed(self) -> None:
        super().changed()
        me, now = self.seat.me.id or None, self.seat.clock()
        self.read("rows", lambda connection: listed(connection, me, now), self._rows_read)

    def _rows_read(self, found: Gestures) -> None:
        self._found = found
        self.show_list(found.rows)

    @override
    def row_reached(self) -> None:
        row, found = self.lines.row, self._found
        self.draw_frame()
        if found is None:
            return
        own = left_facts(found.lefts, found.rules)
        if row is None:
            self.facts.show(own)
            return
        about = gesture_facts(row, self.seat.clock(), self.seat.zone)
        if row.state != "waiting":
            self.facts.show([*about, *own])
            return
        # Whoever decides wants to know what is left to those who asked.
        agent_id, ticket_id, key, now = row.agent_id, row.ticket_id, row.id, self.seat.clock()

        def theirs(left: Standing) -> None:
            if self.lines.cursor_id == key:
                self.facts.show([*about, *left_facts(left.lefts, left.rules)])

        self.read("left", lambda connection: standing(connection, agent_id, ticket_id, now), theirs)

    def _draw(self, row: GestureRow, cells: int, _look: Look) -> list[Piece]:
        return gesture_line(row, cells, self.seat.clock())

    # What the agent does

    @override
    def open_row(self, key: Key) -> None:
        row = self.lines.row
        if row is not None and row.ticket_id is not None:
            opens(self.app).open_ticket(row.ticket_id)
        elif row is not None and row.customer_id is not None:
            opens(self.app).open_customer(row.customer_id)

    def action_gesture_approve(self) -> None:
        """Yes: from now on it counts."""
        from storage.deeds.gestures import approve

        row, by = self.lines.row, self.seat.by()
        if row is not None:
            gesture_id = row.id
            self.deed(lambda session: approve(session, by, gesture_id))

    def action_gesture_refuse(self, text: str) -> None:
        """No; without a reason it is asked for."""
        row = self.lines.row
        if row is None:
            return
        gesture_id = row.id
        if text:
            self._refuse(gesture_id, text)
        else:
            # Another one may be under the cursor by the time that the reason is written.
            self.ask(Question("Refuse, since", lambda why: self._refuse(gesture_id, why), free=True))

    def _refuse(self, gesture_id: int, why: str) -> None:
        from storage.deeds.gestures import refuse

        by = self.seat.by()
        self.deed(lambda session: refuse(session, by, gesture_id, why))
