"""The clocks of a ticket: first response, next response, resolution; when each ends, warns, and stands still.

The invariants: while a customer waits for us there is a due time, and it is counted from the oldest message that nobody
has answered, so that writing again never sends anyone to the end of the line; a clock that stood still goes on with
what was left of it. All of it follows from what is written on the ticket, so that it can be counted anew at any time.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from desk.hours import Hours
from desk.statuses import Status
from desk.targets import Aim, Targets

State = Literal["running", "warned", "breached", "paused"]
# From when until when a clock stands still; None is until further notice.
Pause = tuple[int, int | None]

_STOPPED = {"pending": Status.PENDING, "hold": Status.HOLD}
# Time that nobody remembers: a ticket that was pending before its history begins.
_EVER = 0


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock. `due_at` is None while it stands still, and then `left` of its time (microseconds) isn't used up."""

    name: str
    begun_at: int
    due_at: int | None
    warns_at: int | None
    left: int

    def state(self, now: int) -> State:
        """How it stands."""
        if self.due_at is None or self.warns_at is None:
            return "paused"
        if now >= self.due_at:
            return "breached"
        return "warned" if now >= self.warns_at else "running"


class Turn(NamedTuple):
    """A change of `status` or of `snoozed_until`, as history tells it."""

    at: int
    field: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a ticket's clocks are counted from. `waiting_since` is the time of the oldest unanswered message.

    `turns` are those of its history, the oldest first; `at` is when what history doesn't tell yet became so, and `was`
    the status until then, where there is such a thing.
    """

    status: int
    created_at: int
    waiting_since: int | None
    answered: bool
    snoozed_until: int | None = None
    heard_at: int | None = None
    turns: tuple[Turn, ...] = ()
    at: int = 0
    was: int | None = None


class Due(NamedTuple):
    """When the next thing is due on a ticket, and from when on it warns."""

    at: int | None
    warns_at: int | None


NOTHING_DUE = Due(None, None)


def clocks(standing: Standing, aim: Aim, targets: Targets) -> tuple[Clock, ...]:
    """The clocks that have begun and not ended, the response first; none on a ticket that is done with."""
    if standing.status >= Status.SOLVED:
        return ()
    found: list[Clock] = []
    still = pauses(standing, aim.pauses)
    if standing.waiting_since is not None:
        span = aim.next_response if standing.answered else aim.first_response
        name = "next response" if standing.answered else "first response"
        found += _clock(name, standing.waiting_since, span, aim.hours, still, targets)
    found += _clock("resolution", standing.created_at, aim.resolution, aim.hours, still, targets)
    return tuple(found)


def next_due(running: Iterable[Clock], others: Iterable[int | None]) -> Due:
    """The earliest of running clocks and of other times, such as the inner targets of promises and follow-ups.

    Those are no limits themselves: they warn from their time on, and nothing is late before what they stand for is.
    """
    dues = [Due(clock.due_at, clock.warns_at) for clock in running if clock.due_at is not None]
    dues += [Due(at, at) for at in others if at is not None]
    return min(dues, key=lambda due: due.at or 0, default=NOTHING_DUE)


def pauses(standing: Standing, reasons: frozenset[str]) -> tuple[Pause, ...]:
    """When the clocks of a ticket stood still, and whether they do now, in the order of time and apart."""
    always = standing.was in (None, standing.status)
    if standing.status == Status.OPEN and always and not standing.turns and standing.snoozed_until is None:
        return ()
    stopped = {status for name, status in _STOPPED.items() if name in reasons} | {Status.SOLVED, Status.CLOSED}
    spans = list(_by_status(standing, stopped))
    if "snoozed" in reasons:
        spans += _by_snooze(standing)
    return tuple(_joined(spans))


def _clock(
    name: str, begun: int, span: int | None, hours: Hours | None, still: Sequence[Pause], targets: Targets
) -> Iterator[Clock]:
    if span is None:
        return
    at, left = begun, span
    for since, until in still:
        if until is not None and until <= at:
            continue
        run = _between(at, max(at, since), hours)
        if run >= left:
            break
        left -= run
        if until is None:
            yield Clock(name, begun, None, None, left)
            return
        at = until
    # Pauses and nights are no part of a clock's time, so that a warning isn't counted from them.
    warns = _after(at, max(0, left - targets.warns_with(span)), hours)
    yield Clock(name, begun, _after(at, left, hours), warns, left)


def _after(at: int, span: int, hours: Hours | None) -> int:
    return at + span if hours is None else hours.after(at, span)


def _between(since: int, until: int, hours: Hours | None) -> int:
    return until - since if hours is None else hours.between(since, until)


def _by_status(standing: Standing, stopped: set[Status]) -> Iterator[Pause]:
    turns = [turn for turn in standing.turns if turn.field == "status"]
    before = standing.status if standing.was is None else standing.was
    last = turns[-1].after if turns else before
    if last != standing.status:
        turns.append(Turn(standing.at, "status", last, standing.status))
    since = _EVER if (turns[0].before if turns else standing.status) in stopped else None
    for turn in turns:
        if turn.after in stopped:
            since = turn.at if since is None else since
        elif since is not None:
            yield since, turn.at
            since = None
    if since is not None:
        yield since, None


def _by_snooze(standing: Standing) -> Iterator[Pause]:
    """It is away until its time, until someone snoozes it anew, or until the customer writes and wakes it."""
    turns = [turn for turn in standing.turns if turn.field == "snoozed_until"]
    last = turns[-1].after if turns else None
    if standing.snoozed_until is not None and last != standing.snoozed_until:
        turns.append(Turn(standing.at, "snoozed_until", last, standing.snoozed_until))
    for place, turn in enumerate(turns):
        if turn.after is None:
            continue
        ends = [turn.after, *(later.at for later in turns[place + 1 : place + 2])]
        if place == len(turns) - 1 and standing.snoozed_until is None:
            woken = standing.heard_at
            ends.append(woken if woken is not None and woken > turn.at else max(standing.at, turn.at))
        if min(ends) > turn.at:
            yield turn.at, min(ends)


def _joined(spans: Iterable[Pause]) -> Iterator[Pause]:
    begun: int | None = None
    ends: int | None = None
    for since, until in sorted(spans, key=lambda span: span[0]):
        if begun is None:
            begun, ends = since, until
        elif ends is None or since <= ends:
            ends = None if ends is None or until is None else max(ends, until)
        else:
            yield begun, ends
            begun, ends = since, until
    if begun is not None:
        yield begun, ends
