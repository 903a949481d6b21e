"""The page of a call: from the first ring to the wrap-up, with all that is wanted beside the talk.

The invariants: an outcome is one key behind the one that ends the call, and writes it down; `u` takes that back, and
the call waits to be written down again with every word of its notes.
"""

from typing import TYPE_CHECKING

from typing_extensions import override

from desk.calls import CallState, clock, hold_seconds, talk_seconds
from desk.errors import HeardError
from desk.snooze import until, when
from desk.statuses import Status
from screens.actions_call import OUTCOMES
from screens.ask import Question
from screens.call_deeds import CallWork
from screens.desk_screen import DeskScreen, opens
from screens.keymap import shown
from screens.workspace_promises import PromiseWork
from storage.connect import raw
from storage.deeds.by import Done
from storage.deeds.calls import leave_ticket
from storage.deeds.plan import Change
from storage.deeds.wrap_up import WrapUp, wrap_up
from widgets.wrap_up import WrapUpFacts

if TYPE_CHECKING:
    from sqlmodel import Session

# What becomes of the ticket; the other outcomes leave it as it is.
AFTER = {
    "solved": Change(status=int(Status.SOLVED)),
    "passed_on": Change(assignee=None),
    "answered": Change(status=int(Status.PENDING)),
}
# A ticket that was made for such a call is done with; what was open before is as open as it was.
OF_ITS_OWN = {"wrong_number": Change(status=int(Status.SOLVED))}
TITLES = {name: title for _, name, title, _ in OUTCOMES}
# These leave something to do, which the call's message says.
TO_DO = ("follow_up", "callback")


class CallScreen(CallWork):
    """One call."""

    follow_up_at: int | None = None

    @override
    def show_wrap_up(self) -> None:
        """The outcomes with their keys, and the tickets to write it on."""
        found, call, now = self.found, self.call, self.seat.clock()
        if found is None or call is None:
            return
        of, held = self.seat.keymap.of, hold_seconds(call, now)
        places = [row.id for row in found.tickets]
        self.wrap_up.show(
            WrapUpFacts(
                outcomes=tuple(
                    (shown(of["call." + name][0]), title) for name, title in TITLES.items() if of["call." + name]
                ),
                tickets=found.tickets,
                chosen=places.index(self.chosen) if self.chosen in places else None,
                talked="talked " + clock(talk_seconds(call, now)) + (", held " + clock(held) if held else ""),
                when="" if self.follow_up_at is None else until(self.follow_up_at, now, self.seat.zone),
                keys=(self._key("call.next_ticket"), self._key("call.when")),
            )
        )

    def _key(self, action: str) -> str:
        keys = self.seat.keymap.of[action]
        return shown(keys[0]) if keys else ""

    def action_call_next_ticket(self) -> None:
        """Write it on the next ticket."""
        self._step_ticket(1)

    def action_call_previous_ticket(self) -> None:
        """Write it on the ticket before."""
        self._step_ticket(-1)

    def _step_ticket(self, step: int) -> None:
        rows = self.found.tickets if self.found is not None else ()
        order: list[int | None] = [*(row.id for row in rows), None]
        place = order.index(self.chosen) if self.chosen in order else len(order) - 1
        self.chosen, self.choice_made = order[(place + step) % len(order)], True
        self.show_wrap_up()
        self.show_bar()
        self.read_page()

    def action_call_when(self, text: str) -> None:
        """When to follow up; without words they are asked for."""
        if not text:
            self.ask(Question("When", self.action_call_when, reading=self._read_when))
            return
        self.follow_up_at = when(text, self.seat.clock(), self.seat.zone)
        self.show_wrap_up()

    def _read_when(self, text: str) -> str:
        now, zone = self.seat.clock(), self.seat.zone
        return until(when(text, now, zone), now, zone) if text.strip() else "3d, tue 9am, tomorrow"

    def action_call_outcome(self, name: str) -> None:
        """What became of it: the call is written down."""
        call_id, by, (goal, notes) = self.call_id, self.seat.by(), self.typed
        if call_id is None or self.state is not CallState.WRAPPING:
            return
        at = self.follow_up_at
        wrap = WrapUp(
            notes=notes, outcome=TITLES[name], goal=goal, ticket_id=self.chosen,
            follow_up=TITLES[name] if name in TO_DO or at is not None else "", follow_up_at=at, zone=self.seat.zone,
            after=(AFTER if self._is_on_earlier_ticket else AFTER | OF_ITS_OWN).get(name, Change()),
        )  # fmt: skip
        apart = self.chosen is None and self._is_of_another_ticket

        def do(session: "Session") -> Done:
            if apart:
                leave_ticket(raw(session), call_id)
            return wrap_up(session, by, call_id, wrap)

        self.save_typed()
        self.hold_all_keys()
        self.seat.jobs.deed(do, lambda done: self._written(done, TITLES[name]), self._not_written)

    @property
    def _is_of_another_ticket(self) -> bool:
        """Whether the call stands on a ticket that was there before it."""
        return self.call is not None and self._was_there(self.call.ticket_id)

    @property
    def _is_on_earlier_ticket(self) -> bool:
        """Whether it is being written on a ticket that was there before it."""
        return self.chosen is not None and self._was_there(self.chosen)

    def _was_there(self, ticket_id: int | None) -> bool:
        call, rows = self.call, self.found.tickets if self.found is not None else ()
        row = next((row for row in rows if row.id == ticket_id), None)
        return row is not None and call is not None and row.created_at != call.rang_at

    def _written(self, done: Done, outcome: str) -> None:
        if not self.is_attached:
            return
        self.seat.phone.call = None
        self._kept = self.typed
        self.dismiss(None)
        opens(self.app).read_calls()
        self.app.call_later(self._tell_below, f"{outcome}: {done.title}.  u undoes", done)

    def _tell_below(self, words: str, done: Done) -> None:
        front = self.app.screen
        if isinstance(front, DeskScreen):
            front.notice(words, "good")
            front.changed()
        if isinstance(front, PromiseWork):
            # What was said is in the notes; whoever notes a promise is asked whether it was one.
            front.look_for_promises(done)

    def _not_written(self, error: HeardError) -> None:
        self.release_all_keys()
        if self.is_attached:
            self.fail(error)

    # Back, and taking back

    def action_move_back(self) -> None:
        """Back to where it was opened; a call that is open stays so, and the top line says it.

        Who was only popped has been seen, and rings no more; unless they have to wait for another call's end.
        """
        phone = self.seat.phone
        if self.ring is not None and self.state is CallState.RINGING and self.call_id is None and phone.call is None:
            phone.forget(self.ring.text)
        self.dismiss(None)

    def action_deed_undo(self) -> None:
        """Take back the last deed."""
        from storage.deeds.undo import undo

        by = self.seat.by()
        self.seat.jobs.deed(lambda session: undo(session, by), self.told)

    def action_deed_redo(self) -> None:
        """Do again what was taken back."""
        from storage.deeds.undo import redo

        by = self.seat.by()
        self.seat.jobs.deed(lambda session: redo(session, by), self.told)
