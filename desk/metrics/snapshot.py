"""One reading of the board: the values of its numbers at one moment, for whoever draws or prints them.

The invariants: `tickets` of a figure and of each of its parts is how many tickets open behind it, neither more nor
fewer; without cases a value is None, never a nought that looks like a result. Spans are microseconds, shares run from
0 to 1, money is minor units with its currency.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from desk.metrics.metric import Metric
from desk.reports.report import Cell, Unit

# To count more of them would take longer than what it is said for.
MOST_COUNTING = 100_000


@dataclass(frozen=True, slots=True)
class Part:
    """One bar of a number: a team, a channel, an hour. `key` names it for good, `label` is what people read.

    `n` is the number of cases, `tickets` how many tickets open. `p50` and `p90` are given with spans; `before` is the
    same part a week ago, where that is compared.
    """

    key: str
    label: str
    value: Cell
    n: int
    tickets: int
    p50: int | None = None
    p90: int | None = None
    before: float | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """The same number as the sources themselves report it, over the `n` tickets for which they do."""

    source: str
    value: Cell
    n: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it stands. The value of a span is its median; `mean` and `p90` stand beside it.

    `trend` is the number day by day, the oldest first and today last; empty where nobody remembers it.
    `before` is the number a week ago up to this time of day, where that is compared. `why_not` says why there is no
    value, where that isn't for want of cases.
    """

    metric: str
    value: Cell
    n: int
    tickets: int
    mean: float | None = None
    p50: int | None = None
    p90: int | None = None
    before: float | None = None
    trend: tuple[float | None, ...] = ()
    parts: tuple[Part, ...] = ()
    reported: tuple[Reported, ...] = ()
    why_not: str = ""

    def part(self, key: str) -> Part | None:
        """The part of that key."""
        return next((part for part in self.parts if part.key == key), None)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All numbers at one moment, by the id of their metric.

    `counting` is how many tickets have changed and aren't in the numbers of past days yet, up to MOST_COUNTING; mostly
    none.
    """

    at: int
    figures: Mapping[str, Figure]
    counting: int = 0


def part_unit(metric: Metric, part: Part) -> Unit:
    """A share may be told in counts: of a funnel, how many came so far."""
    return Unit.COUNT if metric.unit is Unit.SHARE and isinstance(part.value, int) else metric.unit
