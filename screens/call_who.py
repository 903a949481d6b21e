"""Who calls: one of several, somebody found by anything, somebody new; a maybe that becomes known.

The invariant: whoever is picked for a number that nobody had is known by it from then on only as a maybe, until one key
confirms it.
"""

from collections.abc import Callable

from textual import on
from typing_extensions import override

from desk.calls import CallRow
from desk.lookup import IdentityKind
from screens.call_notes import NotesWork
from screens.customers import NEW, CustomersScreen
from screens.desk_screen import opens
from screens.flagging import put_flag
from screens.form import FormScreen
from screens.keymap import shown
from screens.new_customer import new_customer_form
from screens.seat import Seat
from storage.connect import Connection
from storage.deeds.by import Done
from widgets.caller_lines import Caller
from widgets.caller_panel import CallerPanel
from widgets.rowcache import Key


class CallerSearch(CustomersScreen):
    """The search, whose answer says who calls."""

    def __init__(self, seat: Seat, chosen: Callable[[int], object]) -> None:
        super().__init__(seat)
        self._chosen = chosen

    @property
    @override
    def path(self) -> tuple[str, ...]:
        return ("Call", "Who is it?")

    @override
    def open_row(self, key: Key) -> None:
        if key == NEW or not isinstance(key, int):
            self.action_customers_new()
            return
        self.dismiss(None)
        self._chosen(key)

    @override
    def action_customers_new(self) -> None:
        def made(done: Done | None) -> None:
            if done is not None and done.customer_id is not None:
                self.dismiss(None)
                self._chosen(done.customer_id)

        self.app.push_screen(FormScreen(self.seat, new_customer_form(self.seat, self.field.value)), made)


class WhoWork(NotesWork):
    """What is done about who calls."""

    def show_caller(self) -> None:
        """Draw the card."""
        keymap = self.seat.keymap
        named = {"confirm": "customer.confirm", "identify": "call.identify", "new": "customers.new"}
        keys = tuple((name, shown(keymap.of[action][0])) for name, action in named.items() if keymap.of[action])
        name = self.call.caller if self.call is not None else (self.ring.caller if self.ring is not None else "")
        self.who.show(Caller(self.match, self.caller_card, name, self.place_in_several, keys))

    @property
    def several(self) -> int:
        """How many there are to pick from."""
        return len(Caller(self.match, self.caller_card).several)

    def action_call_pick(self, digit: str) -> None:
        """This one calls."""
        self._pick(int(digit) - 1)

    def _pick(self, place: int) -> None:
        if 0 <= place < self.several:
            self.it_is(self.match.hits[place].customer_id)
        elif self.several:
            self.notice("There is no " + str(place + 1) + " to pick", "warning")

    def action_move_open(self) -> None:
        """Pick who is under the cursor; who is known already is shown whole."""
        if self.several:
            self._pick(self.place_in_several)
        else:
            self.action_ticket_customer()

    def action_ticket_customer(self) -> None:
        """Everything about who calls."""
        if self.card is not None:
            opens(self.app).open_customer(self.card.id)

    def action_go_find(self, text: str) -> None:
        """Find a customer: who calls, where that is nobody yet."""
        if self.card is None and not text:
            self.action_call_identify()
        else:
            opens(self.app).action_go_find(text)

    def action_call_identify(self) -> None:
        """Find who calls by anything."""
        self.app.push_screen(CallerSearch(self.seat, self._found_them))

    def _found_them(self, customer_id: int) -> None:
        """Found by other things than the number: it is theirs from now on, as a maybe."""
        number = self.match.number
        self.it_is(customer_id)
        if not number or any(hit.customer_id == customer_id for hit in self.match.hits):
            return
        from storage.deeds.customers import add_identity

        by, regions = self.seat.by(), self.seat.regions
        self.seat.jobs.deed(
            lambda session: add_identity(
                session, by, customer_id, IdentityKind.PHONE, number, known=False, regions=regions
            ),
            self.told,
        )

    def action_customers_new(self) -> None:
        """A new customer with this number."""

        def made(done: Done | None) -> None:
            if done is not None and done.customer_id is not None:
                self.it_is(done.customer_id)

        shown_number = "" if self.match.kind == "withheld" else self.match.shown
        form = new_customer_form(self.seat, self.match.number or shown_number)
        first = next((entry.key for entry in form.entries if not entry.value), "name")
        self.app.push_screen(FormScreen(self.seat, form, first=first), made)

    def action_customer_confirm(self) -> None:
        """Yes, this number is theirs."""
        from storage.deeds.customers import confirm_identity

        by, identity_id = self.seat.by(), self.match.maybe_id
        if identity_id is not None:
            self.seat.jobs.deed(lambda session: confirm_identity(session, by, identity_id), self.told)

    def action_customer_flag(self, text: str) -> None:
        """Put a flag on who calls."""
        if self.card is not None:
            put_flag(self, self.seat, self.card.id, text, self.told)

    def it_is(self, customer_id: int) -> None:
        """Somebody was picked."""
        self.picked = customer_id
        self.choice_made = False
        call_id = self.call_id
        if call_id is None:
            self.read_page()
            return
        from storage.deeds.calls import of_customer

        def keep(connection: Connection) -> CallRow:
            return of_customer(connection, call_id, customer_id)

        self.seat.jobs.keep(keep, self.call_is)

    def told(self, done: Done) -> None:
        """A deed is on the disk."""
        if self.is_attached:
            self.notice(done.title + ".  u undoes", "good")
            self.read_page()

    def call_is(self, call: CallRow) -> None:
        """The call stands so now."""

    def read_page(self) -> None:
        """Read anew what stands here."""

    @on(CallerPanel.TicketChosen)
    def _ticket_chosen(self, event: CallerPanel.TicketChosen) -> None:
        event.stop()
        opens(self.app).open_ticket(event.ticket_id)

    # Moving

    def move(self, lines: int) -> None:
        """Move in whatever has the keys."""
        if self.pane == "steps":
            self.steps.move(lines)
        elif self.several:
            self.place_in_several = max(0, min(self.place_in_several + lines, self.several - 1))
            self.show_caller()
        else:
            self.who.scroll_lines(lines)

    def action_move_down(self) -> None:
        """One line down."""
        self.move(1)

    def action_move_up(self) -> None:
        """One line up."""
        self.move(-1)

    def action_move_half_down(self) -> None:
        """Half a page down."""
        self.move(8)

    def action_move_half_up(self) -> None:
        """Half a page up."""
        self.move(-8)

    def action_move_top(self) -> None:
        """To the top."""
        self.move(-1000)

    def action_move_bottom(self) -> None:
        """To the end."""
        self.move(1000)
