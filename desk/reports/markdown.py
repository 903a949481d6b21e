"""A report as Markdown, for whoever pastes it into a page of theirs: figures as a list, tables as tables.

The invariant: no text breaks its cell or becomes markup: bars are escaped, line ends become blanks.
"""

import re
from collections.abc import Iterator
from datetime import tzinfo

from desk.reports.report import Report, Table, Unit
from desk.reports.words import of_cases, period_words, worded
from desk.text import clean

_MARKUP = re.compile(r"([\\`*_\[\]<>|#&~])")


def to_markdown(report: Report) -> str:
    """The whole report."""
    return "\n".join(_report(report)) + "\n"


def table_markdown(table: Table, zone: tzinfo) -> str:
    """One table under its title."""
    return "\n".join(_table(table, zone)) + "\n"


def _report(report: Report) -> Iterator[str]:
    yield f"# {_plain(report.title)}"
    yield ""
    yield _plain(period_words(report))
    yield ""
    for figure in report.figures:
        value = worded(figure.value, figure.unit, report.zone)
        yield f"- {_plain(figure.title)}: **{_plain(value)}** ({of_cases(figure.n)}). {_plain(figure.formula)}."
    for table in report.tables:
        yield ""
        yield from _table(table, report.zone)
    for note in report.notes:
        yield ""
        yield _plain(note)


def _table(table: Table, zone: tzinfo) -> Iterator[str]:
    yield f"## {_plain(table.title)}"
    yield ""
    if not table.rows:
        yield _plain(table.empty)
        return
    yield _row([column.title for column in table.columns])
    yield _row(["---" if column.unit is Unit.TEXT else "--:" for column in table.columns], raw=True)
    for row in table.rows:
        yield _row([worded(cell, column.unit, zone) for cell, column in zip(row, table.columns, strict=True)])
    if table.note:
        yield ""
        yield _plain(table.note)


def _row(cells: list[str], *, raw: bool = False) -> str:
    return f"| {' | '.join(cell if raw else _plain(cell) for cell in cells)} |"


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(clean(text, lines=False).split()))
