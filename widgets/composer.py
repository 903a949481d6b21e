"""Where replies, notes and forwards are written.

The invariants: a note can't be taken for a reply (its title, its ground and its words say what it is); whatever is
typed is announced at once, so that it can be kept; sending is asked for here and done elsewhere.
"""

from dataclasses import dataclass
from pathlib import PurePath
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static, TextArea

from desk.review.marks import Mark
from desk.snippets.template import FieldKind, problems
from widgets.bars import Bar
from widgets.cells import harmless
from widgets.editor import Editor
from widgets.fields import TextField
from widgets.inks import Piece, both_ends, piece_at
from widgets.review_line import ReviewLine

NOTE = "note"


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the composer. `kind`: reply, reply_all, forward, note; `cursor` is an offset into `body`."""

    kind: str
    recipients: str = ""
    copies: str = ""
    subject: str = ""
    body: str = ""
    attachments: tuple[str, ...] = ()
    cursor: int = 0


class ComposerTitle(Bar):
    """Says what is being written, and what happens after it."""

    def __init__(self) -> None:
        super().__init__(classes="composer--title")
        self.note = False
        self.title_text = ""
        self.after = ""
        self.hidden_copies = 0

    def pieces(self, cells: int) -> list[Piece]:
        """What it is at the left, what follows at the right."""
        right: list[Piece] = [(f"then {harmless(self.after)} ", "due")] if self.after else []
        if self.hidden_copies and not self.note:
            right.insert(0, (f"+{self.hidden_copies} in Copies  ", "muted"))
        if self.note:
            left: list[Piece] = [(" NOTE ", "note"), ("Internal note: the customer won't see this", "note")]
        else:
            left = [(" " + harmless(self.title_text), "title")]
        return both_ends(left, right, cells)


class ComposerFoot(Bar):
    """The attachments, and what the field under the cursor wants."""

    @dataclass
    class FileClicked(Message):
        """A file was clicked; `index` counts from 0."""

        index: int

    def __init__(self) -> None:
        super().__init__(classes="composer--foot")
        self.attachments: tuple[str, ...] = ()
        self.hint: tuple[Piece, ...] = ()

    def pieces(self, cells: int) -> list[Piece]:
        """Attachments at the left, the hint at the right."""
        files: list[Piece] = [(" ", "plain")]
        for number, name in enumerate(self.attachments, 1):
            files += [(f"+{number} ", "mark"), (harmless(PurePath(name).name or name) + "  ", "tag")]
        return both_ends(files if self.attachments else [], list(self.hint), cells)

    def on_click(self, event: events.Click) -> None:
        """A click on a file takes it away again."""
        pieces = self.pieces(self.cells)
        place = piece_at(pieces, event.x)
        if place is not None and pieces[place][1] == "tag":
            self.post_message(self.FileClicked(sum(ink == "tag" for _, ink in pieces[:place])))


class Composer(Vertical, inherit_bindings=False):
    """To, copies, subject and the text; a note has only its text."""

    BINDINGS: ClassVar[list[BindingType]] = []
    DEFAULT_CSS = """
    Composer {
        height: 1fr;
        background: $background;
        & > .composer--field { height: 1; }
        & .composer--label { width: 10; padding: 0 1; color: $muted; background: $bar-background; }
        & > Editor { height: 1fr; max-width: 104; margin: 1 0 0 0; }
        &.-small > Editor { margin: 0; }
        &.-small > .-foldable { display: none; }
        &.-small.-addressing > .-foldable { display: block; }
        &.-note { border-left: thick $note; background: $note-background; }
        &.-note > .composer--field { display: none; }
        &.-note > Editor { background: $note-background; margin: 0; padding: 1 1 0 1; }
    }
    """

    class Changed(Message):
        """Something was typed; read `written` when it is time to keep it."""

        def can_replace(self, message: Message) -> bool:
            """A burst of keys is one change."""
            return isinstance(message, Composer.Changed)

    @dataclass
    class SnippetAsked(Message):
        """A `;word` stands before the cursor; `query` is the word."""

        query: str

    class SnippetLeft(Message):
        """No `;word` stands before the cursor any more."""

    @dataclass
    class TriggerTyped(Message):
        """Tab or Enter was pressed behind a `;word`: its snippet is wanted, by `insert`; without one `new_line`."""

        trigger: str
        key: str

    class MarkMet(Message):
        """Another mark is spoken of, or none any more."""

    @dataclass
    class SendAsked(Message):
        """A reply or forward is ready."""

        written: Written

    @dataclass
    class NoteSaved(Message):
        """A note is ready."""

        written: Written

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._kind = "reply"
        self._sought: str | None = None
        self._title, self._foot = ComposerTitle(), ComposerFoot()
        self._recipients, self._copies, self._subject = TextField(), TextField(), TextField()
        self._editor = Editor()
        self.review_line = ReviewLine()

    def compose(self) -> ComposeResult:
        """The title, three fields, the text, and the attachments."""
        yield self._title
        named = (("To", self._recipients), ("Copies", self._copies), ("Subject", self._subject))
        for label, field in named:
            with Horizontal(classes="composer--field" if label == "To" else "composer--field -foldable"):
                yield Static(Content(label), classes="composer--label")
                yield field
        yield self._editor
        yield self.review_line
        yield self._foot

    # What is written

    def open(self, written: Written, *, title: str) -> None:
        """Begin with a draft, or with nothing; history of undo begins here too."""
        self._kind = written.kind
        self._title.note, self._title.title_text, self._title.after = self.is_note, title, ""
        self._foot.attachments = written.attachments
        self.set_class(self.is_note, "-note")
        with self.prevent(Input.Changed, TextArea.Changed, TextArea.SelectionChanged):
            self._recipients.value = harmless(written.recipients)
            self._copies.value = harmless(written.copies)
            self._subject.value = harmless(written.subject)
            self._editor.soft_wrap = True
            self.set_text(written.body, written.cursor)
            self._editor.history.clear()
        self.show_marks(())
        self._title.ground = "note" if self.is_note else "bar"
        self._fold()
        self._look_around()

    @property
    def written(self) -> Written:
        """What stands here now."""
        return Written(
            kind=self._kind,
            recipients=self._recipients.value,
            copies=self._copies.value,
            subject=self._subject.value,
            body=self._editor.text,
            attachments=self._foot.attachments,
            cursor=self._editor.offset_of(self._editor.cursor_location),
        )

    @property
    def is_note(self) -> bool:
        """Whether it is for colleagues only."""
        return self._kind == NOTE

    @property
    def empty(self) -> bool:
        """Whether there is no text and no file that could be lost."""
        return not self._foot.attachments and not self._editor.text.strip()

    def set_text(self, body: str, cursor: int | None = None) -> None:
        """Put another text in place of this one; it can be undone."""
        editor = self._editor
        editor.replace(body, (0, 0), editor.document.end)
        place = len(editor.text) if cursor is None else max(0, min(cursor, len(editor.text)))
        editor.move_cursor(editor.location_of(place))

    def insert(self, text: str, cursor: int | None = None) -> None:
        """Put text at the cursor: in place of the selection or the `;word` there. The first open field is selected."""
        self._editor.insert_text(text, cursor)

    def new_line(self) -> None:
        """Break the line at the cursor, as Enter does elsewhere."""
        self._editor.insert("\n")

    def attach(self, name: str) -> None:
        """Add a file by its path."""
        self._set_attachments((*self._foot.attachments, name))

    def detach(self, index: int) -> None:
        """Take a file away again, counted from 0."""
        names = self._foot.attachments
        self._set_attachments(names[:index] + names[index + 1 :])

    def set_status_after(self, label: str) -> None:
        """Show what the ticket's status will be after sending; empty where it stays."""
        self._title.after = label
        self._title.refresh()

    def focus_text(self) -> None:
        """Let the agent type, at once."""
        self.screen.set_focus(self._editor)

    def set_small(self, small: bool) -> None:
        """Whether there is little room: Copies and Subject are then shown only while one writes in the fields."""
        self.set_class(small, "-small")
        self._fold()

    @property
    def cursor_line(self) -> int:
        """Which line of the screen is being typed in."""
        return self._editor.cursor_screen_offset.y

    def undo(self) -> None:
        """Undo the last change of the text."""
        self._editor.undo()

    def send(self) -> None:
        """Ask for it to be sent, or the note to be kept."""
        self.post_message(self.NoteSaved(self.written) if self.is_note else self.SendAsked(self.written))

    # Open fields

    @property
    def open_fields(self) -> int:
        """How many fields of snippets are still to be filled in."""
        return len(self._editor.fields)

    def next_field(self, step: int = 1) -> bool:
        """Select the next open field; False where there is none."""
        return self._editor.next_field(step)

    # Marks

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What the reviewer marked."""
        return self._editor.marks

    @property
    def mark(self) -> Mark | None:
        """The one that is spoken of: at the cursor, else the next one."""
        place = self._editor.current_mark
        return None if place is None else self.marks[place]

    def show_marks(self, marks: tuple[Mark, ...]) -> None:
        """Mark these words of the text as it stands."""
        self._editor.show_marks(marks)
        self._speak()

    def next_mark(self) -> bool:
        """Go to the next mark; False where there is none."""
        return self._editor.next_mark()

    def fix_mark(self) -> bool:
        """Put in what the mark proposes; False where it proposes nothing."""
        return self._editor.fix_mark()

    def _speak(self) -> None:
        if self.review_line.show(self._editor.current_mark, self.marks):
            self.post_message(self.MarkMet())

    # What happens inside

    @on(Input.Changed)
    def _field_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed())

    @on(TextArea.Changed)
    def _text_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._editor.check_marks()
        self.post_message(self.Changed())
        self._look_around()

    @on(TextArea.SelectionChanged)
    def _cursor_moved(self, event: TextArea.SelectionChanged) -> None:
        event.stop()
        self._look_around()

    @on(Editor.TriggerTyped)
    def _trigger_typed(self, event: Editor.TriggerTyped) -> None:
        event.stop()
        self.post_message(self.TriggerTyped(event.trigger, event.key))

    @on(ComposerFoot.FileClicked)
    def _file_clicked(self, event: ComposerFoot.FileClicked) -> None:
        event.stop()
        self.detach(event.index)

    @on(Input.Submitted)
    def _field_done(self, event: Input.Submitted) -> None:
        event.stop()
        self._editor.focus()

    @on(TextField.Stepped)
    def _stepped(self, event: TextField.Stepped) -> None:
        """Up and down go through the fields to the text."""
        event.stop()
        fields = [self._recipients, self._copies, self._subject, self._editor]
        place = next((number for number, field in enumerate(fields) if field.has_focus), 0)
        fields[max(0, min(place + (1 if event.lines > 0 else -1), len(fields) - 1))].focus()

    @on(Editor.TopPassed)
    def _to_fields(self, event: Editor.TopPassed) -> None:
        event.stop()
        if not self.is_note:
            self._subject.focus()

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _fold(self) -> None:
        """Show the fields while one of them has the keys; without room for them the title counts the copies."""
        focused = self.screen.focused if self.is_attached else None
        self.set_class(focused in (self._recipients, self._copies, self._subject), "-addressing")
        hidden = self.has_class("-small") and not self.has_class("-addressing")
        self._title.hidden_copies = len([each for each in self._copies.value.split(",") if each.strip()]) * hidden
        self._title.refresh()

    def _look_around(self) -> None:
        """Tell what stands at the cursor: a `;word`, or a field that wants something."""
        trigger = self._editor.trigger
        if trigger != self._sought:
            self._sought = trigger
            self.post_message(self.SnippetLeft() if trigger is None else self.SnippetAsked(trigger))
        self._foot.hint = tuple(self._hint())
        self._foot.refresh()
        self._speak()

    def _hint(self) -> list[Piece]:
        field = self._editor.selected_field
        if field is not None and field.options:
            pieces: list[Piece] = [] if field.kind is FieldKind.CHOOSE else [(field.prompt + "  ", "muted")]
            for number, option in enumerate(field.options[:9], 1):
                pieces += [(str(number), "key"), (f" {option}  ", "plain")]
            return pieces
        if field is not None:
            return [("fill in: ", "due"), (field.prompt + " ", "plain")]
        text = self._editor.text
        if "{{" not in text:
            return []
        wrong = problems(text)
        if wrong:
            return [("! ", "late"), (wrong[0].message + " ", "late")]
        count = self.open_fields
        return [("tab", "key"), (f" {count} to fill in ", "due")] if count else []

    def _set_attachments(self, names: tuple[str, ...]) -> None:
        self._foot.attachments = names
        self._foot.refresh()
        self.post_message(self.Changed())
