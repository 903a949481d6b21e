"""A form: a few lines to fill in, checked while they are typed, saved as one deed.

The invariants: nothing typed is lost by one key (leaving asks where something was written); the form stays open until
the deed is on the disk, and says in words why it could not be done.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.widgets import Input, TextArea
from typing_extensions import override

from desk.errors import HeardError
from screens.action import Place
from screens.ask import AskPanel, ReadingLine
from screens.confirm import ConfirmScreen
from screens.desk_screen import DeskScreen
from screens.seat import Seat
from storage.deeds.by import Done
from widgets.bars import Bar, HintBar, NoticeBar
from widgets.cells import harmless
from widgets.editor import Editor
from widgets.fields import TextField
from widgets.inks import Piece, fit_pieces

if TYPE_CHECKING:
    from sqlmodel import Session

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to fill in; `lines` above 1 make it a text of several lines, `hint` stands in it while it is empty.

    `choices` are words that complete what is typed: the first that begins so stands behind it, and Right takes it.
    `fields` are those that a text may have beside the variables of snippets.
    """

    key: str
    label: str
    value: str = ""
    hint: str = ""
    lines: int = 1
    choices: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """What is asked for. `check` says what the values mean, or raises; `deed` makes of them what is to be done."""

    title: str
    entries: tuple[Entry, ...]
    deed: "Callable[[Values], Callable[[Session], Done]]"
    check: Callable[[Values], str]


class Label(Bar):
    """A few words before a field, or over the form."""

    DEFAULT_CSS = "Label { background: $surface; }"

    def __init__(self, text: str, ink: str = "muted", *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._text, self._ink = text, ink
        self.ground = "base"

    @override
    def pieces(self, cells: int) -> list[Piece]:
        return fit_pieces([(" " + harmless(self._text), self._ink)], cells)


class FormScreen(DeskScreen[Done | None], ModalScreen[Done | None]):
    """Dismisses with what was done, or with None where the agent left it."""

    CSS_PATH = "form.tcss"

    def __init__(self, seat: Seat, form: Form, *, first: str = "") -> None:
        super().__init__(seat)
        self._form = form
        self._first = first or form.entries[0].key
        self._inputs: dict[str, TextField | Editor] = {}
        self._saving = False
        self._meaning = ReadingLine()
        for entry in form.entries:
            if entry.lines > 1:
                editor = Editor()
                editor.own_fields = frozenset(entry.fields)
                editor.text = entry.value
                editor.move_cursor(editor.document.end)
                editor.styles.height = entry.lines
                self._inputs[entry.key] = editor
            else:
                self._inputs[entry.key] = _field(entry)

    @override
    def compose(self) -> ComposeResult:
        with Vertical(classes="form-box"):
            yield Label(self._form.title, "title", classes="form-title")
            for entry in self._form.entries:
                with Horizontal(classes="form-lines" if entry.lines > 1 else "form-line"):
                    yield Label(entry.label, classes="form-label")
                    yield self._inputs[entry.key]
            yield self._meaning
            yield NoticeBar(clock=self.seat.clock)
            yield HintBar()
        yield AskPanel()

    def on_mount(self) -> None:
        """Begin in the first field, or in the one that was asked for."""
        self.asked()
        self._read()
        self.show_hints()

    @property
    @override
    def place(self) -> Place:
        return Place.FORM

    @override
    def asked(self) -> None:
        self._inputs[self._first].focus()

    @property
    def values(self) -> dict[str, str]:
        """What is written now."""
        return {key: each.text if isinstance(each, Editor) else each.value for key, each in self._inputs.items()}

    @property
    def reading(self) -> str:
        """What stands under the fields."""
        return self._meaning.words

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _typed(self) -> None:
        self._read()

    def _read(self) -> None:
        line = self._meaning
        try:
            line.say(self._form.check(self.values))
        except HeardError as error:
            line.say(str(error), wrong=True)

    @on(Input.Submitted)
    def _submitted(self) -> None:
        """Enter goes on; in the last line it saves."""
        keys = list(self._inputs)
        if self.focused is self._inputs[keys[-1]]:
            self.action_form_save()
        else:
            self.action_form_next()

    @on(TextField.Stepped)
    def _stepped(self, event: TextField.Stepped) -> None:
        self._step(1 if event.lines > 0 else -1)

    def action_form_next(self) -> None:
        """To the next field."""
        self._step(1)

    def action_form_previous(self) -> None:
        """To the field before."""
        self._step(-1)

    def _step(self, step: int) -> None:
        fields = list(self._inputs.values())
        place = next((place for place, each in enumerate(fields) if each is self.focused), 0)
        fields[(place + step) % len(fields)].focus()

    def action_form_save(self) -> None:
        """Save it; where it can't be, the form stays and says why."""
        if self._saving:
            return
        self._form.check(self.values)
        do = self._form.deed(self.values)
        self._saving = True
        self.hold_all_keys()
        self.seat.jobs.deed(do, self._saved, self._not_saved)

    def _saved(self, done: Done) -> None:
        if self.is_attached:
            self.dismiss(done)

    def _not_saved(self, error: HeardError) -> None:
        self._saving = False
        self.release_all_keys()
        if self.is_attached:
            self.fail(error)

    def action_form_leave(self) -> None:
        """Leave it; asks first where something was written."""
        if self.values == {entry.key: entry.value for entry in self._form.entries}:
            self.dismiss(None)
            return

        def answered(leave: bool | None) -> None:
            if leave:
                self.dismiss(None)

        self.app.push_screen(
            ConfirmScreen(self.seat, "Leave without saving?", ("What you wrote here is lost.",)), answered
        )


def _field(entry: Entry) -> TextField:
    completed = SuggestFromList(entry.choices, case_sensitive=False) if entry.choices else None
    return TextField(entry.value, placeholder=entry.hint, suggester=completed)
