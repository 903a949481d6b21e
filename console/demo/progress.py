"""How far the demo team came with its checklists, so that the funnel has something to tell.

The invariant: the same ticket comes as far each time, whatever else of the demo changes.
"""

import random
from collections.abc import Sequence

WHOLE, WITH_A_SKIP = 0.6, 0.88
LATER = 0.5
# How many of the solved ones came back: more of those in which something was left out.
CAME_BACK, CAME_BACK_SKIPPED = 0.05, 0.25
REASONS = ("nothing to confirm", "they knew what they wanted", "no time, five were waiting", "they hung up")


def ticks_of(ticket: int, steps: Sequence[str], later: Sequence[str]) -> list[tuple[str, str]]:
    """The settled steps of a solved ticket, each with why it was skipped, empty where it was done."""
    dice = random.Random(ticket)
    drawn = dice.random()
    if drawn >= WITH_A_SKIP:
        return [(step, "") for step in steps[: dice.randrange(1, len(steps))]]
    skipped = dice.choice(steps[1:]) if drawn >= WHOLE else ""
    done = [(step, dice.choice(REASONS) if step == skipped else "") for step in steps]
    return done + [(step, "") for step in later if dice.random() < LATER]


def came_back(ticket: int, *, skipped: bool) -> bool:
    """Whether a solved ticket was opened again in between."""
    return random.Random(f"back {ticket}").random() < (CAME_BACK_SKIPPED if skipped else CAME_BACK)
