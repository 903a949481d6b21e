"""Figures in one line of signs: steps and bars. Pure and without Textual, since commands print them too.

The invariant: none of them takes more cells than it was given.
"""

from collections.abc import Sequence

STEPS = "▁▂▃▄▅▆▇█"
BAR = "█"
_EIGHTHS = " ▏▎▍▌▋▊▉"


def sparkline(values: Sequence[float | None], room: int, most: float = 0) -> str:
    """One sign a value; where there are more than fit, neighbours are taken together by their largest."""
    known = [value or 0 for value in values]
    step = -(-len(known) // max(room, 1)) or 1
    kept = [max(known[at : at + step]) for at in range(0, len(known), step)]
    top = max(most, *kept, 0) or 1
    return "".join(STEPS[min(len(STEPS) - 1, int(value / top * len(STEPS)))] if value else " " for value in kept)


def bar(share: float, room: int) -> str:
    """A bar of that share of the room, to an eighth of a cell; whatever is more than nothing is seen."""
    eighths = round(max(0.0, min(share, 1.0)) * room * 8)
    if share > 0:
        eighths = max(eighths, 1)
    full, rest = divmod(eighths, 8)
    return BAR * full + (_EIGHTHS[rest] if rest else "")
