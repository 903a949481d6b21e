"""A report as one JSON document; times are ISO 8601 with offset, spans seconds, money a decimal with its currency."""

import json
from typing import TypeAlias

from desk.money import Money
from desk.reports.report import Cell, Chart, Column, Figure, Report, Table, Unit
from desk.reports.words import raw
from desk.text import clean
from desk.times import iso

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


def to_json(report: Report) -> str:
    """The whole report."""
    tables: dict[str, Json] = {table.key: _table(report, table) for table in report.tables}
    figures: dict[str, Json] = {figure.key: _figure(report, figure) for figure in report.figures}
    charts: list[Json] = [_chart(report, chart) for chart in report.charts]
    whole: dict[str, Json] = {
        "report": report.kind,
        "title": report.title,
        "since": iso(report.period.since, report.zone),
        "until": iso(report.period.until, report.zone),
        "filters": dict(report.filters),
        "figures": figures,
        "tables": tables,
        "charts": charts,
        "notes": list(report.notes),
    }
    # Inside the texts alone there is anything that it could take out.
    return clean(json.dumps(whole, ensure_ascii=False))


def _figure(report: Report, figure: Figure) -> Json:
    return {
        "value": _value(report, figure.value, figure.unit),
        "n": figure.n,
        "unit": figure.unit.value,
        "title": figure.title,
        "formula": figure.formula,
        "clock": figure.clock,
    }


def _table(report: Report, table: Table) -> Json:
    return {
        "title": table.title,
        "note": table.note,
        "rows": [dict(_cells(report, row, table.columns)) for row in table.rows],
    }


def _cells(report: Report, row: tuple[Cell, ...], columns: tuple[Column, ...]) -> list[tuple[str, Json]]:
    return [(column.key, _value(report, cell, column.unit)) for cell, column in zip(row, columns, strict=True)]


def _chart(report: Report, chart: Chart) -> Json:
    series: list[Json] = [
        {"name": each.name, "values": [_value(report, value, chart.unit) for value in each.values]}
        for each in chart.series
    ]
    return {
        "shape": chart.shape.value,
        "title": chart.title,
        "unit": chart.unit.value,
        "labels": list(chart.labels),
        "series": series,
    }


def _value(report: Report, value: Cell, unit: Unit) -> Json:
    if isinstance(value, Money):
        return {"amount": raw(value, unit, report.zone), "currency": value.currency}
    return raw(value, unit, report.zone)
