"""When to try a source again: soon after a slip, rarely when it stays away, not at all while it refuses the password.

Where no line to it comes about, a try costs nobody anything: whoever waits for it doesn't wait long. Pure arithmetic,
so that it can be tested without waiting. Times are microseconds UTC, spans too.
"""

from dataclasses import dataclass
from random import Random

from desk.times import MINUTE, SECOND

FIRST = 2 * SECOND
LONGEST = 5 * MINUTE
# A network that is back is noticed after so long at most, while a console is open or something waits to leave.
AWAITED = 30 * SECOND
# A refused password is tried so rarely that no server locks the account for it.
DENIED = 15 * MINUTE
# From here on the source counts as away: its state says so, and one try at a time is all that it gets.
AWAY_AFTER = 3


def was_set_back(seen: int, now: int) -> bool:
    """Whether the clock has gone back since it was seen, by more than it is corrected by all the time."""
    return now < seen - MINUTE


@dataclass(frozen=True, slots=True)
class Pace:
    """How often it failed in a row, last at `failed_at`, and the earliest time of the next try (0: at once).

    `awaited_at` is that time while somebody waits for the source; never later than `next_at`.
    """

    failures: int = 0
    next_at: int = 0
    awaited_at: int = 0
    failed_at: int = 0

    @property
    def away(self) -> bool:
        """Whether it failed so often that people should be told."""
        return self.failures >= AWAY_AFTER

    def due(self, now: int, *, awaited: bool = False) -> bool:
        """Whether a try may be made: the time has come, or the clock was set back behind the failure."""
        return now >= self.earliest(awaited=awaited) or was_set_back(self.failed_at, now)

    def earliest(self, *, awaited: bool) -> int:
        """When the next try may be made, where somebody waits for the source and where nobody does."""
        return self.awaited_at if awaited else self.next_at


def after_failure(pace: Pace, now: int, chance: Random, *, offline: bool = False, asked: int | None = None) -> Pace:
    """The pace after one more failure; `asked` is the span that the server itself asked for (Retry-After).

    Doubled each time up to `LONGEST`, or to `AWAITED` for those who wait where it is merely `offline`, and spread over
    its upper half, so that the consoles of a team that lost their network together don't all come back in the same
    second.
    """
    span = FIRST << min(pace.failures, 16)
    share = chance.randrange(SECOND)

    def after(longest: int) -> int:
        half = min(longest, span) // 2
        return now + max(half + half * share // SECOND, asked or 0)

    return Pace(pace.failures + 1, after(LONGEST), after(AWAITED if offline else LONGEST), now)


def after_refusal(pace: Pace, now: int) -> Pace:
    """The pace after a refused login: nothing but a person can mend it, whoever waits."""
    return Pace(pace.failures + 1, now + DENIED, now + DENIED, now)
