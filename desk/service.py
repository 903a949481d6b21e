"""How well customers were served: who waited how long for an answer, what came in and went out, what is left.

The invariants: a wait begins with the oldest message that nobody has answered and ends with our next answer, so that
writing again never makes it shorter; a call answers, and begins no wait, since somebody was there at once; a figure of
no cases is None.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from desk.clocks import Standing, Turn, clocks
from desk.hours import Hours
from desk.statuses import Status
from desk.targets import Aim, Targets
from desk.times import DAY, HOUR

Kind = Literal["first", "next"]
# Older than this is each next line of the backlog.
AGES = ((HOUR, "under 1 h"), (4 * HOUR, "1 to 4 h"), (DAY, "4 to 24 h"), (3 * DAY, "1 to 3 d"), (7 * DAY, "3 to 7 d"))
OLDEST = "over 7 d"


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a conversation, as far as waiting goes: the customer's, or an answer of ours; a call is one."""

    at: int
    ours: bool


@dataclass(frozen=True, slots=True)
class Wait:
    """A customer waited from `since` on; `until` is None while nobody has answered."""

    kind: Kind
    since: int
    until: int | None


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some spans, and what nine of ten don't exceed; None where there are none."""

    n: int
    p50: int | None
    p90: int | None


def waits(said: Iterable[Said]) -> Iterator[Wait]:
    """The waits of one conversation, whose messages come in the order of time."""
    since: int | None = None
    answered = False
    for each in said:
        if each.ours:
            if since is not None:
                yield Wait("next" if answered else "first", since, each.at)
            since, answered = None, True
        elif since is None:
            since = each.at
    if since is not None:
        yield Wait("next" if answered else "first", since, None)


def due(wait: Wait, status: int, aim: Aim, targets: Targets, turns: Sequence[Turn]) -> int | None:
    """When that answer was due by the team's targets, with the pauses that history tells; None where it never was.

    `status` is the ticket's own, for a wait that goes on.
    """
    standing = Standing(
        status=status if wait.until is None else Status.OPEN,
        created_at=wait.since,
        waiting_since=wait.since,
        answered=wait.kind == "next",
        turns=tuple(turn for turn in turns if wait.until is None or turn.at < wait.until),
        at=wait.since if wait.until is None else wait.until,
    )
    response = next((each for each in clocks(standing, aim, targets) if each.name.endswith("response")), None)
    return None if response is None else response.due_at


def within(hours: Hours | None, since: int, until: int) -> int | None:
    """The part of a span in which the team was there; None where it has no hours."""
    return None if hours is None else hours.between(since, until)


def spread(spans: Iterable[int | None]) -> Spread:
    """Median and 90th percentile by nearest rank, each a span that did happen."""
    ordered = sorted(span for span in spans if span is not None)
    if not ordered:
        return Spread(0, None, None)
    return Spread(len(ordered), ordered[(len(ordered) - 1) // 2], ordered[-(-len(ordered) * 9 // 10) - 1])


def ages(created: Iterable[int], now: int) -> dict[str, int]:
    """How many tickets are how old, the youngest line first."""
    counts = dict.fromkeys([*(name for _, name in AGES), OLDEST], 0)
    for at in created:
        counts[next((name for limit, name in AGES if now - at < limit), OLDEST)] += 1
    return counts
