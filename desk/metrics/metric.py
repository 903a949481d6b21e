"""What a number of the board means: one `Metric` says how it is counted, so that nobody has to believe it blindly.

The invariant: every number on a board belongs to a metric, and every metric answers all of the questions that people
put to a number: how it is counted, by which clock, from when until when, to whose credit, and what it leaves out.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum

from desk.reports.report import Unit


class Better(Enum):
    """Which way is good; `NEITHER` where a number says what is there, and not how well."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


class Window(StrEnum):
    """Of which time a number tells. A day begins at midnight where its reader is; a week is today and six days."""

    NOW = "now"
    TODAY = "today"
    WEEK = "the last 7 days"
    MONTH = "the last 28 days"


class Split(StrEnum):
    """By what the parts of a number are told apart, in the order in which they are shown."""

    NOTHING = ""
    AGE = "age"
    TEAM = "team"
    CHANNEL = "channel"
    HOUR = "hour"
    AGENT = "agent"
    STEP = "step"
    ANSWER = "answer"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class Metric:
    """One number of the board. The texts are whole sentences for people, in their words.

    `behind` says which tickets Enter opens, as a heading of their list. `clock` is empty where no time is measured.
    """

    id: str
    title: str
    unit: Unit
    window: Window
    formula: str
    starts: str
    stops: str
    credited: str
    left_out: str
    behind: str
    clock: str = ""
    split: Split = Split.NOTHING
    better: Better = Better.NEITHER

    @property
    def clock_told(self) -> str:
        """By which clock, for people: also that there is none."""
        return self.clock or "none: no time is measured"
