"""A checklist as lines: title with progress, steps with digit and sign, and what helps at the step at hand. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from desk.checklists import ChecklistTemplate, Progress, Step, StepField, digit_of, progress
from desk.records import RunRow, TickRow
from widgets.cells import harmless, shorten, width
from widgets.inks import Piece, both_ends
from widgets.moments import moment
from widgets.wrap import one_line, wrap

PROMPTS = {
    StepField.GOAL: "What is the customer trying to get done?",
    StepField.SUMMARY: "The problem in your words",
    StepField.CHOICE: "What the customer chose",
    StepField.TASK: "The cause, for the follow-up",
}
_NAMES = {
    StepField.GOAL: "Goal",
    StepField.SUMMARY: "Summary",
    StepField.CHOICE: "Choice",
    StepField.TASK: "Cause",
    StepField.GESTURE: "Gesture",
}
_SIGNS: dict[str, Piece] = {"done": ("✓", "good"), "skipped": ("–", "muted"), "": ("·", "faint")}


@dataclass(frozen=True, slots=True)
class StepLine:
    """A line of the panel: which step it belongs to, and whether the cursor is on it."""

    pieces: tuple[Piece, ...] = ()
    place: int | None = None
    cursor: bool = False


@dataclass(frozen=True, slots=True)
class Aid:
    """What the help at a step is told with: the present, the zone, and the words of snippets that are to be spoken."""

    now: int
    zone: tzinfo
    words: Mapping[str, str]


def tick_of(run: RunRow, step: str) -> TickRow | None:
    """What became of a step; None while it is open."""
    return next((tick for tick in run.ticks if tick.step == step), None)


def run_progress(template: ChecklistTemplate, run: RunRow) -> Progress:
    """How far a run has come."""
    done = {tick.step for tick in run.ticks if tick.state == "done"}
    skipped = {tick.step for tick in run.ticks if tick.state == "skipped"}
    return progress(template, done, skipped)


def panel_lines(
    runs: Sequence[tuple[ChecklistTemplate, RunRow]],
    shown: int,
    place: int,
    suggestion: str,
    cells: int,
    aid: Aid,
    *,
    helped: bool = True,
) -> list[StepLine]:
    """The whole panel for a width; `helped` with what helps at the step under the cursor."""
    lines = [StepLine(pieces) for pieces in _suggestion(suggestion, cells)]
    if not runs:
        return lines or [StepLine((("No checklist yet", "faint"),))]
    lines.extend(StepLine(pieces) for pieces in _titles(runs, shown, cells))
    template, run = runs[shown]
    for number, step in enumerate(template.steps):
        tick = tick_of(run, step.key)
        at_hand = number == place
        lines.append(StepLine(_step(number, step, tick, cells), number, at_hand))
        below = [*_written(step, tick, cells), *(_help(step, tick, cells, aid) if at_hand and helped else ())]
        lines.extend(StepLine(pieces, number) for pieces in below)
    return lines


def _suggestion(text: str, cells: int) -> Iterator[tuple[Piece, ...]]:
    words = one_line(text)
    if words.strip():
        for number, (start, end) in enumerate(wrap(words, cells - 2)):
            yield ("! " if number == 0 else "  ", "due"), (words[start:end], "due")
        yield ()


def _titles(runs: Sequence[tuple[ChecklistTemplate, RunRow]], shown: int, cells: int) -> Iterator[tuple[Piece, ...]]:
    """The shown list with its progress; the others of the ticket, smaller, below it."""
    template, run = runs[shown]
    here = run_progress(template, run)
    state: list[Piece] = [("complete ✓", "good")] if here.complete else []
    title = shorten(harmless(template.title), max(cells - width(here.text) - 3, 1))
    yield tuple(both_ends([(title, "title"), ("  " + here.text, "strong")], state, cells))
    others = [pair for number, pair in enumerate(runs) if number != shown]
    for other, its_run in others:
        words = f"also {harmless(other.title)}  {run_progress(other, its_run).text}"
        yield ((shorten(words, cells), "faint"),)


def _step(number: int, step: Step, tick: TickRow | None, cells: int) -> tuple[Piece, ...]:
    state = "" if tick is None else tick.state
    right: list[Piece] = []
    if step.later and tick is None:
        right = [("later", "faint")]
    elif tick is not None:
        right = [(shorten(harmless(tick.agent), 10), "faint")]
    ink = "plain" if tick is None else "muted"
    left: list[Piece] = [_SIGNS.get(state, _SIGNS[""]), (f" {digit_of(number)} ", "key"), (harmless(step.title), ink)]
    return tuple(both_ends(left, right, cells))


def _written(step: Step, tick: TickRow | None, cells: int) -> Iterator[tuple[Piece, ...]]:
    """What the agent wrote at a step: its field, or why it was skipped."""
    if tick is not None and tick.state == "skipped" and tick.reason:
        yield from _paragraph("skipped: " + tick.reason, "muted", cells)
    if tick is not None and tick.text:
        name = _NAMES.get(step.field, "Note")
        yield from _paragraph(f"{name}: {tick.text}", "note", cells)


def _help(step: Step, tick: TickRow | None, cells: int, aid: Aid) -> Iterator[tuple[Piece, ...]]:
    """What helps at the step under the cursor, and who settled it when."""
    if tick is not None:
        state = "Skipped" if tick.state == "skipped" else "Done"
        who = f" by {tick.agent}" if tick.agent else ""
        yield from _paragraph(f"{state}{who}, {moment(tick.at, aid.now, aid.zone)}", "faint", cells)
    yield from _paragraph(step.meaning, "plain", cells)
    if step.tip:
        yield from _paragraph(step.tip, "muted", cells)
    if step.done_when:
        yield from _paragraph("Done when: " + step.done_when, "good", cells)
    words = aid.words.get(step.snippet, "")
    if words:
        yield from _paragraph(f"Say: {words}", "tag", cells)
    elif step.snippet:
        yield from _paragraph(f"Snippet ;{step.snippet}", "tag", cells)


def _paragraph(text: str, ink: str, cells: int) -> Iterator[tuple[Piece, ...]]:
    words = one_line(" ".join(text.split()))
    for start, end in wrap(words, max(cells - 4, 1)):
        yield ("    ", "plain"), (words[start:end], ink)
