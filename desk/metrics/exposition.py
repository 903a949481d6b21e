"""The numbers of the board for other programs: one JSON document, and the text that Prometheus reads.

The invariants: a number without a value is null in JSON and absent in the text, never a nought; spans are seconds,
shares run from 0 to 1, money is whole units of its currency; what people wrote can't end a label or a line.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, tzinfo

from desk.metrics.metric import Metric
from desk.metrics.snapshot import Figure, Part, Snapshot, part_unit
from desk.money import Money
from desk.reports.report import Unit
from desk.reports.words import decimal, raw

JsonValue = str | int | float | None | list["JsonValue"] | dict[str, "JsonValue"]

# Source: Prometheus, “Exposition formats”, text format 0.0.4.
PREFIX = "heard_"
_SUFFIXES: Mapping[Unit, str] = {Unit.SPAN: "_seconds", Unit.SHARE: "_ratio"}
_ESCAPED = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})

Labels = tuple[tuple[str, str], ...]


def to_json(snapshot: Snapshot, metrics: Mapping[str, Metric], zone: tzinfo) -> dict[str, dict[str, JsonValue]]:
    """Every number by its id: value, n, unit, formula, and what else stands beside it on the board."""
    return {name: _document(figure, metrics[name], zone) for name, figure in snapshot.figures.items()}


def _document(figure: Figure, metric: Metric, zone: tzinfo) -> dict[str, JsonValue]:
    values = [figure.value, *(part.value for part in figure.parts)]
    currency = next((value.currency for value in values if isinstance(value, Money)), "")
    return {
        "value": raw(figure.value, metric.unit, zone),
        "n": figure.n,
        "unit": currency or metric.unit.value,
        "formula": metric.formula,
        "title": metric.title,
        "window": metric.window.value,
        "clock": metric.clock,
        "tickets": figure.tickets,
        # Of a number of tickets, these are how long they have waited.
        "mean": raw(figure.mean, Unit.SPAN, zone),
        "p50": raw(figure.p50, Unit.SPAN, zone),
        "p90": raw(figure.p90, Unit.SPAN, zone),
        "trend": [raw(each, metric.unit, zone) for each in figure.trend],
        "parts": [_part(part, metric, zone) for part in figure.parts],
        "why_not": figure.why_not,
    }


def _part(part: Part, metric: Metric, zone: tzinfo) -> dict[str, JsonValue]:
    return {
        "key": part.key,
        "label": part.label,
        "value": raw(part.value, part_unit(metric, part), zone),
        "n": part.n,
        "tickets": part.tickets,
        "p50": raw(part.p50, Unit.SPAN, zone),
        "p90": raw(part.p90, Unit.SPAN, zone),
    }


def to_prometheus(snapshot: Snapshot, metrics: Mapping[str, Metric]) -> str:
    """Every number as gauges: itself, its cases, the ninth decile of a span, and its parts by their label."""
    return "".join(f"{line}\n" for name, figure in snapshot.figures.items() for line in _gauges(figure, metrics[name]))


def _gauges(figure: Figure, metric: Metric) -> Iterator[str]:
    name = PREFIX + metric.id + _SUFFIXES.get(metric.unit, "")
    yield from _family(name, metric.formula, [*_samples(name, figure, metric.unit, ())])
    units = {part_unit(metric, part) for part in figure.parts}
    for unit in sorted(units):
        by = f"{PREFIX}{metric.id}_by_{metric.split}{_SUFFIXES.get(unit, '')}"
        parts = [part for part in figure.parts if part_unit(metric, part) is unit]
        samples = [line for part in parts for line in _samples(by, part, unit, _part_labels(part))]
        yield from _family(by, f"{metric.title}, by {metric.split}.", samples)
    cases = f"{PREFIX}{metric.id}_cases"
    yield from _family(cases, f"{metric.title}: how many cases are behind it.", [_sample(cases, figure.n, ())])


def _family(name: str, help_: str, samples: list[str]) -> Iterator[str]:
    if samples:
        yield f"# HELP {name} " + help_.replace("\\", r"\\").replace("\n", r"\n")
        yield f"# TYPE {name} gauge"
        yield from samples


def _samples(name: str, of: Figure | Part, unit: Unit, labels: Labels) -> Iterator[str]:
    if unit is Unit.SPAN:
        # Not `quantile`: Prometheus keeps that label for its summaries.
        for percentile, value in (("50", of.p50), ("90", of.p90)):
            if value is not None:
                yield _sample(name, _number(value, unit), (*labels, ("percentile", percentile)))
    elif isinstance(of.value, Money):
        yield _sample(name, float(decimal(of.value)), (*labels, ("currency", of.value.currency)))
    elif isinstance(of.value, int | float):
        yield _sample(name, _number(of.value, unit), labels)


def _number(value: float, unit: Unit) -> float:
    told = raw(value, unit, UTC)
    assert isinstance(told, int | float)
    return told


def _sample(name: str, value: float, labels: Labels) -> str:
    told = ",".join(f'{key}="{text.translate(_ESCAPED)}"' for key, text in labels)
    return f"{name}{{{told}}} {value}" if told else f"{name} {value}"


def _part_labels(part: Part) -> Labels:
    return (("key", part.key), ("label", part.label))
