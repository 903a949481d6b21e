"""The conversation checklist beside a ticket or call: HEARD, the ten steps, or a team's own.

The invariant: a step's state is told by its sign (✓ done, – skipped, · open), never by colour alone; the panel changes
nothing itself, it says what the agent did and shows what storage then knows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.strip import Strip
from textual.widgets import Input

from desk.checklists import ChecklistTemplate, StepField
from desk.records import RunRow
from widgets.checklist_lines import PROMPTS, Aid, StepLine, panel_lines, tick_of
from widgets.fields import TextField
from widgets.inks import Lines

Run = tuple[ChecklistTemplate, RunRow]
DONE = "done"


class StepLines(Lines, can_focus=True, inherit_bindings=False):
    """The lines of the panel; the panel says what stands in them."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
    ]

    @dataclass
    class StepPointed(Message):
        """A step was clicked; twice means to tick it."""

        place: int
        twice: bool

    @dataclass
    class MoveAsked(Message):
        """An arrow was pressed."""

        steps: int

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[StepLine] = []

    def show(self, lines: list[StepLine], place: int) -> None:
        """Draw these; the step at `place` stays in sight."""
        self.lines = lines
        self.set_lines(len(lines))
        numbers = [number for number, line in enumerate(lines) if line.place == place]
        top, height = self.scroll_offset.y, max(1, self.size.height)
        if numbers and not top <= numbers[0] <= numbers[-1] < top + height:
            wanted = min(numbers[0], max(0, numbers[-1] - height + 1)) if numbers[0] >= top else numbers[0]
            self.scroll_to(y=wanted, animate=False, immediate=True, force=True)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line."""
        number, cells = y + self.scroll_offset.y, self.cells
        if number >= len(self.lines):
            return self.strip([], cells)
        line = self.lines[number]
        ground = "base" if not line.cursor else "cursor" if self.has_focus else "blurred"
        return self.strip([(" ", "plain"), *line.pieces], cells, ground)

    def action_move(self, steps: int) -> None:
        """Say that the cursor shall move."""
        self.post_message(self.MoveAsked(steps))

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor to a step, a second one ticks it."""
        offset = event.get_content_offset(self)
        number = -1 if offset is None else offset.y + self.scroll_offset.y
        if 0 <= number < len(self.lines):
            place = self.lines[number].place
            if place is not None:
                self.post_message(self.StepPointed(place, event.chain == 2))


class ChecklistPanel(Vertical, inherit_bindings=False):
    """The checklists of one ticket, one of them shown."""

    BINDINGS: ClassVar[list[BindingType]] = []
    DEFAULT_CSS = """
    ChecklistPanel { height: 1fr; }
    ChecklistPanel > StepLines { height: 1fr; }
    ChecklistPanel > TextField { display: none; }
    ChecklistPanel.-asking > TextField { display: block; }
    """

    @dataclass
    class StepTicked(Message):
        """A step is done."""

        checklist: str
        step: str

    @dataclass
    class StepUnticked(Message):
        """A step isn't done after all."""

        checklist: str
        step: str

    @dataclass
    class StepSkipped(Message):
        """A step is left out, for a reason."""

        checklist: str
        step: str
        reason: str

    @dataclass
    class FieldEdited(Message):
        """What a step lets the agent write down."""

        checklist: str
        step: str
        text: str

    @dataclass
    class GestureWanted(Message):
        """The step offers a gesture, and the agent means to make one."""

        checklist: str
        step: str

    @dataclass
    class SuggestionTaken(Message):
        """The suggested checklist is wanted."""

    def __init__(self, *, clock: Callable[[], int], zone: tzinfo, id: str | None = None) -> None:
        super().__init__(id=id)
        self._clock, self._zone = clock, zone
        self._words: Mapping[str, str] = {}
        self._runs: tuple[Run, ...] = ()
        self._shown = 0
        self._place = 0
        self._suggestion = ""
        self._skipping = False
        self._steps, self._field = StepLines(), TextField()

    def compose(self) -> ComposeResult:
        """The steps, and below them a line to write in while one is asked for."""
        yield self._steps
        yield self._field

    # What it shows

    def show(self, runs: Sequence[Run], *, suggestion: str = "", words: Mapping[str, str] | None = None) -> None:
        """Show the checklists of a ticket; the same ones again keep the cursor, others begin at the first open step.

        `words` are those of snippets by trigger, where a step's snippet is to be spoken and not put into a reply.
        """
        same = [run.id for _, run in runs] == [run.id for _, run in self._runs]
        self._runs, self._suggestion, self._words = tuple(runs), suggestion, words or {}
        if not same:
            self._shown = 0
            self._place = self._first_open()
            self._close()
        self._redraw()

    @property
    def checklist(self) -> str:
        """The key of the shown list, empty where there is none."""
        return self._runs[self._shown][0].key if self._runs else ""

    @property
    def step(self) -> str:
        """The key of the step under the cursor, empty where there is none."""
        return self._runs[self._shown][0].steps[self._place].key if self._runs else ""

    @property
    def snippet(self) -> str:
        """The trigger of the snippet that belongs to the step under the cursor; empty where none does."""
        return self._runs[self._shown][0].steps[self._place].snippet if self._runs else ""

    # What the agent does

    def focus_steps(self) -> None:
        """Let the keys go here, at once: whatever comes next finds them here.

        Nothing is done where an answer comes as the page is being left.
        """
        if self._steps.is_attached:
            self.screen.set_focus(self._steps)

    def move(self, steps: int) -> None:
        """Move the cursor down."""
        if self._runs:
            self._place = max(0, min(self._place + steps, len(self._runs[self._shown][0].steps) - 1))
            self._redraw()

    def next_list(self, step: int) -> None:
        """Show the next checklist of the ticket."""
        if self._runs:
            self._shown = (self._shown + step) % len(self._runs)
            self._place = self._first_open()
            self._close()
            self._redraw()

    def digit(self, digit: int) -> None:
        """Tick the step of a digit, 0 being the tenth; one that is ticked is unticked."""
        place = (digit or 10) - 1
        if self._runs and 0 <= place < len(self._runs[self._shown][0].steps):
            self._place = place
            self.tick()

    def tick(self) -> None:
        """Tick the step under the cursor, or untick it."""
        if not self._runs:
            if self._suggestion:
                self.post_message(self.SuggestionTaken())
            return
        template, run = self._runs[self._shown]
        ticked = tick_of(run, self.step)
        if ticked is not None and ticked.state == DONE:
            self.post_message(self.StepUnticked(template.key, self.step))
        else:
            self.post_message(self.StepTicked(template.key, self.step))
        self._redraw()

    def skip(self) -> None:
        """Ask why the step under the cursor is left out."""
        if self._runs:
            self._ask("Why is it left out? Enter skips it", "", skipping=True)

    def edit(self) -> None:
        """Open the field of the step under the cursor, where it has one."""
        if not self._runs:
            return
        template, run = self._runs[self._shown]
        kind = template.step(self.step).field
        if kind is StepField.GESTURE:
            self.post_message(self.GestureWanted(template.key, self.step))
        elif kind is not StepField.NONE:
            ticked = tick_of(run, self.step)
            self._ask(PROMPTS[kind], "" if ticked is None else ticked.text, skipping=False)

    # What happens inside

    @on(Input.Submitted)
    def _answered(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value.strip()
        if self._skipping and not text:
            return
        kind = self.StepSkipped if self._skipping else self.FieldEdited
        self.post_message(kind(self.checklist, self.step, text))
        self._close()
        self._steps.focus()

    @on(TextField.Left)
    def _left(self, event: TextField.Left) -> None:
        event.stop()
        self._close()
        self._steps.focus()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()

    @on(StepLines.StepPointed)
    def _pointed(self, event: StepLines.StepPointed) -> None:
        event.stop()
        self._place = event.place
        self._redraw()
        if event.twice:
            self.tick()

    @on(StepLines.MoveAsked)
    def _move_asked(self, event: StepLines.MoveAsked) -> None:
        event.stop()
        self.move(event.steps)

    def on_resize(self) -> None:
        """Break the tips for the new width."""
        self._redraw()

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _focus_moved(self) -> None:
        """The tip comes with the keys, and goes with them where there is little room."""
        self.call_after_refresh(self._redraw)

    def _first_open(self) -> int:
        if not self._runs:
            return 0
        template, run = self._runs[self._shown]
        places = [place for place, step in enumerate(template.steps) if tick_of(run, step.key) is None]
        return places[0] if places else 0

    def _ask(self, prompt: str, value: str, *, skipping: bool) -> None:
        self._skipping = skipping
        self._field.placeholder = prompt
        self._field.value = value
        self._field.cursor_position = len(value)
        self.add_class("-asking")
        self._field.focus()

    def _close(self) -> None:
        self.remove_class("-asking")

    def _redraw(self) -> None:
        cells, height = self._steps.cells - 2, self._steps.size.height
        if cells <= 0:
            return
        aid = Aid(self._clock(), self._zone, self._words)
        lines = panel_lines(self._runs, self._shown, self._place, self._suggestion, cells, aid)
        if len(lines) > height and not self._steps.has_focus:
            # Beside the work the whole list says more than one step's tip.
            lines = panel_lines(self._runs, self._shown, self._place, self._suggestion, cells, aid, helped=False)
        self._steps.show(lines, self._place)
