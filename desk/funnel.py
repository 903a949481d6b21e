"""The funnel of a checklist: how many conversations came how far, where the others stopped, what skipping went with.

The invariants: began = whole + with skips + stopped + under way; what comes later (Diagnose) is told apart and stops
nobody; nothing is claimed of a skipped step on fewer than `LEAST_CASES` conversations on either side.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from desk.checklists import ChecklistTemplate, Step

LEAST_CASES = 20


@dataclass(frozen=True, slots=True)
class Conversation:
    """One run of a checklist on a ticket. `over`: that is solved or closed; `reopened`: it was, and came back."""

    checklist: str
    team: str
    channel: str
    agent: str
    done: frozenset[str]
    skipped: frozenset[str]
    over: bool
    reopened: bool
    ticket_id: int = 0


@dataclass(frozen=True, slots=True)
class Passed:
    """One step: who came to it (it or a later one was done or skipped), and who went no further."""

    step: Step
    reached: int
    done: int
    skipped: int
    stopped: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """`whole`: each required step was done; `skips`: some were skipped; `stopped` ended before, `under_way` may go on.

    `unbegun`: those of `stopped` in which no step at all was handled.
    """

    began: int
    whole: int
    skips: int
    stopped: int
    under_way: int
    unbegun: int
    steps: tuple[Passed, ...]


@dataclass(frozen=True, slots=True)
class Later:
    """A step that may be done later, among the conversations that are over."""

    step: Step
    done: int
    skipped: int
    over: int


@dataclass(frozen=True, slots=True)
class Reopening:
    """How many came back of the conversations in which a step was done, and of those in which it was skipped."""

    step: Step
    done: int
    done_reopened: int
    skipped: int
    skipped_reopened: int

    @property
    def difference(self) -> float | None:
        """By how much the share of those who came back is larger where it was skipped; None on too few cases."""
        if min(self.done, self.skipped) < LEAST_CASES:
            return None
        return self.skipped_reopened / self.skipped - self.done_reopened / self.done


def funnel(template: ChecklistTemplate, conversations: Iterable[Conversation]) -> Funnel:
    """How far these conversations, all of them with this checklist, came."""
    steps = _steps(template)
    ends: Counter[str] = Counter()
    furthest: Counter[int] = Counter()
    stopped_at: Counter[int] = Counter()
    done: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    for one in conversations:
        end, place = _end(steps, one), _furthest(steps, one)
        ends[end] += 1
        furthest[place] += 1
        stopped_at[place] += end == "stopped"
        done.update(one.done)
        skipped.update(one.skipped - one.done)
    passed = tuple(
        Passed(
            step,
            sum(count for furthest_place, count in furthest.items() if furthest_place >= place),
            done[step.key],
            skipped[step.key],
            stopped_at[place],
        )
        for place, step in enumerate(steps)
    )
    return Funnel(
        ends.total(), ends["whole"], ends["skips"], ends["stopped"], ends["under way"], stopped_at[-1], passed
    )


def ended(template: ChecklistTemplate, one: Conversation) -> bool:
    """Whether it counts for the share that went the whole way: it is complete, or its ticket is solved or closed."""
    return _end(_steps(template), one) != "under way"


def whole(template: ChecklistTemplate, one: Conversation) -> bool:
    """Whether every required step was done."""
    return _end(_steps(template), one) == "whole"


def reached(template: ChecklistTemplate, one: Conversation) -> tuple[str, ...]:
    """The keys of the steps that it came to: those up to the last one that was done or skipped."""
    steps = _steps(template)
    return tuple(step.key for step in steps[: _furthest(steps, one) + 1])


def later(template: ChecklistTemplate, conversations: Sequence[Conversation]) -> tuple[Later, ...]:
    """What became of the steps that come after the solution."""
    over = [one for one in conversations if one.over]
    return tuple(
        Later(
            step,
            sum(step.key in one.done for one in over),
            sum(step.key in one.skipped - one.done for one in over),
            len(over),
        )
        for step in template.steps
        if step.later
    )


def left_to_do(template: ChecklistTemplate, one: Conversation) -> tuple[Step, ...]:
    """The steps that come after the solution and are neither done nor skipped, once there is one."""
    handled = one.done | one.skipped
    return tuple(step for step in template.steps if step.later and one.over and step.key not in handled)


def reopenings(template: ChecklistTemplate, conversations: Iterable[Conversation]) -> tuple[Reopening, ...]:
    """Which steps go with coming back, of the conversations that were solved at least once."""
    once_over = [one for one in conversations if one.over or one.reopened]
    return tuple(_reopening(step, once_over) for step in template.steps if not step.later)


def grouped(
    conversations: Iterable[Conversation], by: Callable[[Conversation], str]
) -> list[tuple[str, list[Conversation]]]:
    """The conversations of each team, channel or agent, the largest group first."""
    groups: dict[str, list[Conversation]] = defaultdict(list)
    for one in conversations:
        groups[by(one)].append(one)
    return sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))


def _reopening(step: Step, conversations: Sequence[Conversation]) -> Reopening:
    done = [one for one in conversations if step.key in one.done]
    skipped = [one for one in conversations if step.key in one.skipped - one.done]
    return Reopening(
        step, len(done), sum(one.reopened for one in done), len(skipped), sum(one.reopened for one in skipped)
    )


def _steps(template: ChecklistTemplate) -> list[Step]:
    return [step for step in template.steps if not step.later]


def _end(steps: Sequence[Step], one: Conversation) -> str:
    required = [step.key for step in steps if step.required]
    if all(key in one.done for key in required):
        return "whole"
    if all(key in one.done or key in one.skipped for key in required):
        return "skips"
    return "stopped" if one.over else "under way"


def _furthest(steps: Sequence[Step], one: Conversation) -> int:
    """The place of the last step that was done or skipped, -1 where none was."""
    return max(
        (place for place, step in enumerate(steps) if step.key in one.done or step.key in one.skipped), default=-1
    )
