"""How a report's values are told to people, and what they are as plain numbers for other programs."""

from datetime import tzinfo
from html import escape

from desk.money import DIGITS, Money
from desk.reports.report import Cell, Report, Unit
from desk.text import clean
from desk.times import DAY, HOUR, MINUTE, SECOND, iso, to_datetime

NONE = "–"


def escaped(text: str) -> str:
    """A text in a page: no markup, and nothing in it that acts on a terminal which the page is printed to."""
    return escape(clean(text, lines=False))


def worded(value: Cell, unit: Unit, zone: tzinfo) -> str:
    """A value as people read it: `53 %`, `2 h 05 min`, `12.50 EUR`; a dash where there is none."""
    match value:
        case None:
            return NONE
        case Money():
            return value.words
        case str():
            return value
    match unit:
        case Unit.SHARE:
            return _percent(value)
        case Unit.SPAN:
            return span(int(value))
        case Unit.MOMENT:
            return f"{to_datetime(int(value), zone):%Y-%m-%d %H:%M}"
        case Unit.NUMBER:
            return f"{value:,.1f}"
        case _:
            return f"{value:,}" if isinstance(value, int) else f"{value:,g}"


def raw(value: Cell, unit: Unit, zone: tzinfo) -> str | int | float | None:
    """The same for programs: shares from 0 to 1, spans in seconds, moments in ISO 8601, money as a decimal text."""
    match value:
        case None | str():
            return value
        case Money():
            return decimal(value)
    if unit is Unit.SPAN:
        return value / SECOND
    if unit is Unit.MOMENT:
        return iso(int(value), zone)
    return round(value, 6) if isinstance(value, float) else value


def decimal(money: Money) -> str:
    """The amount with as many places as its currency has: `12.50`, `1200` of yen."""
    places = DIGITS.get(money.currency, 2)
    sign, digits = "-" * (money.amount < 0), f"{abs(money.amount):0{places + 1}}"
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else sign + digits


def span(microseconds: int) -> str:
    """A span in its two largest units: `40 s`, `2 min 05 s`, `2 h 05 min`, `3 d 4 h`."""
    size, sign = abs(microseconds), "-" * (microseconds < 0)
    if size < MINUTE:
        return f"{sign}{size // SECOND} s"
    for unit, name, smaller, its_name, limit in (
        (MINUTE, "min", SECOND, "s", HOUR),
        (HOUR, "h", MINUTE, "min", 2 * DAY),
    ):
        if size < limit:
            rest = size % unit // smaller
            return f"{sign}{size // unit} {name}" + (f" {rest:02} {its_name}" if rest else "")
    hours = size % DAY // HOUR
    return f"{sign}{size // DAY} d" + (f" {hours} h" if hours else "")


def of_cases(n: int) -> str:
    """How many cases are behind a figure."""
    return "1 case" if n == 1 else f"{n:,} cases"


def period_words(report: Report) -> str:
    """From when until when the report reaches."""
    since, until = (f"{to_datetime(at, report.zone):%a %d %b %Y %H:%M}" for at in _ends(report))
    return f"{since} to {until} ({_zone_name(report)})"


def _ends(report: Report) -> tuple[int, int]:
    return report.period.since, report.period.until


def _zone_name(report: Report) -> str:
    return getattr(report.zone, "key", None) or str(report.zone)


def _percent(value: float) -> str:
    """Whole percents, but never 0 or 100 where a few cases say otherwise."""
    percents = value * 100
    if 0 < percents < 1 or 99 < percents < 100:
        return f"{percents:.1f} %"
    return f"{percents:.0f} %"
