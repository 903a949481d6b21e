"""What is done to a call while it goes on: it begins, is held, ends; and the checklist beside it.

The invariants: keys typed behind one that changes the call wait for it; the call is on the disk before anything else is
said of it; a step that is ticked is on the call's ticket, which is made for it where there is none yet.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from typing_extensions import override

from desk.calls import CallRow, CallState
from desk.checklists import StepField
from desk.errors import HeardError, Refused
from desk.records import Message, RunRow
from screens.action import Place
from screens.ask import Choice, Question
from screens.call_reading import CallPage, page
from screens.call_who import WhoWork
from screens.phone import Asking
from screens.ticking import TicketDeed, Ticking
from storage.connect import Connection
from storage.deeds.by import By, Done
from storage.deeds.calls import Begun, begin, go_on, hang_up, hold, of_customer, resume, take, turn_round
from widgets.checklist import ChecklistPanel

if TYPE_CHECKING:
    from sqlmodel import Session

    from screens.gesture_form import Receiver


# Nobody sees that a call has ended, understands it and finds the key for its outcome in less.
ON_THEIR_WAY = 0.7


class CallWork(WhoWork, Ticking):
    """What is done on a call's page. `talk_at_once`: the call begins as soon as the page is there."""

    talk_at_once = False
    _done_writing = False
    _known = False

    @property
    @override
    def holding(self) -> bool:
        # Keys typed behind the one that opened this page are meant for the call, as soon as it is there.
        return super().holding or not self._known

    @property
    @override
    def checklist(self) -> ChecklistPanel:
        return self.steps

    # Reading

    def on_mount(self) -> None:
        """Begin where it is to begin, and show what is known."""
        self.lay_out()
        self.focus_pane()
        self.show_caller()
        self.show_bar()
        if self.begun is not None:
            begun = self.begun
            self._change(lambda connection, by: begin(connection, by, begun))
        elif self.talk_at_once:
            self.action_call_talk()
        else:
            self.read_page()

    @override
    def read_page(self) -> None:
        seat = self.seat
        asking = Asking(seat.me.id, seat.clock(), seat.zone, seat.regions)
        call_id, text, picked, chosen = self.call_id, self.text, self.picked, self.chosen
        asked_at = self.saves

        def ask(connection: Connection) -> CallPage:
            return page(connection, asking, call_id, text, picked, chosen)

        self.seat.jobs.read("call page", ask, lambda found: self._page_read(found, asked_at), self._not_read)

    def _page_read(self, found: CallPage, asked_at: tuple[int, int]) -> None:
        if not self.is_attached:
            return
        self._is_known()
        before = self.state
        self.found = found
        self.waiting = found.waiting
        if found.call is not None:
            self.call = found.call
            self.fill_in(found.call, asked_at)
        if not self.choice_made:
            self.chosen = self._likely_ticket(found)
        self._show_steps()
        self._read_conversation()
        self.show_wrap_up()
        self.show_caller()
        if self.state is not before:
            self._other_state(before)
        self.show_bar()
        self.show_hints()

    def _not_read(self, error: HeardError) -> None:
        self._is_known()
        self.fail(error)

    def _is_known(self) -> None:
        if not self._known:
            self._known = True
            self.post_message(self.Ready())

    def show_wrap_up(self) -> None:
        """What the wrap-up offers."""

    def _read_conversation(self) -> None:
        """What was said on the ticket, where there is room for it."""
        ticket_id = self.chosen
        if not self.boxes["said"].display:
            return
        if ticket_id is None:
            self.said.clear()
            return
        from storage import tickets

        def show(found: tuple[Message, ...]) -> None:
            if self.is_attached and self.chosen == ticket_id:
                self.said.show(ticket_id, found)

        self.seat.jobs.read("call conversation", lambda connection: tickets.conversation(connection, ticket_id), show)

    @staticmethod
    def _likely_ticket(found: CallPage) -> int | None:
        """The ticket that the call is about already, the one of a topic that came again, else the only open one."""
        if found.call is not None and found.call.ticket_id is not None:
            return found.call.ticket_id
        listed = [row.id for row in found.tickets]
        again = found.card.repeated.ticket_ids if found.card is not None and found.card.repeated is not None else ()
        return next((ticket for ticket in again if ticket in listed), listed[0] if len(listed) == 1 else None)

    @override
    def changed(self) -> None:
        self.read_page()

    @override
    def calls_changed(self) -> None:
        super().calls_changed()
        self.read_page()

    # The call itself

    def action_call_talk(self) -> None:
        """The call begins."""
        call, card = self.call, self.card
        customer_id = self.picked or (card.id if card is not None else None)
        chosen = self.chosen
        if self.call_id is None or (call is not None and call.state is CallState.MISSED):
            missed = call is not None
            since = self.ring.since if self.ring is not None and not missed else None
            begun = Begun(
                self.text if call is None else call.number, self.ring.caller if self.ring is not None else "",
                customer_id, chosen, "out" if missed else "in", "console" if missed or since is None else "pop", since,
            )  # fmt: skip
            self._change(lambda connection, by: begin(connection, by, begun))
            return
        call_id = self.call_id

        def take_it(connection: Connection, by: By) -> CallRow:
            taken = take(connection, by, call_id)
            if taken.customer_id is None and customer_id is not None:
                return of_customer(connection, call_id, customer_id)
            return taken

        self._change(take_it)

    def action_call_hold(self) -> None:
        """On hold, and back."""
        change = resume if self.state is CallState.HELD else hold
        call_id = self.call_id
        if call_id is not None:
            self._change(lambda connection, by: change(connection, by, call_id))

    def action_call_end(self) -> None:
        """It is over: on to its wrap-up."""
        self.save_typed()
        call_id = self.call_id
        self._let_keys_go()
        if call_id is not None and self.state.on_line:
            self._done_writing = True
            self._change(lambda connection, by: hang_up(connection, by, call_id))
        else:
            self.action_call_leave_notes()

    def _change(self, do: Callable[[Connection, By], CallRow]) -> None:
        """Change the call; keys typed behind wait until it is so."""
        by = self.seat.by()
        self.hold_all_keys()
        self.seat.jobs.keep(lambda connection: do(connection, by), self.call_is, self._refused)

    @override
    def call_is(self, call: CallRow) -> None:
        phone = self.seat.phone
        phone.known.add(call.id)
        if not self.is_attached:
            return
        before = self.state
        self.call, self.call_id, self.begun = call, call.id, None
        if self.ring is not None:
            phone.forget(self.ring.text)
        phone.rings = tuple(ring for ring in phone.rings if ring.call_id != call.id)
        phone.call = call if call.state.open and call.state is not CallState.RINGING else None
        if self.state is not before:
            self._other_state(before)
        self.show_bar()
        # What was typed before there was a call to keep it with.
        self.save_typed()
        self.read_page()
        self.release_all_keys()

    def _refused(self, error: HeardError) -> None:
        self._done_writing = False
        self.release_all_keys()
        if self.is_attached:
            self.fail(error)
            self.read_page()

    def _other_state(self, before: CallState) -> None:
        """The keys go where they are wanted now: to the checklist while they talk, to the outcomes behind it."""
        if before.on_line and self.state is CallState.WRAPPING and not self._done_writing:
            self._keep_keys_of_call()
        if self.typing and not self._done_writing:
            # It was hung up amid a word, which must not become an outcome.
            self.lay_out()
            return
        self._done_writing = False
        if self.state.on_line:
            self.go_to_pane("steps")
        elif self.state is CallState.WRAPPING:
            self.go_to_pane("notes")
        else:
            self.go_to_pane("who")

    def _keep_keys_of_call(self) -> None:
        """The telephone says that it is over: keys on their way were meant for the call, and mean what they did there.

        A digit is no outcome yet, and T doesn't bring back the call that it was to end.
        """
        self.just_ended = True
        self.notice("The call has ended")
        self.set_timer(ON_THEIR_WAY, self._let_keys_go)

    def _let_keys_go(self) -> None:
        if self.just_ended:
            self.just_ended = False
            self.show_hints()

    def action_call_resume(self) -> None:
        """It goes on after all."""
        call_id = self.call_id
        if call_id is not None:
            self._change(lambda connection, by: go_on(connection, by, call_id))

    def action_call_direction(self) -> None:
        """They called, or we did."""
        call_id = self.call_id
        if call_id is not None:
            self._change(lambda connection, _: turn_round(connection, call_id))

    # The checklist

    def _show_steps(self) -> None:
        found = self.found
        if found is None:
            return
        template = next((each for each in found.templates if each.key == found.suggestion), None)
        if found.runs or template is None:
            self.steps.show(found.runs, words=found.words)
        else:
            # Its first tick begins it.
            self.steps.show(((template, RunRow(0, template.key, ())),), words=found.words)

    @override
    def do_on_ticket(self, deed: TicketDeed) -> None:
        from storage.deeds.wrap_up import ticket_of

        call_id, chosen, by = self.call_id, self.chosen, self.seat.by()
        if call_id is None or self.place is Place.CALLER:
            self.notice("The call hasn't begun: T begins it", "warning")
            return

        def do(session: "Session") -> Done:
            return deed(session, by, ticket_of(session, by, call_id, chosen))

        def done(told: Done) -> None:
            self.chosen, self.choice_made = told.ticket_ids[0], True
            self.told(told)

        self.save_typed()
        self.seat.jobs.deed(do, done)

    @override
    def step_done(self, checklist: str, step: str, text: str) -> None:
        """Tick it; the step that asks for the goal and the field for it are one."""
        templates = self.found.templates if self.found is not None else ()
        template = next((each for each in templates if each.key == checklist), None)
        if template is not None and template.step(step).field is StepField.GOAL:
            if text:
                self.goal.value = text
            text = text or self.goal.value
        super().step_done(checklist, step, text)

    def action_checklist_begin(self, text: str) -> None:
        """Begin a checklist by its name, or choose one."""
        templates = self.found.templates if self.found is not None else ()
        if not text:
            choices = tuple(Choice(each.key, each.title, each.purpose) for each in templates)
            self.ask(Question("Checklist", self.action_checklist_begin, choices=choices))
            return
        wanted = text.casefold()
        key = next((each.key for each in templates if wanted in (each.key, each.title.casefold())), "")
        if not key:
            raise Refused("There is no checklist “" + text + "”", "+ shows them all.")
        from storage.deeds.checklist import begin as begin_list

        self.do_on_ticket(lambda session, by, ticket: begin_list(session, by, ticket, key))

    @property
    @override
    def receiver(self) -> "Receiver | None":
        from screens.gesture_form import Receiver

        return None if self.card is None else Receiver(self.chosen, self.card.id, self.card.name)
