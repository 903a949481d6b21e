"""What happens on each ticket of the demo: a scenario, told up to some point, in days and hours that make sense."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from console.demo.content import Scenario
from console.demo.people import Made
from desk.statuses import Priority, Status
from desk.times import HOUR, MINUTE

# How far a story has come, and how many of a hundred tickets stand there.
POINTS = {"new": 9, "answered": 7, "waiting": 6, "hold": 3, "snoozed": 3, "solved": 42, "closed": 30}
# How many of those that are done needed no second word.
AT_ONCE = 0.45
_STATUS = {
    "new": Status.OPEN, "answered": Status.OPEN, "waiting": Status.PENDING, "hold": Status.HOLD,
    "snoozed": Status.OPEN, "solved": Status.SOLVED, "closed": Status.CLOSED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a story: inbound, outbound, note or call."""

    kind: str
    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Story:
    """One ticket, with all that was said on it. `promised_at` is what the last answer told the customer."""

    customer: Made
    scenario: Scenario
    channel: str
    subject: str
    status: Status
    priority: Priority
    created_at: int
    lines: tuple[Line, ...]
    goal: str
    snoozed_until: int | None
    promised_at: int | None
    assigned: bool
    checklist: str


def told(
    dice: random.Random, scenario: Scenario, customer: Made, words: Mapping[str, str], point: str, channel: str,
    now: int, *, angry: bool = False,
) -> Story:  # fmt: skip
    """A story that has come to `point` by now."""
    created = now - _age(dice, point)
    lines = _lines(dice, scenario, point, channel, created, now, angry=angry)
    named = {**words, "name": customer.first, "order": customer.order, "account": customer.account}
    promised = point == "waiting" and dice.random() < 0.5
    return Story(
        customer=customer,
        scenario=scenario,
        channel=channel,
        subject=_fill(dice.choice(scenario.subjects), named),
        status=_STATUS[point],
        priority=Priority.HIGH if angry else dice.choices((Priority.NORMAL, Priority.LOW, Priority.HIGH), (8, 1, 1))[0],
        created_at=created,
        lines=tuple(Line(line.kind, line.at, _fill(line.text, named)) for line in lines),
        goal=_fill(scenario.goal, named) if point != "new" and dice.random() < 0.6 else "",
        snoozed_until=now + dice.randrange(4, 70) * HOUR if point == "snoozed" else None,
        promised_at=now + dice.randrange(2, 30) * HOUR if promised else None,
        assigned=point != "new" or dice.random() < 0.3,
        checklist=("heard" if angry else "ten-steps") if point != "new" and dice.random() < 0.7 else "",
    )


def _age(dice: random.Random, point: str) -> int:
    """How long ago it began: an active queue is hours old, its history goes back two months."""
    if point == "new":
        return dice.randrange(4, 26 * 60) * MINUTE
    if point in ("solved", "closed"):
        return dice.randrange(3 * 24, 60 * 24) * HOUR if point == "closed" else dice.randrange(30, 14 * 24) * HOUR
    return dice.randrange(6, 70) * HOUR


def _lines(
    dice: random.Random, scenario: Scenario, point: str, channel: str, created: int, now: int, *, angry: bool
) -> list[Line]:
    on_the_phone = channel == "phone"
    opening = scenario.angry if angry and not on_the_phone else dice.choice(scenario.openings)
    plot = [("call", dice.choice(scenario.calls)) if on_the_phone else ("inbound", opening)]
    if point == "snoozed":
        plot.append(("note", scenario.note))
    elif point != "new":
        plot.append(("outbound", scenario.ask))
        if point != "waiting":
            plot.append(("inbound", scenario.answer))
        if point == "hold" or (point in ("solved", "closed") and dice.random() < 0.5):
            plot.append(("note", scenario.note))
        if point in ("solved", "closed"):
            plot.append(("outbound", scenario.resolve))
            if dice.random() < 0.4:
                plot.append(("inbound", scenario.thanks))
    step = min((now - created) // (len(plot) + 1), 20 * HOUR)
    moments = [created + place * step + (dice.randrange(step // 2) if place else 0) for place in range(len(plot))]
    if point in ("solved", "closed") and random.Random(created).random() < AT_ONCE:
        # One answer settled it, or the call itself; by a die of its own, so that all others fall as they would.
        needless = {scenario.ask, scenario.answer, *((scenario.resolve,) if on_the_phone else ())}
        plot = [(kind, text) for kind, text in plot if text not in needless]
    return [Line(kind, at, text) for (kind, text), at in zip(plot, moments, strict=False)]


def _fill(text: str, words: Mapping[str, str]) -> str:
    return text.format_map(words)


def point_of(dice: random.Random) -> str:
    """A point for an ordinary ticket, by the shares above."""
    return dice.choices(tuple(POINTS), tuple(POINTS.values()))[0]
