"""The text of a reply or note while it is written.

The invariants: nothing that acts on a terminal gets in, by whichever way text comes; open fields are found in the
text itself, so that a draft opened again still has them; every change can be undone.
"""

from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult

from desk.snippets.library import trigger_before
from desk.snippets.template import OpenField, open_fields, problems
from desk.text import clean
from widgets.fields import without_taken_keys
from widgets.marked_area import MarkedArea

# Ctrl+K opens the palette, Ctrl+F finds a customer: everywhere.
_TAKEN = {"ctrl+k", "ctrl+f"}
# A longer line (someone pastes a whole log as one) isn't wrapped: at a megabyte that takes a second a key.
LONGEST_WRAPPED = 20_000


@dataclass(frozen=True, slots=True)
class TypedOver:
    """An open field that is being typed over: what it was, and what stands before and behind it."""

    asked: str
    before: str
    behind: str

    def value_in(self, text: str) -> str:
        """What stands in the field's place; nothing where the text around it has changed since."""
        if not (text.startswith(self.before) and text[len(self.before) :].endswith(self.behind)):
            return ""
        return text[len(self.before) : len(text) - len(self.behind)]


class Editor(MarkedArea, inherit_bindings=False):
    """A text area without markup and without a parser; Tab goes from field to field while one is open."""

    BINDINGS: ClassVar[list[BindingType]] = without_taken_keys(TextArea.BINDINGS, _TAKEN)
    COMPONENT_CLASSES: ClassVar[set[str]] = {"editor--field", "editor--unknown", "editor--marked", "editor--asks"}
    DEFAULT_CSS = """
    Editor {
        border: none;
        padding: 0 1;
        background: $background;
        color: $foreground;
        scrollbar-size: 1 1;
        &:focus { border: none; }
        & .text-area--placeholder { color: $faint; }
        & .text-area--selection { background: $cursor-background; }
        & > .editor--field { color: $due; text-style: underline; }
        & > .editor--unknown { color: $late; text-style: bold underline; }
        & > .editor--marked { text-style: underline; }
        & > .editor--asks { color: $late; text-style: bold underline; }
    }
    """

    @dataclass
    class TriggerTyped(Message):
        """Tab or Enter was pressed behind a `;word`; `key` tells which."""

        trigger: str
        key: str

    class FieldAnswered(Message):
        """An open field was filled in with one of its options."""

    class TopPassed(Message):
        """Up was pressed in the first line."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.cursor_blink = False
        self.match_cursor_bracket = False
        self._typed_over: TypedOver | None = None
        # What is a field of this text beside the variables of snippets.
        self.own_fields: frozenset[str] = frozenset()

    # Fields

    @property
    def fields(self) -> tuple[OpenField, ...]:
        """What is still to be filled in."""
        return open_fields(self.text)

    def next_field(self, step: int = 1) -> bool:
        """Select the next open field, or with -1 the one before; False where there is none."""
        fields = self.fields
        if not fields:
            return False
        start, end = sorted(self.selection)
        first, last = self.offset_of(start), self.offset_of(end)
        if step > 0:
            # A field that is selected already is passed over; one that begins at a bare cursor isn't.
            behind = [field for field in fields if field.start > first or (field.start == first and last == first)]
            field = behind[0] if behind else fields[0]
        else:
            before = [field for field in fields if field.start < first]
            field = before[-1] if before else fields[-1]
        self.select_field(field)
        return True

    def select_field(self, field: OpenField) -> None:
        """Select a field, so that typing replaces it."""
        self.move_cursor(self.location_of(field.start))
        self.move_cursor(self.location_of(field.end), select=True)

    @property
    def selected_field(self) -> OpenField | None:
        """The open field that is exactly what is selected."""
        if self.selection.is_empty:
            return None
        start, end = sorted(self.selection)
        text = self.get_text_range(start, end)
        found = open_fields(text) if text.startswith("{{") else ()
        return found[0] if found and (found[0].start, found[0].end) == (0, len(text)) else None

    def answer(self, value: str) -> None:
        """Fill in the selected field, and with it every other one that asks for the same."""
        start, end = sorted(self.selection)
        asked = self.get_text_range(start, end)
        here = self.offset_of(start)
        text = self.text
        self._put_equally(asked, value, text[:here], text[here + len(asked) :], len(value))
        self._typed_over = None
        self.post_message(self.FieldAnswered())

    def answer_equals(self) -> bool:
        """Give every field that is equal to the one typed over the same text; False where there is none."""
        typed, self._typed_over = self._typed_over, None
        value = typed.value_in(self.text) if typed is not None else ""
        if typed is None or not value.strip() or "{{" in value or typed.asked not in typed.before + "\n" + typed.behind:
            return False
        cursor = self.offset_of(self.cursor_location) - len(typed.before)
        self._put_equally(typed.asked, value, typed.before, typed.behind, max(0, min(cursor, len(value))))
        return True

    def _put_equally(self, asked: str, value: str, before: str, behind: str, cursor: int) -> None:
        """Put `value` between these two, and for `asked` in them; as one edit, so that one undo takes it back."""
        first = before.index(asked) if asked in before else len(before)
        tail = behind.rindex(asked) + len(asked) if asked in behind else 0
        start, end = self.location_of(first), self.location_of(len(self.text) - len(behind) + tail)
        parts = (before[first:], value, behind[:tail])
        self.history.checkpoint()
        self.replace("".join(part.replace(asked, value) for part in parts), start, end)
        self.history.checkpoint()
        self.move_cursor(self.location_of(len(before.replace(asked, value)) + cursor))

    # Triggers

    @property
    def trigger(self) -> str | None:
        """What stands behind a `;` before the cursor; None where there is no such word."""
        if not self.selection.is_empty:
            return None
        row, column = self.cursor_location
        return trigger_before(self.document.get_line(row), column)

    def insert_text(self, text: str, cursor: int | None = None) -> None:
        """Put text in place of the selection, or of the `;word` before the cursor; then the cursor, or the first field.

        `cursor` is an offset into `text`.
        """
        text = clean(text)
        start, end = sorted(self.selection)
        trigger = self.trigger
        if trigger is not None:
            start = (start[0], start[1] - len(trigger) - 1)
        begin = self.offset_of(start)
        self.replace(text, start, end, maintain_selection_offset=False)
        self._typed_over = None
        fields = open_fields(text)
        if fields and cursor in (None, len(text)):
            field = fields[0]
            self.select_field(
                OpenField(field.kind, begin + field.start, begin + field.end, field.prompt, field.options)
            )
        else:
            place = len(text) if cursor is None else min(cursor, len(text))
            self.move_cursor(self.location_of(begin + place))

    # What Textual calls

    def edit(self, edit: Edit) -> EditResult:
        """Clean whatever is about to be put into the text, typed, pasted or inserted."""
        edit.text = clean(edit.text)
        if len(edit.text) > LONGEST_WRAPPED and max(map(len, edit.text.split("\n"))) > LONGEST_WRAPPED:
            self.soft_wrap = False
        if self.selected_field is not None and (edit.top, edit.bottom) == tuple(sorted(self.selection)):
            text, start, end = self.text, self.offset_of(edit.top), self.offset_of(edit.bottom)
            self._typed_over = TypedOver(text[start:end], text[:start], text[end:])
        return super().edit(edit)

    def action_cursor_up(self, select: bool = False) -> None:
        """Up; from the first line to what stands above the text."""
        if not select and self.selection.is_empty and self.navigator.is_first_wrapped_line(self.cursor_location):
            self.post_message(self.TopPassed())
        else:
            super().action_cursor_up(select)

    def get_line(self, line_index: int) -> Text:
        """A line with its open fields underlined, and what is no variable marked."""
        text = super().get_line(line_index)
        if "{{" in text.plain:
            for field in open_fields(text.plain):
                text.stylize(self.get_component_rich_style("editor--field", partial=True), field.start, field.end)
            for problem in problems(text.plain):
                known = text.plain[problem.start : problem.end].strip("{} ") in self.own_fields
                style = self.get_component_rich_style("editor--field" if known else "editor--unknown", partial=True)
                text.stylize(style, problem.start, problem.end)
        return text

    async def _on_key(self, event: events.Key) -> None:
        """Tab jumps or expands, Enter expands, a digit picks an option; the stock handler runs after this one."""
        trigger = self.trigger if event.key in ("tab", "enter") else None
        if trigger is not None and (trigger or event.key == "tab"):
            self.post_message(self.TriggerTyped(trigger, event.key))
        elif event.key in ("tab", "shift+tab"):
            answered = event.key == "tab" and self.answer_equals()
            if not self.next_field(1 if event.key == "tab" else -1) and not answered:
                return
        elif not self._picked(event.character):
            return
        event.stop()
        event.prevent_default()

    def _picked(self, character: str | None) -> bool:
        """Whether a digit picked an option of the selected field."""
        if character is None or character not in "123456789":
            return False
        field = self.selected_field
        if field is None or int(character) > len(field.options):
            return False
        self.answer(field.options[int(character) - 1])
        self.next_field()
        return True
