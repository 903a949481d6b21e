"""A line that a supervisor writes to everybody: what it says, and until when it stands. Pure.

The invariant: what is kept is one clean line that three lines of a small terminal have room for.
"""

from dataclasses import dataclass
from datetime import tzinfo

from desk.errors import BadInput
from desk.snooze import until
from desk.targets import parse_span
from desk.text import clean
from desk.times import DAY

LONGEST = 140
LONGEST_TIME = 30 * DAY
EXAMPLE = "Write it like “30m The printer is down”; without a time it stands until it is taken back."


@dataclass(frozen=True, slots=True)
class Banner:
    """What everybody is to read; `until` is a time in microseconds UTC, None until it is taken back."""

    words: str
    until: int | None


def parse_banner(text: str, now: int) -> Banner:
    """What was typed: how long it stands (`30m`, `2h`), where that is said, and the line; raises BadInput."""
    words = " ".join(clean(text, lines=False).split())
    first, _, rest = words.partition(" ")
    spans = _span(first)
    ends, said = (None, words) if spans is None else (now + spans, rest)
    if not said:
        raise BadInput("A banner says something", EXAMPLE)
    if len(said) > LONGEST:
        raise BadInput(f"A banner has {LONGEST} characters at most, this one {len(said)}", "Say the rest in a note.")
    if spans is not None and spans > LONGEST_TIME:
        raise BadInput("A banner stands for thirty days at most", "Leave the time out, and take it back by hand.")
    return Banner(said, ends)


def meaning(text: str, now: int, zone: tzinfo) -> str:
    """What would be shown, and until when."""
    if not text.strip():
        return EXAMPLE
    wanted = parse_banner(text, now)
    ends = "it is taken back" if wanted.until is None else until(wanted.until, now, zone).removeprefix("in ")
    how_long = f"for {ends}" if wanted.until is not None and ends.endswith(" m") else f"until {ends}"
    return f"every console shows {how_long}: {wanted.words}"


def _span(word: str) -> int | None:
    """A span in one word; None where it is no span."""
    try:
        return parse_span(word)
    except BadInput:
        return None
