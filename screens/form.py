"""A form: a few lines to fill in, checked while they are typed, saved as one deed.

The invariants: what is typed is on the disk within half a second, and also when the form or the console is left, and
comes back in the form about the same thing until it is saved; the form stays open until the deed is on the disk, and
says in words why it could not be done. No field of a form is a secret: those are asked for elsewhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.timer import Timer
from textual.widgets import Input, TextArea
from typing_extensions import override

from desk.errors import HeardError
from screens.action import Place
from screens.ask import AskPanel, ReadingLine
from screens.confirm import ConfirmScreen
from screens.desk_screen import DeskScreen
from screens.seat import Seat
from storage import form_drafts
from storage.connect import Connection, raw
from storage.deeds.by import Done
from storage.form_drafts import About, Typed
from widgets.bars import Bar, HintBar, NoticeBar
from widgets.cells import harmless
from widgets.editor import Editor
from widgets.fields import TextField
from widgets.inks import Piece, fit_pieces

if TYPE_CHECKING:
    from sqlmodel import Session

Values = Mapping[str, str]
# How long after the first unsaved key they are saved; a crash loses no more than that.
SAVE_AFTER = 0.3


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
    """What is asked for. `check` says what the values mean, or raises; `deed` makes of them what is to be done.

    `about`: under what the text is kept as long as it isn't saved.
    """

    title: str
    entries: tuple[Entry, ...]
    deed: "Callable[[Values], Callable[[Session], Done]]"
    check: Callable[[Values], str]
    about: About


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
        self._opened = {entry.key: entry.value for entry in form.entries}
        # What of it is on the disk; None until that is known.
        self._kept: dict[str, Typed] | None = None
        self._keeping: Timer | None = None
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
        """Begin in the first field, or in the one that was asked for, with what was written here before."""
        self.asked()
        self._read()
        self.show_hints()
        me, about = self._me, self._form.about
        # Keys that are typed by now are meant for what comes back. Asked of the writer, behind what was just left.
        self.hold_all_keys()
        self.seat.jobs.keep(
            lambda connection: form_drafts.load(connection, me, about), self._brought_back, self._not_brought
        )

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
    def _changed(self) -> None:
        self._read()
        if self._keeping is None and self._kept is not None and self._written != self._kept:
            self._keeping = self.set_timer(SAVE_AFTER, self.save_typed)

    def _read(self) -> None:
        line = self._meaning
        try:
            line.say(self._form.check(self.values))
        except HeardError as error:
            line.say(str(error), wrong=True)

    # Keeping

    @property
    def _me(self) -> int | None:
        return self.seat.me.id or None

    @property
    def _written(self) -> dict[str, Typed]:
        """The fields that don't stand as they did when the form opened."""
        return {key: Typed(self._opened[key], text) for key, text in self.values.items() if text != self._opened[key]}

    def _brought_back(self, found: dict[str, Typed]) -> None:
        self._kept = found
        self.release_all_keys()
        found = {key: typed for key, typed in found.items() if key in self._inputs}
        if not self.is_attached or not found:
            return
        self._fill({key: typed.now for key, typed in found.items()})
        if all(typed.before == self._opened[key] for key, typed in found.items()):
            self.notice("What you had written is back", "good")
        else:
            self.notice("What you had written is back, over what has changed since: look at both", "warning")

    def _not_brought(self, error: HeardError) -> None:
        self._kept = {}
        self.release_all_keys()
        if self.is_attached:
            self.fail(error)

    def _fill(self, values: Values) -> None:
        for key, text in values.items():
            field = self._inputs[key]
            if isinstance(field, Editor):
                field.text = text
                field.move_cursor(field.document.end)
            else:
                field.value = text
                field.cursor_position = len(text)
        self._read()

    @override
    def save_typed(self) -> None:
        if self._keeping is not None:
            self._keeping.stop()
            self._keeping = None
        written, me, about, at = self._written, self._me, self._form.about, self.seat.clock()
        if self._saving or self._kept is None or written == self._kept:
            return
        self._kept = written

        def save(connection: Connection) -> None:
            form_drafts.save(connection, me, about, written, at)

        self.seat.jobs.keep(save, failed=self._not_kept)

    def _not_kept(self, error: HeardError) -> None:
        self._kept = {}
        if self.is_attached:
            self.notice("It is not saved, but still here: " + str(error), "error")

    def on_unmount(self) -> None:
        """It is left, however that came."""
        self.save_typed()

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
        do, me, about = self._form.deed(self.values), self._me, self._form.about

        def deed(session: "Session") -> Done:
            done = do(session)
            form_drafts.forget(raw(session), me, about)
            return done

        self.save_typed()
        self._saving = True
        self.hold_all_keys()
        self.seat.jobs.deed(deed, self._saved, self._not_saved)

    def _saved(self, done: Done) -> None:
        if self.is_attached:
            self.dismiss(done)

    def _not_saved(self, error: HeardError) -> None:
        self._saving = False
        self.release_all_keys()
        if self.is_attached:
            self.fail(error)

    def action_form_leave(self) -> None:
        """Leave it; what was written is there when the same form is opened again."""
        self.save_typed()
        below = self.app.screen_stack[-2]
        if self._written and isinstance(below, DeskScreen):
            below.notice("What you wrote is kept, and comes back with the same form")
        self.dismiss(None)

    def action_form_discard(self) -> None:
        """Begin anew, after a question."""
        if not self._written:
            self.notice("It stands as it was opened already", "warning")
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self._fill(self._opened)
                self.save_typed()

        self.app.push_screen(ConfirmScreen(self.seat, "Throw away what you wrote here?", final=True), answered)


def _field(entry: Entry) -> TextField:
    completed = SuggestFromList(entry.choices, case_sensitive=False) if entry.choices else None
    return TextField(entry.value, placeholder=entry.hint, suggester=completed)
