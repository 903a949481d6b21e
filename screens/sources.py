"""What is connected: each source with its state in plain words, how far a first sync is, what is wrong, what to do.

The invariants: it says what the sync process has written down (`seat.sources`), and reads nothing of its own; no secret
is on it.
"""

from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget
from typing_extensions import override

from desk.errors import BadInput
from screens.action import Place
from screens.ask import Question
from screens.desk_screen import opens
from screens.facts import FactsPane
from screens.framed import FramedScreen, Shape
from screens.seat import Seat
from screens.source_lines import MAILBOX, KindWords, sentence, source_facts, source_line
from screens.welcome import CONNECT, CONNECT_ANY, HELPDESKS, connect_question, setting
from storage import sources
from storage.connect import Connection, writing
from storage.sources import SourceRow
from storage.workspace import Workspace
from widgets.cells import harmless
from widgets.inks import Lines, Piece
from widgets.rowcache import Key
from widgets.rows import LineList
from widgets.ticket_line import Look

# So much room has a page for the settings, without being asked for them.
ROOMY = 14
FOR_THIS_RUN = "for this run; one in the environment or the keyring comes first"


def ask_for_a_round(connection: Connection, at: int) -> None:
    """Let the sync process look everywhere now."""
    with writing(connection):
        sources.ask_for_a_round(connection, at)


def how_to_connect(workspace: Workspace) -> list[list[Piece]]:
    """What a page says where nothing is connected."""
    set_first = setting(workspace)
    lines: list[list[Piece]] = [
        [("Nothing is connected: this desk keeps to itself.", "strong")],
        [],
        [("In another terminal; it asks for what it needs, and tries it first:", "plain")],
        [],
    ]
    lines += [[("  " + set_first, "key")]] if set_first else []
    lines += [
        [("  " + CONNECT, "key")],
        [("  " + CONNECT_ANY, "key"), ("  with one of these as KIND:", "muted")],
        [("  " + HELPDESKS, "muted")],
        [],
        [("Ctrl+N does the same here. What is new then comes in by itself.", "muted")],
    ]
    return lines


class Unconnected(Lines, can_focus=False):
    """What is said where nothing is connected."""

    DEFAULT_CSS = "Unconnected { height: 1fr; overflow: hidden; scrollbar-gutter: auto; display: none; }"

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._lines = how_to_connect(workspace)

    def render_line(self, y: int) -> Strip:
        """One line, the first one below a blank."""
        pieces = [("  ", "plain"), *self._lines[y - 1]] if 0 < y <= len(self._lines) else []
        return self.strip(pieces, self.size.width)


class SourcesScreen(FramedScreen[SourceRow]):
    """The mailboxes and helpdesks."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat, LineList[SourceRow](self._draw, key=lambda row: row.id))
        self.unconnected = Unconnected(seat.jobs.workspace)
        self.page = FactsPane()
        self._whole = False
        self._kinds: dict[str, KindWords | None] = {}

    @property
    @override
    def place(self) -> Place:
        return Place.SOURCES

    @property
    @override
    def path(self) -> tuple[str, ...]:
        return ("Sources",)

    @property
    @override
    def titles(self) -> tuple[str, str]:
        row = self.lines.row
        return (str(len(self.seat.sources)) + " connected", "" if row is None else row.name)

    @override
    def main_widgets(self) -> tuple[Widget, ...]:
        return (self.lines, self.unconnected)

    @override
    def side_widgets(self) -> tuple[Widget, ...]:
        return (self.page,)

    @override
    def shaped(self, size: Size) -> Shape:
        return Shape(below=max(8, size.height // 2)) if self.seat.sources else Shape()

    @override
    def on_mount(self) -> None:
        super().on_mount()
        self.sources_changed()

    @override
    def sources_changed(self) -> None:
        super().sources_changed()
        connected = self.seat.sources
        self.lines.show_rows(connected)
        if bool(connected) == self.unconnected.display:
            self.unconnected.display = not connected
            # Not hidden: the list keeps the keys.
            self.lines.styles.height = "1fr" if connected else 0
        self.lay_out()
        self.row_reached()
        self.show_hints()

    @override
    def tick(self) -> None:
        super().tick()
        self.lines.tick()
        self._show_page()

    @override
    def row_reached(self) -> None:
        self.draw_frame()
        self._show_page()

    def _show_page(self) -> None:
        row = self.lines.row
        if row is not None:
            whole = self._whole or self.shape.below >= ROOMY
            kind = self._kinds.get(row.kind)
            self.page.show(source_facts(row, self.seat.clock(), self.seat.zone, whole=whole, kind=kind))
            self._ask_kind(row.kind)

    def _ask_kind(self, key: str) -> None:
        """What a helpdesk's kind says of itself, once: its code is loaded beside the work."""
        ask = self.seat.kind_words
        if key == MAILBOX or key in self._kinds or ask is None:
            return
        self._kinds[key] = None

        def told(words: KindWords) -> None:
            self._kinds[key] = words
            self._show_page()

        self.read("kind " + key, lambda _: ask(key), told)

    @override
    def open_row(self, key: Key) -> None:
        self._whole = not self._whole
        self._show_page()

    def action_sources_connect(self) -> None:
        """Connect another one, in this terminal."""
        self.seat.reach("Connecting")
        self.ask(connect_question(self.app, self.seat.jobs.workspace))

    def action_sources_password(self) -> None:
        """Ask for the password or token of the source under the cursor."""
        row = self.lines.row
        if row is None:
            return
        name = row.name

        def given(secret: str) -> None:
            if not secret:
                raise BadInput("Nothing was typed", "Esc leaves it as it is.")
            opens(self.app).give_secret(name, secret)
            self.notice("Given for this run; it is tried now")

        kind = self._kinds.get(row.kind)
        label = sentence(kind.secret if kind else "Password or token") + " of " + harmless(name)
        self.ask(Question(label, given, reading=lambda _: FOR_THIS_RUN, hidden=True))

    def _draw(self, row: SourceRow, cells: int, _look: Look) -> list[Piece]:
        return source_line(row, cells, self.seat.clock(), self.seat.marks.get(row.id, ""))
