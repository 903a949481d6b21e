"""One customer, whole: how they are known, their tickets, flags and notes, and what can be changed of it.

The invariant: everything that is changed here is one deed, found again by the look-up at once, and undone by `u`.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget
from typing_extensions import override

from desk.errors import BadInput
from desk.flags import Flag
from desk.lookup import IdentityKind
from desk.records import IdentityRow, Message, PromiseRow, TicketRow
from screens import customer_page
from screens.action import Place, Situation
from screens.ask import Question
from screens.confirm import ConfirmScreen
from screens.customer_care import CustomerCare
from screens.customer_page import KINDS, Gap, Heading, Line, Note, Page
from screens.desk_screen import opens
from screens.flagging import put_flag
from screens.form import Entry, Form, FormScreen, Values
from screens.framed import Shape
from screens.gesture_form import Receiver
from screens.new_customer import recognised
from screens.seat import Seat
from storage import merges, tickets
from storage.connect import Connection
from storage.deeds.by import Done
from storage.duplicates import Alike, alike
from storage.form_drafts import About
from storage.merges import Part
from widgets.inks import Lines, Piece
from widgets.rowcache import Key
from widgets.rows import LineList
from widgets.ticket_line import Look
from widgets.transcript import Transcript

if TYPE_CHECKING:
    from sqlmodel import Session

BESIDE_FROM = 120
BELOW_FROM = 40


class Head(Lines, can_focus=False):
    """Who it is, over the page's lines."""

    DEFAULT_CSS = "Head { height: auto; overflow: hidden; scrollbar-gutter: auto; }"

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self._seat = seat
        self._lines: list[list[Piece]] = []
        self._page: Page | None = None

    def show(self, page: Page) -> None:
        """Take what is true now."""
        self._page = page
        self._lay_out()

    def on_resize(self) -> None:
        """Put it together anew."""
        self._lay_out()

    def _lay_out(self) -> None:
        if self._page is not None and self.size.width > 4:
            self._lines = customer_page.head(self._page.card, self.size.width - 2, self._seat.clock(), self._seat.zone)
            self.styles.height = len(self._lines) + 1
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line."""
        pieces = [(" ", "plain"), *self._lines[y]] if y < len(self._lines) else []
        return self.strip(pieces, self.size.width)


class CustomerScreen(CustomerCare):
    """The page of one customer."""

    def __init__(self, seat: Seat, customer_id: int) -> None:
        super().__init__(seat, LineList[Line](self._draw, key=customer_page.key, empty="…"))
        self.customer_id = customer_id
        self.page: Page | None = None
        self._alike: tuple[Alike, ...] = ()
        self.head = Head(seat)
        self.transcript = Transcript(clock=seat.clock, zone=seat.zone)
        self.transcript.can_focus = False

    @property
    @override
    def place(self) -> Place:
        return Place.CUSTOMER

    @override
    def situation(self) -> Situation:
        row = self.lines.row
        return Situation(
            listed=self.lines.count,
            customer=self.page is not None,
            maybe=isinstance(row, IdentityRow) and not row.known,
            identity=isinstance(row, IdentityRow),
            editable=isinstance(row, Note),
            removable=isinstance(row, IdentityRow | Flag | Note | Part | Alike),
        )

    @property
    @override
    def receiver(self) -> Receiver | None:
        return None if self.page is None else Receiver(None, self.customer_id, self.page.card.name)

    @property
    @override
    def path(self) -> tuple[str, ...]:
        return ("Customers", self.page.card.name if self.page else "")

    @property
    @override
    def titles(self) -> tuple[str, str]:
        row = self.lines.row
        shown = "#" + str(row.number) if isinstance(row, TicketRow) else "Conversation"
        return ("Customer", shown)

    @override
    def main_widgets(self) -> tuple[Widget, ...]:
        return (self.head, self.lines)

    @override
    def side_widgets(self) -> tuple[Widget, ...]:
        return (self.transcript,)

    @override
    def shaped(self, size: Size) -> Shape:
        if size.width >= BESIDE_FROM:
            return Shape(side=size.width // 2)
        return Shape(below=size.height // 3) if size.height >= BELOW_FROM else Shape()

    @override
    def stops(self, _row: Line) -> bool:
        return not isinstance(_row, Heading | Gap)

    # What it shows

    @override
    def changed(self) -> None:
        super().changed()
        asked, now, zone = self.customer_id, self.seat.clock(), self.seat.zone

        def page(connection: Connection) -> Page:
            return customer_page.page(connection, merges.standing(connection, asked), now, zone)

        self.read("page", page, self._page_read)
        self.read("alike", lambda connection: alike(connection, merges.standing(connection, asked)), self._alike_read)

    def _page_read(self, found: Page) -> None:
        first = self.page is None
        if found.card.id != self.customer_id:
            # Somebody merged this one into another, whose page it is from now on.
            self.customer_id = found.card.id
            self.notice("Merged: this is the page of “" + found.card.name + "” now", "warning")
        self.page = found
        self.head.show(found)
        self.lines.show_rows(customer_page.lines(found, self._alike))
        if first:
            self.lines.home()
        self.step(0)
        self.row_reached()
        self.show_header()
        self.show_hints()

    def _alike_read(self, found: tuple[Alike, ...]) -> None:
        if found != self._alike:
            self._alike = found
            if self.page is not None:
                self.lines.show_rows(customer_page.lines(self.page, found))

    def _draw(self, row: Line, cells: int, _look: Look) -> list[Piece]:
        return customer_page.draw(row, cells, self.seat.clock())

    @override
    def row_reached(self) -> None:
        row = self.lines.row
        self.draw_frame()
        if isinstance(row, Message):
            self.transcript.show(-row.id, (row,))
        elif isinstance(row, TicketRow) and self.side_pane.display:
            ticket_id = row.id
            self.read(
                "conversation",
                lambda connection: tickets.conversation(connection, ticket_id),
                lambda found: self._conversation_read(ticket_id, found),
            )

    def _conversation_read(self, ticket_id: int, found: tuple[Message, ...]) -> None:
        row = self.lines.row
        if isinstance(row, TicketRow) and row.id == ticket_id:
            self.transcript.show(ticket_id, found)

    # What the agent does

    @override
    def open_row(self, key: Key) -> None:
        row = self.lines.row
        if isinstance(row, TicketRow):
            opens(self.app).open_ticket(row.id)
        elif isinstance(row, PromiseRow):
            opens(self.app).open_ticket(row.ticket_id)
        elif isinstance(row, Note):
            self.action_customer_note()
        elif isinstance(row, Alike):
            opens(self.app).open_customer(row.customer_id)
        elif isinstance(row, Part):
            self.notice(row.name + " is a part of " + row.into + ": d parts them again")
        elif isinstance(row, IdentityRow):
            self.notice(row.value + (" is known" if row.known else " is only a maybe: Y confirms it"))

    def action_customer_confirm(self) -> None:
        """This maybe is known from now on."""
        from storage.deeds.customers import confirm_identity

        row, by = self.lines.row, self.seat.by()
        if isinstance(row, IdentityRow):
            identity_id = row.id
            self.deed(lambda session: confirm_identity(session, by, identity_id))

    def action_row_add(self, text: str) -> None:
        """One more way to know this customer; without words they are asked for."""
        if not text:
            self.ask(Question("Known by", self.action_row_add, reading=identity_words, free=True))
            return
        from storage.deeds.customers import add_identity

        kind, value = parse_identity(text)
        by, regions, customer_id = self.seat.by(), self.seat.regions, self.customer_id
        self.deed(lambda session: add_identity(session, by, customer_id, kind, value, regions=regions))

    def action_row_edit(self) -> None:
        """Edit the note, the one line that can be edited."""
        self.action_customer_note()

    def action_row_remove(self) -> None:
        """Take an identity, a flag or the note away, after a question."""
        from storage.deeds import customers as deeds

        row, by, customer_id = self.lines.row, self.seat.by(), self.customer_id
        if isinstance(row, IdentityRow):
            identity_id = row.id
            words = ("The look-up will no longer find them by it.", "u takes it back.")
            self._sure(
                "Remove “" + row.value + "”?", words, lambda session: deeds.remove_identity(session, by, identity_id)
            )
        elif isinstance(row, Flag):
            flag = row
            words = ("Colleagues will no longer see it.", "u takes it back.")
            self._sure(
                "Take the flag off?",
                ("“" + flag.words + "”", *words),
                lambda session: deeds.unflag(session, by, customer_id, flag.words),
            )
        elif isinstance(row, Part):
            self.part(row)
        elif isinstance(row, Alike):
            self.tell_apart(row)
        elif isinstance(row, Note):
            words = ("All of it goes, not this line alone.", "u takes it back.")
            self._sure("Remove the note?", words, lambda session: deeds.note(session, by, customer_id, ""))

    def _sure(self, title: str, words: tuple[str, ...], do: "Callable[[Session], Done]") -> None:
        def answered(yes: bool | None) -> None:
            if yes:
                self.deed(do)

        self.app.push_screen(ConfirmScreen(self.seat, title, words), answered)

    def action_customer_flag(self, text: str) -> None:
        """Put a flag on; without words they are asked for."""
        put_flag(self, self.seat, self.customer_id, text, self.told)

    def action_customer_rename(self, text: str) -> None:
        """Another name; without one it is asked for."""
        if self.page is None:
            return
        if not text:
            self.ask(Question("Name", self.action_customer_rename, text=self.page.card.name, free=True))
            return
        from storage.deeds.customers import rename

        by, customer_id = self.seat.by(), self.customer_id
        self.deed(lambda session: rename(session, by, customer_id, text))

    def action_customer_note(self) -> None:
        """Write what colleagues should know."""
        if self.page is None:
            return
        from storage.deeds.customers import note

        by, customer_id, name = self.seat.by(), self.customer_id, self.page.card.name

        def deed(values: Values) -> "Callable[[Session], Done]":
            return lambda session: note(session, by, customer_id, values["note"])

        def told(done: Done | None) -> None:
            if done is not None:
                self.told(done)

        entry = Entry("note", "Note", self.page.card.note, lines=8)
        meaning = "shown to every colleague beside this customer's tickets"
        form = Form("Note on " + name, (entry,), deed, lambda _: meaning, About("note", customer=customer_id))
        self.app.push_screen(FormScreen(self.seat, form), told)


def parse_identity(text: str) -> tuple[IdentityKind, str]:
    """What a typed identity is: by the kind before it (`order 8841`), else by its form; raises BadInput for a name."""
    named = {word: kind for kind, word in KINDS.items()}
    first, _, rest = text.strip().partition(" ")
    kind = named.get(first.casefold().rstrip(":"))
    if kind is not None and rest.strip():
        return kind, rest.strip()
    known = recognised(text)
    for word in ("email", "phone", "account"):
        if word in known:
            return named[word], known[word]
    if text.strip().startswith("@") and len(text.strip()) > 1:
        return IdentityKind.HANDLE, text.strip()
    raise BadInput("What is “" + text.strip() + "”?", "Write its kind before it: " + ", ".join(KINDS.values()) + ".")


def identity_words(text: str) -> str:
    """What a typed identity would be; raises BadInput where that can't be told."""
    if not text.strip():
        return "an address, a number, @handle, or a kind before it: order 8841"
    kind, value = parse_identity(text)
    return KINDS[kind] + " " + value
