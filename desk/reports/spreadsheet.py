"""A report as CSV: one table alone, or all of it as blocks with an empty line between.

The invariant: no text becomes a formula. A spreadsheet runs what begins with `=`, `+`, `-` or `@` (in some languages as
wide signs too, and some leave blanks in front away), and customers write into these cells, so that such a text gets an
apostrophe in front. Many take a semicolon for the border of a cell, whatever stands around it: what would begin a
formula behind one gets an apostrophe as well. A text is one line.
"""

import csv
import io
import re
from collections.abc import Iterator

from desk.errors import NotFound
from desk.money import Money
from desk.nearest import mend_name
from desk.reports.report import Cell, Column, Figure, Report, Table, Unit
from desk.reports.words import raw
from desk.text import clean

# Where a cell begins, or would by another idea of where cells end: then quotes and blanks, and the sign that is run.
_ACTIVE = re.compile(r"""(^|;)(["'\s]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20\u2212])""")
_FIGURES = ("figure", "value", "unit", "n", "formula", "clock")


def to_csv(report: Report, only: str = "") -> str:
    """The whole report, or the table of that key; NotFound names those that there are."""
    blocks = [_table(report, _table_named(report, only))] if only else list(_blocks(report))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for number, block in enumerate(blocks):
        if number:
            writer.writerow(())
        writer.writerows(block)
    return text.getvalue()


def _blocks(report: Report) -> Iterator[list[list[object]]]:
    if report.figures:
        yield [list(_FIGURES), *(_figure(report, figure) for figure in report.figures)]
    for table in report.tables:
        yield [[_harmless(table.title)], *_table(report, table)]


def _figure(report: Report, figure: Figure) -> list[object]:
    value, unit = raw(figure.value, figure.unit, report.zone), figure.unit.value
    currency = f" {figure.value.currency}" if isinstance(figure.value, Money) else ""
    return [figure.key, _harmless(value), unit + currency, figure.n, _harmless(figure.formula), _harmless(figure.clock)]


def _table(report: Report, table: Table) -> list[list[object]]:
    head = [key for column in table.columns for key in _heads(column)]
    return [list(head), *(_row(report, row, table.columns) for row in table.rows)]


def _row(report: Report, row: tuple[Cell, ...], columns: tuple[Column, ...]) -> list[object]:
    pairs = zip(row, columns, strict=True)
    return [_harmless(value) for cell, column in pairs for value in _values(report, cell, column)]


def _heads(column: Column) -> tuple[str, ...]:
    """Money takes two columns, so that the amounts can be added up."""
    return (column.key, f"{column.key}_currency") if column.unit is Unit.MONEY else (column.key,)


def _values(report: Report, cell: Cell, column: Column) -> tuple[object, ...]:
    value = raw(cell, column.unit, report.zone)
    if column.unit is Unit.MONEY:
        return value, cell.currency if isinstance(cell, Money) else ""
    return (value,)


def _harmless(value: object) -> object:
    """The value, or the text that no spreadsheet runs; a negative amount stays a number."""
    if not isinstance(value, str):
        return value
    text = clean(value, lines=False)
    return text if _is_number(text) else _ACTIVE.sub(r"\1'\2", text)


def _is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdecimal() and text.isascii()


def _table_named(report: Report, key: str) -> Table:
    for table in report.tables:
        if table.key == key:
            return table
    keys = [table.key for table in report.tables]
    raise NotFound(f"This report has no table “{key}”", mend_name(key, keys) if keys else "It has none.")
