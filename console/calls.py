"""The telephone in the console: who rings is shown wherever the agent is, and one key takes the call.

The invariants: a ring takes the focus from nothing that is being written, it only puts its line over the top; where
nothing is being written the caller opens by itself, once the keys are calm; what the agent has on the line, or has not
written down yet, is never out of sight.
"""

from time import monotonic
from typing import TYPE_CHECKING

from textual.screen import ModalScreen

from console.doors import Doors
from desk.calls import ELSEWHERE, CallRow, CallState, Popped, clock, pick_up_seconds
from screens.desk_screen import DeskScreen
from screens.phone import Asking, Ring
from storage.connect import Connection

if TYPE_CHECKING:
    from screens.call import CallScreen
    from screens.call_reading import Present
    from storage.deeds.calls import Begun

# Who presses keys right now would press them on another page.
CALM_SECONDS = 0.25


class Calls(Doors, inherit_bindings=False):
    """What the app does about calls."""

    def __init__(self) -> None:
        super().__init__()
        self._told_once = False
        self._opening = False
        self._last_key = 0.0

    # Hearing of calls

    def ring(self, popped: Popped) -> None:
        """Somebody rings, or a call went on."""
        if popped.call_id is not None or self.seat.phone.hear(popped):
            self.read_calls()

    def read_calls(self) -> None:
        """Read anew who rings, and how the agent's own call stands."""
        seat, phone = self.seat, self.seat.phone
        asking = Asking(seat.me.id, seat.clock(), seat.zone, seat.regions)
        phone.grow_old(asking.now)
        popped = phone.popped
        rang = tuple(ring.call_id for ring in phone.rings if ring.call_id is not None)

        def ask(connection: Connection) -> "Present":
            from screens.call_reading import present  # no key waits for it in this thread

            return present(connection, asking, popped, rang)

        seat.jobs.read("calls", ask, self._calls_read)

    def _calls_read(self, found: "Present") -> None:
        phone = self.seat.phone
        before = {_name(ring) for ring in phone.rings}
        phone.rings, phone.call = found.rings, next(iter(found.open), None)
        for call in found.ended:
            self._tell_end(call)
        fresh = [ring for ring in found.rings if _name(ring) not in before]
        self._adopt(found.open)
        self._take_in_open(found.open)
        for screen in self.screen_stack:
            if isinstance(screen, DeskScreen):
                screen.calls_changed()
        if fresh:
            self._open_when_calm()

    def _tell_end(self, call: CallRow) -> None:
        """A call that rang rings no more."""
        if not isinstance(self.screen, DeskScreen):
            return
        if call.outcome == ELSEWHERE:
            self.screen.notice("A colleague took the call of " + call.title)
        elif call.state is CallState.MISSED and call.direction == "out":
            self.screen.notice("No answer from " + call.title, "warning")
        elif call.state is CallState.MISSED:
            rang = clock(pick_up_seconds(call, self.seat.clock()))
            where = "It waits in the queue" if call.number else "The number was withheld"
            self.screen.notice("Missed: " + call.title + " rang for " + rang + ". " + where, "warning")

    def _adopt(self, calls: tuple[CallRow, ...]) -> None:
        """A page of somebody who was popped, and whose call was taken elsewhere meanwhile, is that call's page."""
        for page in self._pages:
            taken = next((call for call in calls if page.call_id is None and page.rang_as(call)), None)
            if taken is not None:
                page.call_id = taken.id

    def _take_in_open(self, calls: tuple[CallRow, ...]) -> None:
        """An own call that is news here (answered on the telephone, or open since before a crash) is offered."""
        phone, first = self.seat.phone, not self._told_once
        self._told_once = True
        news = [call for call in calls if call.id not in phone.known]
        phone.known.update(call.id for call in calls)
        still = {call.id: call for call in calls}
        phone.offered = still.get(phone.offered.id) if phone.offered is not None else None
        if not news or self._page_of(news[0]) is not None:
            return
        phone.offered = news[0]
        if not first and not self._occupied:
            self.open_call(news[0].id)

    # Showing them

    def _open_when_calm(self) -> None:
        """Show the caller where nothing is being written, once no key has come for a moment."""
        if not self._opening:
            self._opening = True
            self._look_again()

    def _look_again(self) -> None:
        wait = self._last_key + CALM_SECONDS - monotonic()
        if wait > 0:
            self.set_timer(wait, self._look_again)
            return
        self._opening = False
        ring = next((ring for ring in self.seat.phone.rings if self._page_of(ring) is None), None)
        if ring is not None and not self._occupied:
            self._open(self._call_screen(ring=ring))

    @property
    def _occupied(self) -> bool:
        """Whether the agent is in the middle of something that a page must not cover."""
        from screens.call import CallScreen

        front, call = self.screen, self.seat.phone.call
        if not isinstance(front, DeskScreen) or isinstance(front, ModalScreen) or front.occupied:
            return True
        if call is not None and call.state.on_line:
            return True
        return isinstance(front, CallScreen) and not front.over

    def _page_of(self, which: Ring | CallRow) -> "CallScreen | None":
        """The page of that call, where it is open already."""
        return next((page for page in self._pages if page.is_of(which)), None)

    @property
    def _pages(self) -> "list[CallScreen]":
        from screens.call import CallScreen

        return [screen for screen in self.screen_stack if isinstance(screen, CallScreen)]

    def _back_to(self, page: "CallScreen") -> bool:
        """Go back to a page that is open, unless what stands over it may hold something."""
        above = self.screen_stack[self.screen_stack.index(page) + 1 :]
        if any(isinstance(each, ModalScreen) for each in above):
            return False
        for _ in above:
            self.pop_screen()
        return True

    def _call_screen(
        self, ring: Ring | None = None, call_id: int | None = None, begun: "Begun | None" = None
    ) -> "CallScreen":
        from screens.call import CallScreen

        return CallScreen(self.seat, ring=ring, call_id=call_id, begun=begun)

    def _open(self, page: "CallScreen") -> None:
        self.seat.phone.offered = None
        self.open(page)

    def open_call(self, call_id: int) -> None:
        """Show a call; where its page is open under others that hold nothing, go back to it."""
        self.seat.phone.offered = None
        page = next((each for each in self._pages if each.call_id == call_id), None)
        if page is None or not self._back_to(page):
            self._open(self._call_screen(call_id=call_id))

    # Keys

    def action_call_take(self) -> None:
        """Take the call that rings, or go back to the one that is open."""
        from screens.call import CallScreen

        phone, front = self.seat.phone, self.screen
        if isinstance(front, CallScreen) and front.may_begin and (not phone.rings or front.is_of(phone.rings[0])):
            front.action_call_talk()
        elif phone.rings:
            self._take(phone.rings[0])
        elif phone.call is not None:
            self.open_call(phone.call.id)
        elif isinstance(front, DeskScreen):
            front.notice("Nobody is calling")

    def _take(self, ring: Ring) -> None:
        page = self._page_of(ring)
        if page is not None and self._back_to(page):
            page.action_call_talk()
            return
        page = self._call_screen(ring=ring)
        page.talk_at_once = True
        self._open(page)

    def action_call_start(self) -> None:
        """Start a call with the customer in front, or go back to the one that is open."""
        from screens.customer import CustomerScreen

        phone, front = self.seat.phone, self.screen
        if phone.call is not None:
            self.open_call(phone.call.id)
            return
        if isinstance(front, CustomerScreen):
            self._start(front.customer_id, None)
        elif self.workspace.current_id is None:
            self.workspace.notice("No ticket here; c finds a customer to call", "warning")
        elif self.workspace.here is None:
            # The key came before the ticket was read.
            self.workspace.once_here(self._start_here)
        else:
            self._start_here()

    def _start_here(self) -> None:
        """With the customer of the current ticket."""
        here = self.workspace.here
        if here is not None and here.card is None:
            self.workspace.notice("This ticket has no customer; c finds one to call", "warning")
        elif here is not None and here.card is not None:
            self._start(here.card.id, here.id)

    def _start(self, customer_id: int, ticket_id: int | None) -> None:
        """Start a call, or take the one that rings, where it may be theirs."""
        from storage.deeds.calls import Begun

        rings = self.seat.phone.rings
        ring = next((ring for ring in rings if ring.card is None or ring.card.card.id == customer_id), None)
        if ring is None:
            self._open(self._call_screen(begun=Begun(customer_id=customer_id, ticket_id=ticket_id)))
            return
        page = self._call_screen(ring=ring)
        page.picked, page.chosen, page.talk_at_once = customer_id, ticket_id, True
        page.choice_made = ticket_id is not None
        self._open(page)


def _name(ring: Ring) -> object:
    """What tells one ring from another."""
    return ring.call_id if ring.call_id is not None else ring.text
