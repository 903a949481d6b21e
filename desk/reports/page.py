"""A report as one page of HTML that needs nothing else: style and charts are inside, no script, no address.

The invariant: every text is escaped, and the page's own policy forbids whatever isn't drawn here. It reads in light
and in dark, on paper, and without colour: each value stands in a table or on its bar as well.
"""

from collections.abc import Iterator

from desk.reports.charts import COLOURS, svg
from desk.reports.report import Cell, Column, Figure, Report, Table, Unit
from desk.reports.words import escaped, of_cases, period_words, worded

_STYLE = """
:root { color-scheme: light dark; --ground: #ffffff; --text: #1d2330; --quiet: #5b6475; --rule: #d9dee7;
  --c0: #2f6fb7; --c1: #c8641b; --c2: #2f8a57; --c3: #8a4fae; --c4: #b0355c; --c5: #6b7280; --c6: #9a7b16; --on: #fff; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171d; --text: #e6e9ef; --quiet: #a2abbb; --rule: #333b48;
  --c0: #6aa9ee; --c1: #f0995a; --c2: #67c48f; --c3: #c294e0; --c4: #ee7f9f; --c5: #9aa3b2; --c6: #d9b84a;
  --on: #14171d; } }
@media print { :root { --ground: #fff; --text: #000; --quiet: #444; --rule: #bbb; } }
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .5rem; }
p, dd { margin: .2rem 0; } .quiet { color: var(--quiet); font-size: .87rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: .8rem; margin: 1.2rem 0; }
.figure { border: 1px solid var(--rule); border-radius: .5rem; padding: .6rem .8rem; }
.figure b { display: block; font-size: 1.5rem; line-height: 1.3; }
.wide { overflow-x: auto; } @media print { .wide { overflow-x: visible; } }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: top;
  overflow-wrap: break-word; max-width: 24rem; }
th { font-weight: 600; vertical-align: bottom; } .number { text-align: right; } td.number { white-space: nowrap; }
svg { display: block; width: 100%; height: auto; margin: .4rem 0; }
svg text { font: 12px system-ui, sans-serif; fill: var(--text); } svg .faint { fill: var(--quiet); }
svg .rule { stroke: var(--rule); stroke-width: 1; } svg .line { fill: none; stroke-width: 2; }
"""
_SERIES = "".join(
    f"svg .s{number} {{ fill: var(--c{number}); }} svg .l{number} {{ stroke: var(--c{number}); }}\n"
    for number in range(COLOURS)
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def to_html(report: Report) -> str:
    """The whole page."""
    return "\n".join(_page(report)) + "\n"


def _page(report: Report) -> Iterator[str]:
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{escaped(_POLICY)}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escaped(report.title)}</title>\n<style>{_STYLE}{_SERIES}</style>\n</head>\n<body>"
    yield f'<h1>{escaped(report.title)}</h1>\n<p class="quiet">{escaped(period_words(report))}</p>'
    if report.filters:
        told = " · ".join(f"{name}: {value}" for name, value in report.filters)
        yield f'<p class="quiet">{escaped(told)}</p>'
    if report.figures:
        yield f'<div class="figures">\n{"".join(_figure(report, figure) for figure in report.figures)}</div>'
    for chart in report.charts:
        if not chart.empty:
            yield f"<h2>{escaped(chart.title)}</h2>\n{svg(chart, report.zone)}"
    for table in report.tables:
        yield from _table(report, table)
    for note in report.notes:
        yield f'<p class="quiet">{escaped(note)}</p>'
    yield "</body>\n</html>"


def _figure(report: Report, figure: Figure) -> str:
    value = escaped(worded(figure.value, figure.unit, report.zone))
    clock = f"<br>Clock: {escaped(figure.clock)}" if figure.clock else ""
    return (
        f'<div class="figure">{escaped(figure.title)}<b>{value}</b>'
        f'<p class="quiet">{of_cases(figure.n)}. {escaped(figure.formula)}{clock}</p></div>\n'
    )


def _table(report: Report, table: Table) -> Iterator[str]:
    yield f"<h2>{escaped(table.title)}</h2>"
    if table.note:
        yield f'<p class="quiet">{escaped(table.note)}</p>'
    if not table.rows:
        yield f"<p>{escaped(table.empty)}</p>"
        return
    heads = "".join(f"<th{_number(column)}>{escaped(column.title)}</th>" for column in table.columns)
    yield f'<div class="wide"><table>\n<thead><tr>{heads}</tr></thead>\n<tbody>'
    for row in table.rows:
        cells = (_cell(report, cell, column) for cell, column in zip(row, table.columns, strict=True))
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody></table></div>"


def _cell(report: Report, cell: Cell, column: Column) -> str:
    return f"<td{_number(column)}>{escaped(worded(cell, column.unit, report.zone))}</td>"


def _number(column: Column) -> str:
    return "" if column.unit is Unit.TEXT else ' class="number"'
