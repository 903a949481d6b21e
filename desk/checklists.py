"""Conversation checklists: their steps, which one a ticket is offered, and how far a conversation has come.

The wording is content (TOML that teams write), the rules are here. The invariants: a step that comes later (HEARD's
Diagnose) never keeps a conversation from being complete and is told apart; a step is known by its key, so that its
wording can change while tickets are open; `parse_checklists(to_toml(templates))` gives the same templates.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from desk.errors import BadInput
from desk.identifiers import fold
from desk.mood import Mood
from desk.statuses import parse_channel
from desk.tables import Table, quoted, quoted_list, read_tables

# One key ticks a step: 1 to 9, and 0 for the tenth.
MOST_STEPS = 10

_MEND_STEPS = f"Write 1 to {MOST_STEPS}, one for each digit; of a longer list make two."

_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class StepField(StrEnum):
    """What a step lets the agent write down; goal, summary and choice stay on the ticket for everyone after."""

    NONE = "none"
    GOAL = "goal"
    SUMMARY = "summary"
    CHOICE = "choice"
    TASK = "task"
    GESTURE = "gesture"


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `snippet` is the trigger of the snippet that belongs to it; `later` may be done after the solution."""

    key: str
    title: str
    meaning: str
    tip: str = ""
    done_when: str = ""
    snippet: str = ""
    required: bool = True
    later: bool = False
    field: StepField = StepField.NONE


@dataclass(frozen=True, slots=True)
class ChecklistTemplate:
    """A checklist and what it is bound to: it is offered where every binding that it has is met.

    `angry` binds it to customers who are upset, `flags` to those who bear a flag of that kind; one without any binding
    is offered where nothing else fits.
    """

    key: str
    title: str
    steps: tuple[Step, ...]
    purpose: str = ""
    angry: bool = False
    channels: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    def step(self, key: str) -> Step:
        """The step of that key; raises BadInput where there is none."""
        for step in self.steps:
            if step.key == key:
                return step
        raise BadInput(f"“{key}” is no step of {self.title}", f"Its steps: {', '.join(s.key for s in self.steps)}.")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one run of a checklist has come.

    `complete`: every required step was done or skipped, those that come later aside.
    """

    done: int
    skipped: int
    total: int
    complete: bool

    @property
    def text(self) -> str:
        """As the panel's title shows it: `2/5`."""
        return f"{self.done}/{self.total}"


def digit_of(place: int) -> str:
    """The key that ticks the step at a place counted from 0."""
    return str((place + 1) % MOST_STEPS)


def progress(template: ChecklistTemplate, done: Collection[str], skipped: Collection[str]) -> Progress:
    """The progress of a run from the keys of its steps; keys that the template no longer has are passed over."""
    handled = {*done, *skipped}
    open_steps = [step for step in template.steps if step.key not in handled]
    return Progress(
        done=sum(step.key in done for step in template.steps),
        skipped=sum(step.key in skipped and step.key not in done for step in template.steps),
        total=len(template.steps),
        complete=not any(step.required and not step.later for step in open_steps),
    )


def suggest(
    templates: Iterable[ChecklistTemplate],
    *,
    mood: Mood,
    channel: str,
    tags: Collection[str],
    queue: str,
    flags: Collection[str],
) -> str:
    """The key of the checklist that suits a ticket best; `flags` are the kinds of its customer's flags.

    Of those whose bindings are all met the closest wins: a flag before a tag, a tag before the mood, the mood before
    the queue, the queue before the channel; of equals the first. So a team's list for one tag comes before HEARD, its
    list for all calls doesn't. Where none fits it is the first of all; raises BadInput where there is none at all.
    """
    folded_tags, folded_flags = {fold(tag) for tag in tags}, {fold(flag) for flag in flags}
    best: tuple[int, str] | None = None
    for template in templates:
        bindings = (
            (16, bool(template.flags), any(fold(flag) in folded_flags for flag in template.flags)),
            (8, bool(template.tags), any(fold(tag) in folded_tags for tag in template.tags)),
            (4, template.angry, mood.angry),
            (2, bool(template.queues), fold(queue) in {fold(name) for name in template.queues}),
            (1, bool(template.channels), channel in template.channels),
        )
        met = all(fits for _, bound, fits in bindings if bound)
        closeness = sum(weight for weight, bound, _ in bindings if bound) if met else -1
        if best is None or closeness > best[0]:
            best = (closeness, template.key)
    if best is None:
        raise BadInput("There is no checklist to offer", "Add one, or import the starter checklists.")
    return best[1]


def parse_checklists(toml_text: str, where: str) -> tuple[ChecklistTemplate, ...]:
    """The checklists of a file; raises BadInput with file, checklist, step, key, what is wrong and the nearest name."""
    whole = read_tables(toml_text, where)
    tables = whole.tables("checklist")
    whole.done()
    templates: list[ChecklistTemplate] = []
    for table in tables:
        template = _template(table)
        if any(template.key == other.key for other in templates):
            raise table.problem("key", f"“{template.key}” is there twice", "Give each checklist its own key.")
        templates.append(template)
    return tuple(templates)


def to_toml(templates: Iterable[ChecklistTemplate]) -> str:
    """The file that `parse_checklists` reads; what has its usual value is left out."""
    return "\n".join(_written(template) for template in templates)


def _template(table: Table) -> ChecklistTemplate:
    key = _key(table)
    steps = tuple(_step(each) for each in table.tables("step"))
    template = ChecklistTemplate(
        key=key,
        title=table.text("title"),
        steps=steps,
        purpose=table.text("purpose", ""),
        angry=table.flag("angry", default=False),
        channels=tuple(_channel(table, name) for name in table.texts("channels")),
        tags=table.texts("tags"),
        queues=table.texts("queues"),
        flags=table.texts("flags"),
    )
    table.done()
    if not 1 <= len(steps) <= MOST_STEPS:
        raise table.problem("step", f"there are {len(steps)} steps", _MEND_STEPS)
    twice = next((step.key for place, step in enumerate(steps) if step.key in {s.key for s in steps[:place]}), None)
    if twice is not None:
        raise table.problem("step", f"“{twice}” is there twice", "Give each step its own key.")
    return template


def _step(table: Table) -> Step:
    step = Step(
        key=_key(table),
        title=table.text("title"),
        meaning=table.text("meaning"),
        tip=table.text("tip", ""),
        done_when=table.text("done_when", ""),
        snippet=table.text("snippet", ""),
        required=table.flag("required", default=True),
        later=table.flag("later", default=False),
        field=StepField(table.choice("field", [kind.value for kind in StepField], StepField.NONE)),
    )
    table.done()
    return step


def _key(table: Table) -> str:
    key = table.text("key")
    if not _KEY.fullmatch(key):
        raise table.problem("key", f"“{key}” is no key", "Small letters, digits and hyphens, 40 at most.")
    return key


def _channel(table: Table, name: str) -> str:
    try:
        return parse_channel(name).key
    except BadInput as error:
        raise table.problem("channels", error.message, error.mend) from None


def _written(template: ChecklistTemplate) -> str:
    lines = ["[[checklist]]", f"key = {quoted(template.key)}", f"title = {quoted(template.title)}"]
    if template.purpose:
        lines.append(f"purpose = {quoted(template.purpose)}")
    if template.angry:
        lines.append("angry = true")
    lists = (
        ("channels", template.channels),
        ("tags", template.tags),
        ("queues", template.queues),
        ("flags", template.flags),
    )
    lines += [f"{name} = {quoted_list(values)}" for name, values in lists if values]
    for step in template.steps:
        lines += ["", *_written_step(step)]
    return "\n".join(lines) + "\n"


def _written_step(step: Step) -> list[str]:
    texts = (
        ("key", step.key),
        ("title", step.title),
        ("meaning", step.meaning),
        ("tip", step.tip),
        ("done_when", step.done_when),
        ("snippet", step.snippet),
        ("field", "" if step.field is StepField.NONE else step.field.value),
    )
    lines = ["[[checklist.step]]", *(f"{name} = {quoted(text)}" for name, text in texts if text)]
    if not step.required:
        lines.append("required = false")
    if step.later:
        lines.append("later = true")
    return lines
