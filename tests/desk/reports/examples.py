"""A report with every kind of value and chart in it, and with texts that mean harm in each form of writing."""

from datetime import UTC

from desk.money import Money
from desk.reports.period import Period
from desk.reports.report import Chart, Column, Figure, Report, Series, Shape, Table, Unit
from desk.times import HOUR, SECOND
from tests.factories import NOW

EVIL = '=HYPERLINK("http://x")</title><script>alert(1)</script>\x1b[2J\u202e'
COLUMNS = (
    Column("name", "Name"),
    Column("count", "Count", Unit.COUNT),
    Column("share", "Share", Unit.SHARE),
    Column("took", "Took", Unit.SPAN),
    Column("at", "At", Unit.MOMENT),
    Column("given", "Given", Unit.MONEY),
)


def example(evil: str = EVIL) -> Report:
    """The report; `evil` stands wherever a text can stand."""
    row = (evil, 12_000, 0.5, 90 * SECOND, NOW, Money(-1250, "EUR"))
    none = ("none", None, None, None, None, None)
    labels = (evil, "b", "c")
    one = (Series(evil, (4, 2, None)),)
    two = (*one, Series("other", (1, None, 3)))
    return Report(
        "example",
        evil,
        Period(NOW, NOW + HOUR),
        UTC,
        figures=(Figure("kept", evil, 0.996, Unit.SHARE, 1, evil, "calendar hours"),),
        tables=(Table("all", evil, COLUMNS, (row, none), evil), Table("bare", "Bare", COLUMNS, (), "", evil)),
        charts=tuple(
            Chart(shape, evil, labels, one if shape in (Shape.BARS, Shape.FUNNEL) else two, unit)
            for shape in Shape
            for unit in (Unit.COUNT, Unit.SPAN)
        ),
        filters=((evil, evil),),
        notes=(evil,),
    )


def empty() -> Report:
    """A report of a time in which nothing happened."""
    return Report(
        "example",
        "Nothing",
        Period(NOW, NOW + HOUR),
        UTC,
        figures=(Figure("kept", "Kept", None, Unit.SHARE, 0, "kept of all"),),
        tables=(Table("all", "All", COLUMNS, ()),),
        charts=(Chart(Shape.LINES, "Over time", ("a",), (Series("s", (0,)), Series("t", (None,)))),),
    )
