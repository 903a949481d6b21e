"""What became of a promise, and by how much it was beaten, in words."""

from typing import NamedTuple

from desk.times import DAY, HOUR, MINUTE


class Settled(NamedTuple):
    """A promise that was kept or broken; `beaten_by` (microseconds) is negative where it was broken."""

    ticket_id: int
    words: str
    state: str
    beaten_by: int


def shown_span(span: int) -> str:
    """A length of time in one or two units: `40 m`, `3 h 20 m`, `2 d 4 h`; less than a minute is `0 m`."""
    for unit, smaller, (name, rest) in ((DAY, HOUR, ("d", "h")), (HOUR, MINUTE, ("h", "m"))):
        if span >= unit:
            left = span % unit // smaller
            return f"{span // unit} {name} {left} {rest}" if left else f"{span // unit} {name}"
    return f"{span // MINUTE} m"
