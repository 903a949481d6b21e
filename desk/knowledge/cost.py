"""What an answer costs that was given before: its times, and how long each takes, in words that say how that is known.

The formula: the median time from the first key of a reply's draft to its sending, each counted as `longest` at most;
of all timed replies where too few of this answer were timed; as the rules assume where those are too few as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from desk.knowledge.rules import AnswerRules
from desk.times import MINUTE, SECOND


@dataclass(frozen=True, slots=True)
class Cost:
    """`each` and `whole` are microseconds; `basis` is "timed", "as others" or "assumed"; `timed` counts the first."""

    times: int
    each: int
    timed: int
    basis: str

    @property
    def whole(self) -> int:
        """All times together."""
        return self.times * self.each


def usual(seconds: Sequence[int], rules: AnswerRules) -> tuple[int, str]:
    """What a reply of unknown time takes, and on which basis."""
    if len(seconds) < rules.least_known:
        return rules.assumed, "assumed"
    return _middle(seconds, rules), "as others"


def cost(times: int, seconds: Sequence[int], fallback: tuple[int, str], rules: AnswerRules) -> Cost:
    """The cost of one line that was sent so many `times`, of which some were timed."""
    if len(seconds) < rules.least_known:
        return Cost(times, fallback[0], len(seconds), fallback[1])
    return Cost(times, _middle(seconds, rules), len(seconds), "timed")


def formula(rules: AnswerRules) -> str:
    """The formula in words, as it stands under every report."""
    return (
        "Times sent × the median time from the first key of the draft to its sending, each counted as "
        f"{rules.longest // MINUTE} min at most. Where fewer than {rules.least_known} replies of a line were timed, "
        f"the median of all timed replies; where those are too few too, {_minutes(rules.assumed)} are assumed. "
        "Reading the question is not in it"
    )


def _middle(seconds: Sequence[int], rules: AnswerRules) -> int:
    return int(median(min(each * SECOND, rules.longest) for each in seconds))


def _minutes(span: int) -> str:
    return f"{span / MINUTE:g} min"
