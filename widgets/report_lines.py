"""A report as lines of pieces, for a page of the console and for `heard report` alike. Pure, without Textual.

The invariant: no line is wider than the cells that it was made for, and none holds a character that acts on a terminal.
"""

from collections.abc import Iterator

from desk.reports.report import Chart, Column, Figure, Report, Shape, Table, Unit
from desk.reports.words import of_cases, period_words, worded
from widgets.cells import fit, harmless, shorten, width
from widgets.steps import BAR, sparkline
from widgets.wrap import wrap

Line = tuple[tuple[str, str], ...]

_GAP = "  "
_NARROWEST = 6
_LABELS = 28


def report_lines(report: Report, cells: int) -> list[Line]:
    """The whole report for a width."""
    return list(_lines(report, max(cells, 20)))


def _lines(report: Report, cells: int) -> Iterator[Line]:
    yield ((shorten(harmless(report.title), cells), "title"),)
    yield from _told(period_words(report), "muted", cells)
    for name, value in report.filters:
        yield from _told(f"{name}: {value}", "muted", cells)
    for figure in report.figures:
        yield ()
        yield from _figure(report, figure, cells)
    for chart in report.charts:
        if not chart.empty:
            yield ()
            yield from _chart(report, chart, cells)
    for table in report.tables:
        yield ()
        yield from _table(report, table, cells)
    if report.notes:
        yield ()
    for note in report.notes:
        yield from _told(note, "muted", cells)


def _told(text: str, ink: str, cells: int, indent: str = "") -> Iterator[Line]:
    words = harmless(text)
    for start, end in wrap(words, max(cells - len(indent), 10)):
        yield ((indent + words[start:end], ink),)


def _figure(report: Report, figure: Figure, cells: int) -> Iterator[Line]:
    value = harmless(worded(figure.value, figure.unit, report.zone))
    title = shorten(harmless(figure.title), max(cells - width(value) - len(_GAP), 1))
    yield (title + _GAP, "plain"), (shorten(value, cells), "strong")
    clock = f" ({figure.clock})" if figure.clock else ""
    yield from _told(f"{of_cases(figure.n)}. {figure.formula}{clock}", "muted", cells, "  ")


def _chart(report: Report, chart: Chart, cells: int) -> Iterator[Line]:
    yield ((shorten(harmless(chart.title), cells), "strong"),)
    if chart.shape in (Shape.BARS, Shape.FUNNEL):
        yield from _bars(report, chart, cells)
        return
    names = min(_LABELS, cells // 3, max(width(harmless(series.name)) for series in chart.series))
    for series in chart.series:
        name = fit(harmless(series.name), names)
        values = [value or 0 for value in series.values]
        most = harmless(worded(_whole(max(values, default=0), chart.unit), chart.unit, report.zone))
        largest = f"{_GAP}most {most}"
        room = cells - width(name) - len(_GAP) - width(largest)
        yield (name + _GAP, "plain"), (sparkline(values, max(room, 1)), "title"), (largest if room > 0 else "", "muted")


def _bars(report: Report, chart: Chart, cells: int) -> Iterator[Line]:
    told = [harmless(worded(_whole(value, chart.unit), chart.unit, report.zone)) for value in chart.series[0].values]
    values = [value or 0 for value in chart.series[0].values]
    names = min(_LABELS, cells // 3, max((width(harmless(label)) for label in chart.labels), default=1))
    room = max(cells - names - max(map(width, told), default=0) - 2 * len(_GAP), 1)
    most = max([*values, chart.unit is Unit.SHARE])
    for label, value, words in zip(chart.labels, values, told, strict=True):
        long = max(1, round(room * value / most)) if value > 0 else 0
        yield (
            (fit(harmless(label), names) + _GAP, "plain"),
            (BAR * long, "title"),
            (_GAP * bool(long) + words, "muted"),
        )


def _whole(value: float | None, unit: Unit) -> float | int | None:
    return int(value) if value is not None and unit is Unit.COUNT and value == int(value) else value


def _table(report: Report, table: Table, cells: int) -> Iterator[Line]:
    yield ((shorten(harmless(table.title), cells), "strong"),)
    if table.note:
        yield from _told(table.note, "muted", cells)
    if not table.rows:
        yield from _told(table.empty, "plain", cells)
        return
    rows = [
        [harmless(worded(cell, column.unit, report.zone)) for cell, column in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]
    widths = _widths(table.columns, rows, cells)
    heads = [harmless(column.title) for column in table.columns]
    yield ((_row(heads, table.columns, widths), "muted"),)
    for row in rows:
        yield ((_row(row, table.columns, widths), "plain"),)


def _widths(columns: tuple[Column, ...], rows: list[list[str]], cells: int) -> list[int]:
    """As wide as the widest value. Where that is too wide long heads give way first, then texts, and numbers last."""
    values = [max(width(row[at]) for row in rows) for at in range(len(columns))]
    widths = [max(width(harmless(column.title)), values[at]) for at, column in enumerate(columns)]
    room = cells - len(_GAP) * (len(columns) - 1)
    while sum(widths) > room and max(widths) > 1:
        heads = [at for at, wide in enumerate(widths) if wide > max(values[at], _NARROWEST)]
        if heads:
            widths[max(heads, key=lambda at: widths[at])] -= 1
            continue
        texts = [at for at, column in enumerate(columns) if column.unit is Unit.TEXT and widths[at] > _NARROWEST]
        widest = max(texts or range(len(widths)), key=lambda at: widths[at])
        widths[widest] -= 1
    return widths


def _row(texts: list[str], columns: tuple[Column, ...], widths: list[int]) -> str:
    return _GAP.join(
        fit(text, wide, right=column.unit is not Unit.TEXT)
        for text, column, wide in zip(texts, columns, widths, strict=True)
    ).rstrip()
