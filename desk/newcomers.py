"""Who is a new paying customer: the plan is none of the free ones, or they are worth something a year."""

from dataclasses import dataclass

from desk.money import Money
from desk.times import DAY

# How long somebody is new.
NEW_FOR = 30 * DAY
FREE = frozenset({"", "free", "trial", "demo", "none", "basic free", "gratis", "kostenlos", "test"})


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A customer who began lately. `written_at`: when a person of ours last wrote to them since then."""

    id: int
    name: str
    plan: str
    since: int
    email: str
    value: Money | None
    written_at: int | None


def is_paying(plan: str, value: Money | None) -> bool:
    """Whether somebody pays: what they are worth says it where it is known, else the name of their plan."""
    if value is not None:
        return value.amount > 0
    return " ".join(plan.casefold().split()) not in FREE
