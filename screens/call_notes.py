"""Notes and goal of a call, kept as they are typed.

The invariant: what is typed is on the disk within half a second, and at once when the notes, the page or the console is
left; what another console wrote is only taken up where nothing is being typed here, and never from an answer that was
asked for before the last words were kept.
"""

from textual import on
from textual.timer import Timer
from textual.widgets import Input, TextArea
from typing_extensions import override

from desk.calls import CallRow, CallState
from desk.errors import HeardError
from screens.action import Place
from screens.call_frame import CallFrame
from storage.connect import Connection
from widgets.editor import Editor
from widgets.fields import TextField

# How long after the first unsaved key they are saved; a crash loses no more than that.
SAVE_AFTER = 0.3


class NotesWork(CallFrame):
    """What is typed on a call's page."""

    _saving: Timer | None = None
    _kept = ("", "")
    _saves_begun, _saves_ended = 0, 0

    @property
    def typed(self) -> tuple[str, str]:
        """Goal and notes as they stand."""
        return self.goal.value, self.notes.text

    @property
    def saves(self) -> tuple[int, int]:
        """How often the words were given to the writer, and how often it has answered."""
        return self._saves_begun, self._saves_ended

    def fill_in(self, call: CallRow, asked_at: tuple[int, int]) -> None:
        """Show what is kept of a call, unless something is typed here that wasn't kept yet when it was asked for.

        `asked_at` is how `saves` stood then.
        """
        late = asked_at != self.saves or asked_at[0] != asked_at[1]
        if late or self.typed != self._kept or self.typed == (call.goal, call.notes):
            return
        self._kept = (call.goal, call.notes)
        with self.prevent(Input.Changed, TextArea.Changed):
            self.goal.value = call.goal
            self.goal.cursor_position = len(call.goal)
            self.notes.text = call.notes
            self.notes.move_cursor(self.notes.document.end)

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _changed(self, event: Input.Changed | TextArea.Changed) -> None:
        if event.control in (self.goal, self.notes) and self._saving is None and self.typed != self._kept:
            self._saving = self.set_timer(SAVE_AFTER, self.save_typed)

    @override
    def save_typed(self) -> None:
        from storage.deeds.calls import save_notes

        if self._saving is not None:
            self._saving.stop()
            self._saving = None
        call_id, (goal, notes) = self.call_id, self.typed
        if call_id is None or self.call is None or (goal, notes) == self._kept:
            return
        self._kept = (goal, notes)

        def save(connection: Connection) -> None:
            save_notes(connection, call_id, notes=notes, goal=goal)

        self._saves_begun += 1
        self.seat.jobs.keep(save, self._saved, self._not_saved)

    def _saved(self, _answer: None) -> None:
        self._saves_ended += 1

    def _not_saved(self, error: HeardError) -> None:
        self._saves_ended += 1
        self._kept = ("", "")
        self.notice("The notes are not saved, but still here: " + str(error), "error")

    def on_screen_suspend(self) -> None:
        """Another page comes over this one."""
        self.save_typed()

    def on_unmount(self) -> None:
        """The page is left."""
        self.save_typed()

    # The ways in and out

    @override
    def take_key(self, name: str) -> bool:
        writable = self._place_of_keys() in (Place.CALL, Place.WRAP_UP) and len(name) == 1 and name.isalpha()
        if super().take_key(name):
            return True
        if writable:
            # Who writes without `n` means the notes: this letter is the first of theirs.
            self._go_on_writing()
        return False

    @override
    def take_paste(self, text: str) -> bool:
        if self._place_of_keys() not in (Place.CALL, Place.WRAP_UP):
            return False
        self._go_on_writing()
        self.notes.insert(text)
        return True

    def _go_on_writing(self) -> None:
        """To the end of the notes, in a line of its own."""
        end = self.notes.document.end
        if self.notes.document.get_line(end[0]).strip():
            self.notes.insert("\n", end)
        self.notes.move_cursor(self.notes.document.end)
        self.action_call_notes()

    def action_call_notes(self) -> None:
        """To the notes."""
        self.pane = "notes"
        self.lay_out()
        self.set_focus(self.notes)

    def action_call_leave_notes(self) -> None:
        """Out of the notes: the letters are keys again."""
        self.save_typed()
        if self.state is CallState.WRAPPING:
            self.go_to_pane("notes")
        else:
            self.go_to_pane("steps")

    @on(Editor.TopPassed)
    def _to_goal(self, event: Editor.TopPassed) -> None:
        event.stop()
        self.set_focus(self.goal)

    @on(TextField.Stepped)
    def _stepped(self, event: TextField.Stepped) -> None:
        event.stop()
        if self.focused is self.goal and event.lines > 0:
            self.set_focus(self.notes)

    @on(Input.Submitted)
    def _goal_done(self, event: Input.Submitted) -> None:
        if event.control is self.goal:
            event.stop()
            self.set_focus(self.notes)

    @override
    def on_descendant_focus(self) -> None:
        # A click moves the keys to another pane as Tab does.
        ancestors = self.focused.ancestors if self.focused is not None else ()
        self.pane = next((name for name, box in self.boxes.items() if box in ancestors), self.pane)
        super().on_descendant_focus()
