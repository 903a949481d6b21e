"""Acting from the board, by the letters of the queue: on a ticket, an agent's tickets, or a gesture under the cursor.

The invariants: a deed is about the line that the cursor was on when its key was pressed, wherever numbers have moved
the cursor since; what the tickets of a line are is read when the deed is done.
"""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from textual import on
from typing_extensions import override

from desk.boards import Form, TilePlan
from desk.errors import Refused
from desk.metrics.metric import Metric, Split, Window
from screens.action import Action, Situation
from screens.ask import Question
from screens.board_lines import GESTURES, Reading, gesture_words
from screens.board_moves import BoardMoves
from screens.board_reading import Known, tickets_of
from screens.seat import Seat
from screens.ticket_changes import TicketChanges
from storage.gestures import GestureRow
from widgets.bars import NoticeBar
from widgets.board import BoardView


@dataclass(frozen=True, slots=True)
class Meant:
    """What a deed is about: one ticket, a gesture, or else the tickets behind a part of a number."""

    metric: str
    part: str
    ticket_id: int | None = None
    gesture: GestureRow | None = None


class BoardDeeds(BoardMoves, TicketChanges):
    """What is done on a board."""

    known: Known | None
    notices: NoticeBar
    _reading: Reading | None

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat)
        self._meant: Meant | None = None
        self._told_of = ""

    @property
    @abstractmethod
    def plan(self) -> TilePlan | None:
        """The tile under the cursor."""

    @property
    def lists_tickets(self) -> bool:
        """Whether the tickets themselves stand in the tile under the cursor."""
        plan, reading = self.plan, self._reading
        return plan is not None and reading is not None and plan.form is Form.LIST and plan.metric in reading.tickets

    @property
    def here(self) -> Meant | None:
        """What is under the cursor, where a deed can be about it."""
        plan, key, reading = self.plan, self.view.part_key, self._reading
        if plan is None or key is None or reading is None or self.known is None:
            return None
        if self.lists_tickets:
            return Meant(plan.metric, key, ticket_id=int(key))
        if plan.form is Form.LIST and plan.metric == GESTURES:
            row = next((row for row in reading.gestures if str(row.id) == key), None)
            return None if row is None else Meant(plan.metric, key, row.ticket_id, row)
        metric, figure = self.known.metrics[plan.metric], reading.snapshot.figures.get(plan.metric)
        part = figure.part(key) if figure is not None else None
        return Meant(plan.metric, key) if _of_an_agent_now(metric) and part is not None and part.tickets else None

    @override
    def situation(self) -> Situation:
        here, reading = self.here, self._reading
        waits = here is not None and here.gesture is not None
        return Situation(
            listed=len(reading.snapshot.figures) if reading else 0, ticket=here is not None and not waits,
            undecided=waits,
        )  # fmt: skip

    @override
    def perform(self, action: Action, text: str = "") -> None:
        self._meant = self.here
        super().perform(action, text)

    @override
    def with_targets(self, then: Callable[[tuple[int, ...]], object]) -> None:
        meant, now = self._meant, self.seat.clock()
        if meant is None:
            return
        if meant.ticket_id is not None:
            then((meant.ticket_id,))
            return
        find = tickets_of(meant.metric, meant.part, self.seat.zone)

        def found(ids: tuple[int, ...]) -> None:
            if not ids:
                raise Refused("No tickets are left there", "")
            then(ids)

        self._look_up("targets", lambda connection: tuple(find(connection, now)), found)

    # Gestures

    @on(BoardView.Moved)
    def _reached(self) -> None:
        """The whole of a gesture is said while the cursor is on it, since its line may have no room for its reason."""
        gesture = self.here.gesture if self.here is not None else None
        if gesture is not None:
            self._told_of = gesture_words(gesture)
            self.notice(self._told_of)
        elif self._told_of and self.notices.text == self._told_of:
            self.notices.clear()
        self.show_hints()

    def action_gesture_approve(self) -> None:
        """Yes: from now on it counts."""
        from storage.deeds.gestures import approve

        by, gesture = self.seat.by(), self._meant.gesture if self._meant else None
        if gesture is not None:
            gesture_id = gesture.id
            self.deed(lambda session: approve(session, by, gesture_id))

    def action_gesture_refuse(self, text: str) -> None:
        """No; without a reason it is asked for."""
        by, gesture = self.seat.by(), self._meant.gesture if self._meant else None
        if gesture is None:
            return
        if not text:
            self.ask(Question("Refuse, since", self.action_gesture_refuse, free=True))
            return
        from storage.deeds.gestures import refuse

        gesture_id = gesture.id
        self.deed(lambda session: refuse(session, by, gesture_id, text))


def _of_an_agent_now(metric: Metric) -> bool:
    return metric.split is Split.AGENT and metric.window is Window.NOW
