"""Type to search, arrows to move, Enter to pick: snippets, commands, colleagues, tags, customers.

The invariant: the newest question wins. What is shown answers the text in the field, or an earlier one until that
answer is there; an answer to an older question than the newest is dropped.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widgets import Input

from widgets.fields import TextField
from widgets.inks import Lines
from widgets.rowcache import Key
from widgets.rows import Draw, LineList, Row
from widgets.wrap import one_line, wrap

LINES_SHOWN = 500


class TextPane(Lines, can_focus=False, inherit_bindings=False):
    """Plain text, wrapped."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._text = ""
        self._lines: list[str] = []

    def show(self, text: str) -> None:
        """Show a text from its beginning."""
        self._text = text
        self._lay_out()
        self.scroll_to(y=0, animate=False, immediate=True, force=True)

    def on_resize(self) -> None:
        """Break the lines anew."""
        self._lay_out()

    def render_line(self, y: int) -> Strip:
        """One line."""
        number, cells = y + self.scroll_offset.y, self.cells
        words = self._lines[number] if number < len(self._lines) else ""
        return self.strip([(" ", "plain"), (words, "plain")], cells)

    def _lay_out(self) -> None:
        self._lines = []
        for source in self._text.split("\n")[:LINES_SHOWN]:
            text = one_line(source)
            self._lines.extend(text[start:end] for start, end in wrap(text, self.cells - 2))
        self.virtual_size = Size(1, len(self._lines))
        self.refresh()


class Picker(Vertical, Generic[Row], inherit_bindings=False):
    """A field, the rows that answer it, and with `preview` the text of the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = []
    DEFAULT_CSS = """
    Picker { height: 1fr; background: $background; }
    Picker > Horizontal { height: 1fr; }
    Picker LineList { width: 1fr; height: 1fr; }
    Picker LineList > .ground--blurred { background: $cursor-background; }
    Picker TextPane { width: 1fr; height: 1fr; border-left: solid $rule; }
    Picker.-narrow TextPane { display: none; }
    """

    @dataclass
    class QueryChanged(Message):
        """Rows are wanted for a text; give them to `show` with the `serial`."""

        text: str
        serial: int

        def can_replace(self, message: Message) -> bool:
            """Only the newest question matters."""
            return isinstance(message, Picker.QueryChanged)

    @dataclass
    class Moved(Message):
        """Another row is under the cursor; its text is wanted where there is a preview."""

        key: Key | None

    @dataclass
    class Picked(Message):
        """A row was picked; `key` is None where nothing was found for the text."""

        key: Key | None
        text: str

    class Cancelled(Message):
        """Nothing was picked."""

    def __init__(
        self,
        draw: Draw[Row],
        *,
        key: Callable[[Row], Key],
        prompt: str,
        empty: str = "Nothing found",
        preview: bool = False,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._field = TextField(placeholder=prompt)
        self._list = LineList(draw, key=key, empty=empty)
        self._list.can_focus = False
        self._pane = TextPane()
        self._preview = preview
        self._serial = 0

    def compose(self) -> ComposeResult:
        """The field above, the list and the preview below."""
        yield self._field
        with Horizontal():
            yield self._list
            if self._preview:
                yield self._pane

    # What it shows

    @property
    def query_text(self) -> str:
        """What is typed in the field."""
        return self._field.value

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self._list.row

    def set_query(self, text: str) -> None:
        """Put a text into the field; it is asked for like a typed one."""
        self._field.value = text
        self._field.cursor_position = len(text)

    def ask(self) -> None:
        """Ask for the rows of the text that stands in the field: at the beginning, or when the data changed."""
        self._serial += 1
        self.post_message(self.QueryChanged(self._field.value, self._serial))

    def show(self, rows: Sequence[Row], serial: int | None = None) -> None:
        """Show the rows that answer a question; an answer to an older one is dropped."""
        if serial is not None and serial != self._serial:
            return
        self._list.show_rows(rows)
        self._list.home()

    def show_preview(self, key: Key, text: str) -> None:
        """Show the text of a row; dropped where the cursor is on another one by now."""
        if key == self._list.cursor_id:
            self._pane.show(text)

    # What the agent does

    def focus_field(self) -> None:
        """Let the agent type."""
        self._field.focus()

    def move(self, lines: int) -> None:
        """Move in the list."""
        self._list.move(lines)

    def pick(self) -> None:
        """Pick the row under the cursor."""
        self.post_message(self.Picked(self._list.cursor_id, self._field.value))

    # What happens inside

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.ask()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.pick()

    @on(TextField.Stepped)
    def _stepped(self, event: TextField.Stepped) -> None:
        event.stop()
        self.move(event.lines)

    @on(TextField.Left)
    def _left(self, event: TextField.Left) -> None:
        event.stop()
        self.post_message(self.Cancelled())

    @on(LineList.Opened)
    def _opened(self, event: LineList.Opened) -> None:
        event.stop()
        self.pick()

    @on(LineList.CursorMoved)
    def _moved(self, event: LineList.CursorMoved) -> None:
        event.stop()
        if event.key is None:
            self._pane.show("")
        self.post_message(self.Moved(event.key))
