"""Pick a snippet while writing: searched at each letter, shown as it would stand in this very reply.

Before a word is typed, the answers that were given to questions like this ticket's stand first. The invariants: what
Enter inserts is what the preview showed; an answer stands first only for questions that it was really given to.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.screen import ModalScreen
from textual.widgets import Input
from typing_extensions import override

from desk.errors import HeardError
from desk.knowledge.questions import Offer
from desk.snippets import Library, OpenField, Snippet, render
from screens.action import Place
from screens.ask import LabelLine
from screens.desk_screen import DeskScreen
from screens.filling import filling
from screens.reading import Opened, opened
from screens.seat import Seat
from screens.snippet_lines import LIKE, Preview, snippet_line
from storage import library
from storage.connect import Connection
from storage.knowledge.answers import offered
from widgets.bars import HintBar, NoticeBar
from widgets.fields import TextField
from widgets.inks import Piece
from widgets.rows import LineList
from widgets.ticket_line import Look

BESIDE_FROM = 100


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was picked: the snippet, its text filled in, where to go on typing in it, and what is still open."""

    snippet: Snippet
    text: str
    cursor: int
    fields: tuple[OpenField, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    snippets: tuple[Snippet, ...]
    ticket: Opened | None
    offers: tuple[Offer, ...] = ()


class SnippetPicker(DeskScreen[Chosen | None], ModalScreen[Chosen | None]):
    """Dismisses with what was picked, or None. With `macros` only those that do more than insert text."""

    CSS_PATH = "snippets.tcss"

    def __init__(self, seat: Seat, ticket_id: int | None, query: str = "", macros: bool = False) -> None:
        super().__init__(seat)
        self._ticket_id, self._macros = ticket_id, macros
        self.field = TextField(query, placeholder="title, trigger, keyword or any words of the text")
        self.lines = LineList[Snippet](self._draw, key=lambda row: row.id, empty="No snippet has these words.")
        self.lines.can_focus = False
        self.preview = Preview(self._values)
        self.box = Container(classes="picker-box")
        self.box.border_title = self._kinds
        self._library = Library(())
        self._library_there = False
        self._entered = False
        self._filled: Mapping[str, str] = {}
        self._offers: dict[int, Offer] = {}
        self._known: dict[int, Snippet] = {}

    @override
    def compose(self) -> ComposeResult:
        label = LabelLine()
        label.say("Macro" if self._macros else "Snippet")
        with self.box:
            with Horizontal(classes="picker-line"):
                yield label
                yield self.field
            with Container(classes="picker-panes"):
                yield self.lines
                yield self.preview
            yield NoticeBar(clock=self.seat.clock)
            yield HintBar()

    def on_mount(self) -> None:
        """Read the library and who the reply is for."""
        self.field.focus()
        self.set_class(self.app.size.width < BESIDE_FROM, "-stacked")
        self.show_hints()
        ticket_id, macros, now, zone = self._ticket_id, self._macros, self.seat.clock(), self.seat.zone

        def read(connection: Connection) -> _Read:
            snippets = library.snippets(connection)
            ticket = None if ticket_id is None else opened(connection, ticket_id, now, zone)
            wanted = tuple(each for each in snippets if each.actions or not macros)
            return _Read(wanted, ticket, () if ticket_id is None or macros else offered(connection, ticket_id))

        self.seat.jobs.read("snippet picker", read, self._library_read, self._not_read)

    @property
    def _kinds(self) -> str:
        return "Macros" if self._macros else "Snippets"

    @property
    @override
    def place(self) -> Place:
        return Place.PICKER

    @override
    def show_hints(self) -> None:
        bar = self.query_one_optional(HintBar)
        if bar is not None:
            bar.show((("⏎", "run" if self._macros else "insert"), ("↑ ↓", "choose"), ("Esc", "leave")))

    def _library_read(self, found: _Read) -> None:
        if not self.is_attached:
            return
        if found.ticket is not None:
            told = f" · {LIKE} was given to questions like this one" if found.offers else ""
            self.box.border_title = f"{self._kinds} for #{found.ticket.ticket.row.number}{told}"
        self._library = Library(found.snippets)
        by_id = {each.id for each in found.snippets}
        self._offers = {each.snippet_id: each for each in found.offers if each.snippet_id in by_id}
        self._known = {each.id: each for each in found.snippets if each.id in self._offers}
        self._filled = filling(found.ticket, self.seat.me, self.seat.clock(), self.seat.zone)
        self._library_there = True
        self._search()
        if self._entered:
            self._picked()
            self.release_all_keys()

    def _not_read(self, error: HeardError) -> None:
        self._entered = False
        self.release_all_keys()
        self.fail(error)

    def _search(self) -> None:
        found = self._library.search(self.field.value)
        if self._offering:
            first = tuple(self._known[key] for key in self._offers)
            found = (*first, *(each for each in found if each.id not in self._offers))
        self.lines.show_rows(found)
        self.lines.home()
        self.preview.show(self.lines.row)

    @property
    def _offering(self) -> bool:
        """Whether what was answered before stands first: as long as nothing is searched for."""
        return not self.field.value.strip()

    def _values(self) -> Mapping[str, str]:
        return self._filled

    def _draw(self, row: Snippet, cells: int, _look: Look) -> list[Piece]:
        offer = self._offers.get(row.id) if self._offering else None
        return snippet_line(row, cells, given=0 if offer is None else offer.times)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._search()

    @on(TextField.Stepped)
    def _stepped(self, event: TextField.Stepped) -> None:
        self.lines.move(event.lines)

    @on(LineList.CursorMoved)
    def _moved(self) -> None:
        self.preview.show(self.lines.row)

    @on(Input.Submitted)
    @on(LineList.Opened)
    def _picked(self) -> None:
        if not self._library_there:
            # What was typed is already for a snippet that will stand here in a moment.
            self._entered = True
            self.hold_all_keys()
            return
        snippet = self.lines.row
        if snippet is None:
            self.notice("No snippet has these words", "warning")
            return
        rendered = render(snippet.body, self._filled)
        self.dismiss(Chosen(snippet, rendered.text, rendered.cursor, rendered.open_fields))

    @on(TextField.Left)
    def _left(self) -> None:
        self.dismiss(None)
