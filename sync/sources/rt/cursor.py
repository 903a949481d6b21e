"""How far a Request Tracker was read: its transactions by number, its past by tickets, the newest first.

The invariant: a cursor is what a page gave, in JSON; one that can't be read any more is as good as none, which reads
everything again.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

# A number is given when a change begins, so that a lower one may turn up after a higher one: numbers that were not seen
# among so many of the newest are asked for again for so many seconds.
LOOK_BACK = 200
LATE = 300


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers from `first` to `last` that weren't there at `since` (seconds)."""

    first: int
    last: int
    since: int


@dataclass(frozen=True, slots=True)
class NewsCursor:
    """All transactions up to `top` are read, but for those in `gaps`. `hides`: some are hidden from this user."""

    top: int
    gaps: tuple[Gap, ...] = ()
    hides: bool = False

    def after(self, seen: Iterable[int], now: int, *, hides: bool) -> "NewsCursor":
        """The cursor once these have come."""
        numbers = sorted({number for number in seen if number > self.top or self.misses(number)})
        top = max([self.top, *numbers])
        fresh = (Gap(self.top + 1, top, now),) if top > self.top else ()
        gaps = [gap for gap in self.gaps if 0 <= now - gap.since < LATE] + list(fresh)
        left = [piece for gap in gaps for piece in _without(gap, numbers)]
        return NewsCursor(top, tuple(gap for gap in left if gap.last > top - LOOK_BACK), hides)

    def misses(self, number: int) -> bool:
        """Whether a number was not there yet."""
        return any(gap.first <= number <= gap.last for gap in self.gaps)


@dataclass(frozen=True, slots=True)
class PastCursor:
    """Tickets from `below` on are read; first those that are active, then all others.

    `since`: when it was begun, in seconds: what has become active, or no longer is, was changed after that. `others`:
    how many weren't active then.
    """

    since: int
    others: int = 0
    active: bool = True
    below: int = 0
    done: bool = False

    def over(self) -> "PastCursor":
        """The cursor once there are no more of its sort."""
        return replace(self, active=False, below=0) if self.active else replace(self, done=True)


def write_cursor(cursor: NewsCursor | PastCursor) -> str:
    """A cursor as text."""
    return json.dumps(asdict(cursor), separators=(",", ":"))


def read_news(text: str) -> NewsCursor | None:
    """The cursor of the news; None where there is none yet."""
    try:
        told = json.loads(text)
        gaps = tuple(Gap(int(each["first"]), int(each["last"]), int(each["since"])) for each in told["gaps"])
        return NewsCursor(int(told["top"]), gaps, bool(told["hides"]))
    except (ValueError, KeyError, TypeError):
        return None


def read_past(text: str, now: int) -> PastCursor:
    """The cursor of the past, from its beginning where there is none yet."""
    try:
        told = json.loads(text)
        since, others, below = int(told["since"]), int(told["others"]), int(told["below"])
        return PastCursor(since, others, bool(told["active"]), below, bool(told["done"]))
    except (ValueError, KeyError, TypeError):
        return PastCursor(now)


def _without(gap: Gap, numbers: Iterable[int]) -> list[Gap]:
    """What is left of a gap without these numbers, which rise."""
    pieces, first = [], gap.first
    for number in numbers:
        if first <= number <= gap.last:
            if number > first:
                pieces.append(Gap(first, number - 1, gap.since))
            first = number + 1
    return [*pieces, Gap(first, gap.last, gap.since)] if first <= gap.last else pieces
