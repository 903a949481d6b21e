"""The library of snippets: folders, a search over everything in them, and a preview filled in for the present customer.

The invariant: list and preview always show the same library; a change of anyone's is read anew, the cursor staying.
"""

from collections.abc import Mapping
from itertools import pairwise

from textual import on
from textual.containers import Horizontal
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Input
from typing_extensions import override

from desk.snippets import Library, Snippet, to_toml
from screens.action import Place, Situation
from screens.ask import LabelLine
from screens.confirm import ConfirmScreen
from screens.export import ask_to_export, export_text
from screens.filling import filling
from screens.form import FormScreen
from screens.framed import SIDE_FROM, FramedScreen, Shape
from screens.reading import Opened
from screens.seat import Seat
from screens.snippet_form import snippet_form
from screens.snippet_lines import Preview, snippet_line
from storage import library
from storage.connect import Connection
from storage.deeds.by import Done
from widgets.fields import TextField
from widgets.inks import Piece
from widgets.rowcache import Key
from widgets.rows import LineList
from widgets.ticket_line import Look

EVERY = ""
NO_FOLDER = "(no folder)"
MOST = 1000


def read_library(connection: Connection) -> tuple[tuple[Snippet, ...], Library]:
    """All snippets, and what searches them."""
    snippets = library.snippets(connection)
    return snippets, Library(snippets)


class LibraryScreen(FramedScreen[Snippet]):
    """The library."""

    def __init__(self, seat: Seat) -> None:
        empty = "No snippet here. + makes one, Left and Right change the folder."
        super().__init__(seat, LineList[Snippet](self._draw, key=lambda row: row.id, empty=empty))
        self.field = TextField(placeholder="title, trigger, keyword or any words of the text")
        self.preview = Preview(self._values)
        self.folder = EVERY
        self.snippets: tuple[Snippet, ...] = ()
        self._library = Library(())
        self._found: tuple[Snippet, ...] = ()
        self._firsts: frozenset[int] = frozenset()

    @property
    @override
    def place(self) -> Place:
        return Place.LIBRARY

    @override
    def situation(self) -> Situation:
        there = self.lines.row is not None
        return Situation(listed=self.lines.count, editable=there, removable=there)

    @property
    @override
    def path(self) -> tuple[str, ...]:
        return ("Snippets", self.folder or "all folders")

    @property
    @override
    def titles(self) -> tuple[str, str]:
        number = str(self.lines.count) + (" of " + str(len(self.snippets)) if self._narrowed else "")
        person = self._present()
        name = person.card.name if person is not None and person.card is not None else ""
        return (number + " snippets", "For " + name if name else "Preview")

    @property
    def _narrowed(self) -> bool:
        return bool(self.folder or self.field.value.strip())

    @override
    def main_widgets(self) -> tuple[Widget, ...]:
        label = LabelLine()
        label.say("/")
        return (Horizontal(label, self.field, classes="search-line"), self.lines)

    @override
    def side_widgets(self) -> tuple[Widget, ...]:
        return (self.preview,)

    @override
    def shaped(self, size: Size) -> Shape:
        return Shape(side=size.width * 45 // 100) if size.width >= SIDE_FROM else Shape(below=size.height * 2 // 5)

    # What it shows

    @override
    def changed(self) -> None:
        super().changed()
        self.read("library", read_library, self._library_read)

    def _library_read(self, found: tuple[tuple[Snippet, ...], Library]) -> None:
        self.snippets, self._library = found
        if self.folder and self.folder not in self.folders:
            self.folder = EVERY
        self._show()

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders there are, by name."""
        return tuple(sorted({snippet.folder or NO_FOLDER for snippet in self.snippets}, key=str.casefold))

    def _show(self) -> None:
        words = self.field.value
        found = self._library.search(words, MOST) if words.strip() else self.snippets
        if self.folder:
            found = tuple(snippet for snippet in found if (snippet.folder or NO_FOLDER) == self.folder)
        self._found = found
        beginning = [found[0].id] if found else []
        self._firsts = frozenset(
            beginning + [after.id for before, after in pairwise(found) if before.folder != after.folder]
        )
        self.lines.show_rows(found)
        self.row_reached()
        self.draw_frame()
        self.show_header()
        self.show_hints()

    @override
    def row_reached(self) -> None:
        self.preview.show(self.lines.row)

    def _draw(self, row: Snippet, cells: int, _look: Look) -> list[Piece]:
        folder = "" if self.folder else "shown" if row.id in self._firsts else "above"
        return snippet_line(row, cells, folder=folder)

    def _values(self) -> Mapping[str, str]:
        return filling(self._present(), self.seat.me, self.seat.clock(), self.seat.zone)

    def _present(self) -> Opened | None:
        """The ticket that stands in the workspace below this page."""
        # The workspace brings all its panes along; a test of this page alone shouldn't.
        from screens.workbench import Workbench

        if not self.is_attached:
            return None
        return next((screen.here for screen in reversed(self.app.screen_stack) if isinstance(screen, Workbench)), None)

    # Searching

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        if event.input is self.field:
            self._show()
            self.lines.home()

    @on(Input.Submitted)
    @on(TextField.Left)
    def _searched(self) -> None:
        self.asked()
        self.show_hints()

    @on(TextField.Stepped)
    def _stepped(self, event: TextField.Stepped) -> None:
        self.lines.move(event.lines)

    def action_page_search(self, text: str) -> None:
        """Search; without words the field takes the keys."""
        if text:
            self.field.value = text
        else:
            self.field.focus()
        self.show_hints()

    @override
    def action_move_back(self) -> None:
        """First out of a search or folder, then back."""
        if self._narrowed:
            self.field.value, self.folder = "", EVERY
            self._show()
        else:
            super().action_move_back()

    def action_library_next_folder(self) -> None:
        """The next folder; after the last one all of them."""
        self._step_folder(1)

    def action_library_previous_folder(self) -> None:
        """The folder before."""
        self._step_folder(-1)

    def _step_folder(self, step: int) -> None:
        order = (EVERY, *self.folders)
        self.folder = order[(order.index(self.folder) + step) % len(order)]
        self._show()
        self.lines.home()

    # What the agent does

    @override
    def open_row(self, key: Key) -> None:
        self.action_row_edit()

    def action_row_add(self, text: str) -> None:
        """Write a new one, in the folder that is shown."""
        self._write(Snippet(title=text, body="", folder="" if self.folder == NO_FOLDER else self.folder))

    def action_row_edit(self) -> None:
        """Write on the one under the cursor."""
        if self.lines.row is not None:
            self._write(self.lines.row)

    def _write(self, snippet: Snippet) -> None:
        def told(done: Done | None) -> None:
            if done is not None:
                self.told(done)

        form = snippet_form(self.seat, snippet, self.size.height)
        self.app.push_screen(FormScreen(self.seat, form), told)

    def action_row_remove(self) -> None:
        """Take the one under the cursor out of the library, after a question."""
        from storage.deeds.snippets import delete

        row, by = self.lines.row, self.seat.by()
        if row is None:
            return
        snippet_id = row.id

        def answered(yes: bool | None) -> None:
            if yes:
                self.deed(lambda session: delete(session, by, snippet_id))

        used = "It was never used." if not row.uses else "It was used " + str(row.uses) + " times."
        self.app.push_screen(
            ConfirmScreen(self.seat, "Delete “" + row.name + "”?", (used, "u takes it back.")), answered
        )

    def action_library_export(self, text: str) -> None:
        """Write what is shown to a file; without a name it is asked for."""
        count = str(self.lines.count) + " snippets"
        if text:
            export_text(self, text, to_toml(self._found), count + " written")
        else:
            words = count + ", as TOML that `heard snippets import` reads"
            ask_to_export(self, "snippets.toml", self.action_library_export, words)
