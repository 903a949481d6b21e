"""How long ago and how long yet, in the few cells that a row of the queue has for it.

The invariant: an age is never longer than four cells, and a time that has passed never reads like one to come.
"""

from desk.times import DAY, HOUR, MINUTE, SECOND

WEEK = 7 * DAY
YEAR = 365 * DAY

# The last unit that still fits: days up to two weeks, since "9d" says more than "1w".
_STEPS = ((MINUTE, SECOND, "s"), (HOUR, MINUTE, "m"), (DAY, HOUR, "h"), (2 * WEEK, DAY, "d"), (YEAR, WEEK, "w"))


def age(since: int, now: int) -> str:
    """The time since `since` in its largest fitting unit, rounded down: `40s`, `12m`, `3h`, `2d`, `5w`, `2y`."""
    passed = max(0, now - since)
    for limit, unit, letter in _STEPS:
        if passed < limit:
            return f"{passed // unit}{letter}"
    return f"{min(passed // YEAR, 999)}y"


def due(at: int, now: int) -> str:
    """A due time as hours and minutes from now: `due 1:40`, `late 0:12`; by the day where it is two days or more."""
    left = at - now
    if left == 0:
        return "due now"
    return f"due {_clock(left)}" if left > 0 else f"late {_clock(-left)}"


def _clock(span: int) -> str:
    if span < MINUTE:
        return f"{span // SECOND}s"
    if span < 2 * DAY:
        return f"{span // HOUR}:{span % HOUR // MINUTE:02}"
    return f"{span // DAY}d"
