"""The facts of a ticket that the board counts: pure arithmetic over what was said and what was done on it.

The invariant: a ticket's facts follow from what is written on it and from nothing else, so that undoing, merging,
erasing, late mail and an import are all the same: its facts are counted anew, and take the place of the old ones.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from desk.service import Kind, Wait
from desk.statuses import Status


class Did(IntEnum):
    """What a fact says. The numbers stand in the database, so that none may ever change."""

    ARRIVED = 0
    SOLVED = 1
    REOPENED = 2
    FIRST_RESPONSE = 3
    NEXT_RESPONSE = 4
    AWAITS_FIRST = 5
    AWAITS_NEXT = 6
    ANSWERED = 7
    SAID_FIRST_RESPONSE = 8


RESPONSES: Mapping[Kind, Did] = {"first": Did.FIRST_RESPONSE, "next": Did.NEXT_RESPONSE}
AWAITED: Mapping[Kind, Did] = {"first": Did.AWAITS_FIRST, "next": Did.AWAITS_NEXT}
# A customer who still waits does so however long it has been; all else is forgotten with the days that no number shows.
STANDING = frozenset(AWAITED.values())


class Fact(NamedTuple):
    """One thing that happened at a time. What the other columns mean depends on what it was.

    | did | at | took | in_hours | met | until |
    |---|---|---|---|---|---|
    | ARRIVED, REOPENED | then | | | | |
    | SOLVED | then | | | solved still: by one answer? | when it was last opened again |
    | a response | the answer | the wait | of it in hours | in time? | when it was due |
    | awaited | the customer wrote | | | | when it is due |
    | ANSWERED | the ticket came | until the first answer | | resolved by it? | |
    | SAID_FIRST_RESPONSE | the answer | as the source reports it | | | |
    """

    did: Did
    at: int
    took: int | None = None
    in_hours: int | None = None
    met: bool | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A wait, the part of it in the team's hours, and when its answer was due by the team's targets, each or None."""

    wait: Wait
    in_hours: int | None
    due_at: int | None

    @property
    def met(self) -> bool | None:
        """Whether the answer came in time; None where nobody asked for that, or there is none yet."""
        if self.due_at is None or self.wait.until is None:
            return None
        return self.wait.until <= self.due_at


@dataclass(frozen=True, slots=True)
class History:
    """What is written on one ticket, as far as it counts.

    `solved` are the times of history, and `solved_at` what the ticket says of itself; `answers` is how many answers of
    ours left, the first at `answered_at`; `first_contact` whether that was enough. `said` is how long the first
    response took in the words of its source.
    """

    status: int
    created_at: int
    came_in: bool
    solved_at: int | None
    solved: Sequence[int]
    reopened: Sequence[int]
    waits: Sequence[Judged]
    answers: int
    answered_at: int | None
    first_contact: bool
    said: int | None = None


def facts(of: History) -> Iterator[Fact]:
    """All facts of a ticket that is no part of another one."""
    if of.came_in:
        yield Fact(Did.ARRIVED, of.created_at)
    stands = of.status >= Status.SOLVED
    solved = {*of.solved, *((of.solved_at,) if stands and of.solved_at is not None else ())}
    for at in sorted(solved):
        by_one = of.answers == 1 if stands else None
        yield Fact(Did.SOLVED, at, met=by_one, until=max(of.reopened, default=None))
    yield from (Fact(Did.REOPENED, at) for at in of.reopened)
    for each in of.waits:
        yield from _waited(each, of)
    if of.answered_at is not None:
        yield Fact(Did.ANSWERED, of.created_at, took=of.answered_at - of.created_at, met=of.first_contact)


def _waited(each: Judged, of: History) -> Iterator[Fact]:
    wait = each.wait
    if wait.until is not None:
        took = wait.until - wait.since
        yield Fact(RESPONSES[wait.kind], wait.until, took, each.in_hours, each.met, each.due_at)
        if wait.kind == "first" and of.said is not None:
            yield Fact(Did.SAID_FIRST_RESPONSE, wait.until, took=of.said)
    elif of.status < Status.SOLVED:
        yield Fact(AWAITED[wait.kind], wait.since, until=each.due_at)
