"""Charts as inline SVG, drawn with arithmetic alone.

The invariant: a chart says its numbers, and a dash where there is none. Bars and funnels have each value beside them,
lines and stacks their scale, the names of their series and a title for whoever points at a part; colours come from the
page, for light and dark.
"""

from collections.abc import Iterator
from datetime import tzinfo
from itertools import pairwise

from desk.reports.report import Chart, Shape, Unit
from desk.reports.words import escaped, worded

WIDTH = 900
_ROW, _LABELS, _VALUES = 26, 220, 110
_PLOT_HEIGHT, _LEFT, _FOOT, _LEGEND = 220, 70, 26, 24
COLOURS = 7
_LONGEST_LABEL = 32
_MOST_DATES = 10


def svg(chart: Chart, zone: tzinfo) -> str:
    """The chart; each of its values is told by the unit that it is in."""
    if chart.shape in (Shape.BARS, Shape.FUNNEL):
        height, parts = len(chart.labels) * _ROW + 4, list(_rows(chart, zone))
    else:
        height = _LEGEND + _PLOT_HEIGHT + _FOOT
        draw = _stacks if chart.shape is Shape.STACKED else _lines
        parts = [*_scale(chart, zone), *draw(chart, zone), *_legend(chart)]
    title = escaped(chart.title)
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{title}">\n' + "\n".join(parts) + "\n</svg>"


def _rows(chart: Chart, zone: tzinfo) -> Iterator[str]:
    """Bars from left to right; a funnel's stand in the middle, and tell the share of the first."""
    values = chart.series[0].values
    most = max([*(value or 0 for value in values), chart.unit is Unit.SHARE])
    room = WIDTH - _LABELS - _VALUES
    for number, (label, value) in enumerate(zip(chart.labels, values, strict=True)):
        top, long = number * _ROW + 2, room * (value or 0) / most if most else 0
        left = _LABELS + ((room - long) / 2 if chart.shape is Shape.FUNNEL else 0)
        told = _told(value, chart.unit, zone)
        if chart.shape is Shape.FUNNEL and values[0] and value is not None:
            told = f"{told} · {value / values[0]:.0%}"
        yield f'<text x="{_LABELS - 10}" y="{top + 16}" text-anchor="end">{escaped(_short(label))}</text>'
        bar = f'<rect class="s0" x="{left:.1f}" y="{top + 2}" width="{long:.1f}" height="{_ROW - 6}" rx="2">'
        yield f"{bar}<title>{escaped(label)}: {escaped(told)}</title></rect>"
        beside = WIDTH - _VALUES if chart.shape is Shape.FUNNEL else _LABELS + long
        yield f'<text class="faint" x="{beside + 8:.1f}" y="{top + 16}">{escaped(told)}</text>'


def _scale(chart: Chart, zone: tzinfo) -> Iterator[str]:
    """Rules with their values, and as many labels below as there is room for."""
    most = _most(chart)
    for part in range(5):
        y = _y(most * part / 4, most)
        yield f'<line class="rule" x1="{_LEFT}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>'
        told = escaped(_told(most * part / 4, chart.unit, zone))
        yield f'<text class="faint" x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{told}</text>'
    step = -(-len(chart.labels) // _MOST_DATES)
    for number in range(0, len(chart.labels), max(step, 1)):
        x, label = _x(chart, number), escaped(_short(chart.labels[number]))
        yield f'<text class="faint" x="{x:.1f}" y="{_LEGEND + _PLOT_HEIGHT + 18}" text-anchor="middle">{label}</text>'


def _stacks(chart: Chart, zone: tzinfo) -> Iterator[str]:
    most, wide = _most(chart), _slot(chart) * 0.8
    for number, label in enumerate(chart.labels):
        below = 0.0
        for colour, series in enumerate(chart.series):
            value = series.values[number] or 0
            top, high = _y(below + value, most), _y(below, most) - _y(below + value, most)
            below += value
            if value:
                x, told = _x(chart, number) - wide / 2, _told(value, chart.unit, zone)
                size = f'width="{wide:.1f}" height="{high:.1f}"'
                box = f'<rect class="s{colour % COLOURS}" x="{x:.1f}" y="{top:.1f}" {size}>'
                yield f"{box}<title>{escaped(label)}, {escaped(series.name)}: {escaped(told)}</title></rect>"


def _lines(chart: Chart, zone: tzinfo) -> Iterator[str]:
    """A line between neighbours that both have a value, so that a gap is seen; and a dot on each value."""
    most = _most(chart)
    for colour, series in enumerate(chart.series):
        points = [
            None if value is None else (_x(chart, number), _y(value, most))
            for number, value in enumerate(series.values)
        ]
        for one, other in pairwise(points):
            if one and other:
                ends = f'x1="{one[0]:.1f}" y1="{one[1]:.1f}" x2="{other[0]:.1f}" y2="{other[1]:.1f}"'
                yield f'<line class="line l{colour % COLOURS}" {ends}/>'
        for label, value, point in zip(chart.labels, series.values, points, strict=True):
            if point:
                told = escaped(f"{label}, {series.name}: {_told(value or 0, chart.unit, zone)}")
                dot = f'<circle class="s{colour % COLOURS}" cx="{point[0]:.1f}" cy="{point[1]:.1f}" r="3">'
                yield f"{dot}<title>{told}</title></circle>"


def _legend(chart: Chart) -> Iterator[str]:
    room = (WIDTH - _LEFT) / max(len(chart.series), 1)
    for colour, series in enumerate(chart.series):
        x = _LEFT + colour * room
        yield f'<rect class="s{colour % COLOURS}" x="{x:.1f}" y="2" width="12" height="12" rx="2"/>'
        yield f'<text x="{x + 18:.1f}" y="13">{escaped(_short(series.name))}</text>'


def _most(chart: Chart) -> float:
    """The top of the scale: the largest value, or the largest sum of a stack; never nought."""
    if chart.shape is Shape.STACKED:
        sums = [sum(each.values[number] or 0 for each in chart.series) for number in range(len(chart.labels))]
    else:
        sums = [value or 0 for each in chart.series for value in each.values]
    most = max(sums, default=0) or 1
    # Counts are whole, and so are the four steps of their scale.
    return float(-(-most // 4) * 4) if chart.unit is Unit.COUNT else most


def _slot(chart: Chart) -> float:
    return (WIDTH - _LEFT) / max(len(chart.labels), 1)


def _x(chart: Chart, number: int) -> float:
    return _LEFT + _slot(chart) * (number + 0.5)


def _y(value: float, most: float) -> float:
    return _LEGEND + _PLOT_HEIGHT * (1 - value / most)


def _told(value: float | None, unit: Unit, zone: tzinfo) -> str:
    whole = value is not None and unit is Unit.COUNT and value == int(value)
    return worded(int(value or 0) if whole else value, unit, zone)


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1].rstrip() + "…"
