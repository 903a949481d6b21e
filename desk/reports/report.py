"""What a report is: figures that explain themselves, tables with typed columns, charts as data.

The invariant: a figure never stands alone. It has the formula that it was computed by, the clock where it is about
time, and the number of cases behind it; without cases its value is None, never a nought that looks like a result.
Spans and moments are microseconds, shares run from 0 to 1.
"""

from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum

from desk.money import Money
from desk.reports.period import Period

NOTHING_YET = "Nothing in this time."


class Unit(StrEnum):
    """What a value is, so that every way of writing it knows how."""

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"
    SHARE = "share"
    SPAN = "seconds"
    MOMENT = "time"
    MONEY = "money"


class Shape(StrEnum):
    """How a chart is drawn: bars side by side, one on the other, from step to step, or as lines over time."""

    BARS = "bars"
    STACKED = "stacked"
    FUNNEL = "funnel"
    LINES = "lines"


Cell = str | int | float | Money | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `key` is its name in CSV and JSON."""

    key: str
    title: str
    unit: Unit = Unit.TEXT


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns. `note` says how they were counted, `empty` what to say where there are none."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    empty: str = NOTHING_YET


@dataclass(frozen=True, slots=True)
class Figure:
    """One number: what it is, of how many cases, by which formula and which clock (calendar or business hours)."""

    key: str
    title: str
    value: Cell
    unit: Unit
    n: int
    formula: str
    clock: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """One line or colour of a chart, a value for each of its labels; None where there is none."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Values by label. A funnel and bars have one series; bars of shares are drawn against the whole."""

    shape: Shape
    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    unit: Unit = Unit.COUNT

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw. A share of nought is something, and the first to be seen."""
        values = [value for each in self.series for value in each.values if value is not None]
        return not values if self.unit is Unit.SHARE else not any(values)


@dataclass(frozen=True, slots=True)
class Report:
    """One report whole. `filters` are what it was narrowed to, each a name and a value; `notes` stand at its end."""

    kind: str
    title: str
    period: Period
    zone: tzinfo
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    filters: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
