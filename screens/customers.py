"""Find a customer by anything, while it is typed; the card beside the list answers before anybody is opened.

The invariants: the newest question wins; what was found first keeps its place when the slower search adds to it, and
so does the cursor; where nobody is found, what was typed can become a customer.
"""

from textual import on
from textual.containers import Horizontal
from textual.geometry import Size
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input
from typing_extensions import override

from desk.records import CustomerCard
from screens.action import Place, Situation
from screens.ask import LabelLine
from screens.customer_lines import NewCustomer, contact_line, heading, new_customer_line
from screens.desk_screen import opens
from screens.form import FormScreen
from screens.framed import FramedScreen, Shape
from screens.new_customer import new_customer_form
from screens.seat import Seat
from storage import contacts, customers
from storage.connect import Connection
from storage.contacts import Contact
from storage.deeds.by import Done
from storage.search.query import Finder
from widgets.bars import Bar
from widgets.customer_card import CustomerPanel
from widgets.fields import TextField
from widgets.inks import Piece
from widgets.rowcache import Key
from widgets.rows import LineList
from widgets.ticket_line import Look

Line = Contact | NewCustomer

# The tiers that cost more are asked when the fingers rest this long.
REST = 0.1
# How long an Enter waits for them.
PATIENCE = 1.0
# Who isn't among so many is found by typing on, and each more costs time at every key.
MOST = 30
CARD_FROM, CARD = 110, 40
NEW = "new"


def search(connection: Connection, text: str, regions: tuple[str, ...], *, deep: bool) -> tuple[Contact, ...]:
    """Who a text may mean; the most recent contacts where it is empty."""
    if not text.strip():
        return contacts.recent(connection, MOST)
    finder = Finder(connection, regions)
    return contacts.found(connection, finder.find(text, MOST) if deep else finder.fast(text, MOST))


class Heading(Bar):
    """The names of the columns."""

    DEFAULT_CSS = "Heading { background: $background; }"

    def __init__(self) -> None:
        super().__init__()
        self.ground = "base"
        self.searched = False

    @override
    def pieces(self, cells: int) -> list[Piece]:
        # The list's last cell is its scroll bar's.
        return heading(cells - 1, searched=self.searched)


class CustomersScreen(FramedScreen[Line]):
    """The search."""

    def __init__(self, seat: Seat, query: str = "") -> None:
        lines = LineList[Line](self._draw, key=_key, empty="Nobody yet. Ctrl+N makes the first customer.")
        super().__init__(seat, lines)
        lines.can_focus = False
        self.field = TextField(query, placeholder="name, email, phone or its last digits, account, order, company")
        self.card = CustomerPanel(clock=seat.clock, zone=seat.zone)
        self.heading = Heading()
        self._asked: str | None = None
        self._shown_for = ""
        self._deep = False
        self._rest: Timer | None = None
        self._entered: str | None = None
        self._patience: Timer | None = None

    @property
    @override
    def place(self) -> Place:
        return Place.CUSTOMERS

    @override
    def situation(self) -> Situation:
        # What is typed can always be opened: who is found by it soon, or the new customer that it becomes.
        return Situation(listed=max(self.lines.count, bool(self.field.value.strip())), stranger=True)

    @property
    @override
    def holding(self) -> bool:
        # What is typed behind Enter is meant for the customer that it opens.
        return super().holding or (self._entered is not None and self.is_current)

    @property
    @override
    def path(self) -> tuple[str, ...]:
        return ("Customers",)

    @property
    @override
    def titles(self) -> tuple[str, str]:
        return (self._found_words(), "Customer")

    @override
    def main_widgets(self) -> tuple[Widget, ...]:
        label = LabelLine()
        label.say("Find")
        return (Horizontal(label, self.field, classes="search-line"), self.heading, self.lines)

    @override
    def side_widgets(self) -> tuple[Widget, ...]:
        return (self.card,)

    @override
    def shaped(self, size: Size) -> Shape:
        return Shape(side=CARD) if size.width >= CARD_FROM else Shape()

    @override
    def asked(self) -> None:
        self.field.focus()

    # Searching

    @override
    def changed(self) -> None:
        super().changed()
        self._search(deep=self._deep)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        # Not the event's: letters typed before Enter may come here after it.
        if self.field.value != self._entered:
            self._stop_waiting()
        if event.value != self._asked:
            self._deep = False
            self._search(deep=False)

    def _search(self, *, deep: bool) -> None:
        text, regions = self.field.value, self.seat.regions
        self._asked = text
        if self._rest is not None:
            self._rest.stop()
            self._rest = None
        self.read(
            "search",
            lambda connection: search(connection, text, regions, deep=deep),
            lambda found: self._found(text, found, deep=deep),
        )

    def _found(self, text: str, found: tuple[Contact, ...], *, deep: bool) -> None:
        if text != self.field.value:
            return
        another = text != self._shown_for
        self._shown_for, self._deep = text, deep
        rows: list[Line] = [*found]
        if text.strip() and (deep or found):
            rows.append(NewCustomer(text.strip()))
        elif text.strip():
            rows = []
        self.lines.show_rows(rows)
        if another:
            self.lines.home()
        self.heading.searched = bool(text.strip())
        self.heading.refresh()
        self.draw_frame()
        self.row_reached()
        self.show_hints()
        if self._entered == text and self._answered:
            self._stop_waiting()
            if self.is_current:
                self.open_here()
        elif self._entered == text:
            self._search(deep=True)
        elif text.strip() and not deep and len(found) < MOST:
            self._rest = self.set_timer(REST, lambda: self._search(deep=True))

    @property
    def _answered(self) -> bool:
        """Whether the list answers what stands in the field; an empty one only does when all was searched."""
        text = self.field.value
        return text == self._shown_for and (self.lines.count > 0 or self._deep or not text.strip())

    def _found_words(self) -> str:
        number = self.lines.count - (self.lines.count > 0 and bool(self._shown_for.strip()))
        if not self._shown_for.strip():
            return "Last contacts"
        if not number:
            return "Nobody found" if self._deep else "Looking further…"
        return ("more than " if number >= MOST else "") + str(number) + " found"

    @override
    def row_reached(self) -> None:
        row = self.lines.row
        if not self.shape.side:
            return
        if not isinstance(row, Contact):
            self.card.clear()
            return
        customer_id, now, zone = row.customer_id, self.seat.clock(), self.seat.zone
        self.read("card", lambda connection: customers.card(connection, customer_id, now, zone), self._card_read)

    def _card_read(self, card: CustomerCard) -> None:
        row = self.lines.row
        if isinstance(row, Contact) and row.customer_id == card.id:
            self.card.show(card)

    def _draw(self, row: Line, cells: int, _look: Look) -> list[Piece]:
        if isinstance(row, NewCustomer):
            return new_customer_line(row, cells)
        return contact_line(row, self._shown_for, cells, self.seat.clock())

    # What the agent does

    @on(TextField.Stepped)
    def _stepped(self, event: TextField.Stepped) -> None:
        self.lines.move(event.lines)

    @on(CustomerPanel.TicketChosen)
    def _ticket_chosen(self, event: CustomerPanel.TicketChosen) -> None:
        opens(self.app).open_ticket(event.ticket_id)

    def action_customers_open(self) -> None:
        """Open who is under the cursor, or who will be once what was typed is searched for."""
        # Letters and arrows before this key may still be on their way through the field and the screen.
        self.field.call_later(self.call_later, self._enter)

    def _enter(self) -> None:
        if self._answered:
            self.open_here()
            return
        self._stop_waiting()
        self._entered = self.field.value
        self._patience = self.set_timer(PATIENCE, self._give_up)
        if self._shown_for == self._entered:
            self._search(deep=True)

    def _give_up(self) -> None:
        self._stop_waiting()
        self.notice("Still searching. Press Enter again when somebody is listed", "warning")

    def _stop_waiting(self) -> None:
        self._entered = None
        if self._patience is not None:
            self._patience.stop()
            self._patience = None
            self.post_message(self.Ready())

    def action_customers_new(self) -> None:
        """Make a customer of what was typed."""

        def made(done: Done | None) -> None:
            if done is not None and done.customer_id is not None:
                opens(self.app).open_customer(done.customer_id)

        form = new_customer_form(self.seat, self.field.value)
        first = next((entry.key for entry in form.entries if not entry.value), "name")
        self.app.push_screen(FormScreen(self.seat, form, first=first), made)

    @override
    def open_row(self, key: Key) -> None:
        if isinstance(key, int):
            opens(self.app).open_customer(key)
        else:
            self.action_customers_new()


def _key(row: Line) -> Key:
    return NEW if isinstance(row, NewCustomer) else row.customer_id
