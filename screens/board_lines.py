"""What a board's tiles tell, from the figures of one reading. Pure.

The invariant: a number on a tile is the figure's own, in words and nothing added; without a value a tile says why.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo

from desk.ages import age, due
from desk.boards import Board, Form, TilePlan
from desk.metrics.metric import Better, Metric, Split, Window
from desk.metrics.snapshot import Figure, Part, Snapshot, part_unit
from desk.money import Money, shown
from desk.presence import Attendance, State
from desk.records import TicketRow
from desk.reports.report import Cell, Unit
from desk.reports.words import NONE, of_cases, worded
from desk.times import SECOND
from screens.company import time_in_state
from storage.gestures import GestureRow
from widgets.charts import Plotted
from widgets.tiles import Level, TileFacts, TilePart

# How long a number that changed says by how much.
NEWS_FOR = 20 * SECOND
# A list is one of tickets, but for numbers about something else.
MOST_LISTED = 40
# The metric whose lines are gestures, which are decided there.
GESTURES = "gestures_waiting"
_MANY = {Form.BARS, Form.LIST, Form.CHART}
_OF_THEMSELVES = {Split.AGENT, Split.STEP, Split.ANSWER, Split.BUDGET}


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one look at a board needs. `tickets` are the first ones behind each metric that lists its tickets.

    `team` is who is there, `waiting` what waits in the outbox, for the top line; `same_boards` is false where the team
    has changed its boards since; `gestures` wait for a supervisor.
    """

    snapshot: Snapshot
    tickets: Mapping[str, tuple[TicketRow, ...]] = field(default_factory=dict)
    team: tuple[Attendance, ...] = ()
    waiting: int = 0
    same_boards: bool = True
    gestures: tuple[GestureRow, ...] = ()


@dataclass(frozen=True, slots=True)
class News:
    """What a number was before it changed, and when that was."""

    before: Cell
    value: Cell
    at: int


def listed(board: Board, metrics: Mapping[str, Metric]) -> tuple[str, ...]:
    """The metrics whose tickets themselves stand on the board."""
    plans = [plan for plan in board.tiles if plan.form is Form.LIST and plan.metric != GESTURES]
    return tuple(dict.fromkeys(plan.metric for plan in plans if metrics[plan.metric].split not in _OF_THEMSELVES))


def news_of(before: Mapping[str, News], old: Snapshot | None, new: Snapshot) -> dict[str, News]:
    """What changed between two readings, and what changed a short while ago."""
    kept = {metric: each for metric, each in before.items() if new.at - each.at < NEWS_FOR}
    if old is not None:
        for metric, figure in new.figures.items():
            was = old.figures.get(metric)
            if was is not None and was.value != figure.value:
                first = kept[metric].before if metric in kept else was.value
                kept[metric] = News(first, figure.value, new.at)
    return kept


def tile_facts(
    plan: TilePlan, metrics: Mapping[str, Metric], reading: Reading, news: Mapping[str, News], zone: tzinfo
) -> TileFacts:
    """One tile."""
    metric, figure = metrics[plan.metric], reading.snapshot.figures.get(plan.metric)
    title = plan.title or metric.title
    if figure is None:
        return TileFacts(title, plan.form, NONE, empty="not counted yet")
    words = worded(figure.value, metric.unit, zone)
    rows = reading.tickets.get(metric.id, ()) if plan.form is Form.LIST else ()
    return TileFacts(
        title,
        plan.form,
        "" if plan.form is Form.CHART else words,
        notes=_notes(metric, figure, zone),
        news=_news(metric.unit, news.get(metric.id)),
        level=_level(plan, metric, figure.value),
        trend=figure.trend,
        parts=_parts(plan, metric, figure, reading, zone),
        lines=_lines(plan, metrics, reading.snapshot) if plan.form is Form.CHART else (),
        labels=tuple(part.label for part in figure.parts) if plan.form is Form.CHART else (),
        empty=figure.why_not or (_nothing(metric) if figure.value is None or plan.form in _MANY else ""),
        more=max(figure.tickets - len(rows), 0) if rows else 0,
    )


def _nothing(metric: Metric) -> str:
    if metric.window in (Window.NOW, Window.TODAY):
        return "nothing " + metric.window.value
    # It has to fit into the narrowest tile.
    return "none in " + metric.window.value.removeprefix("the last ")


def _notes(metric: Metric, figure: Figure, zone: tzinfo) -> tuple[str, ...]:
    """What stands below a number, from long to short: the tile takes the first that fits."""
    if figure.value is None:
        return ()
    before, cases = _before(metric, figure, zone), "n " + format(figure.n, ",")
    match metric.unit:
        case Unit.SPAN if figure.p90 is not None:
            ninety = "9 of 10 " + worded(figure.p90, Unit.SPAN, zone)
            return ("half within; " + ninety + " · " + of_cases(figure.n), ninety + " · " + cases, ninety)
        case Unit.SHARE:
            return (of_cases(figure.n) + (" · " + before if before else ""), of_cases(figure.n), cases)
        case Unit.COUNT if before:
            return (before,)
        case Unit.COUNT if figure.p50 is not None:
            half = worded(figure.p50, Unit.SPAN, zone)
            return ("half of them for " + half, "half " + half)
        case Unit.COUNT if metric.window is Window.NOW:
            return _largest(figure)
        case _:
            return ()


def _largest(figure: Figure) -> tuple[str, ...]:
    """The parts with the most, as many as there is room for; one part alone says nothing."""
    parts = sorted((part for part in figure.parts if part.n), key=lambda part: -part.n)
    words = [part.label + " " + format(part.n, ",") for part in parts]
    return tuple(" · ".join(words[:count]) for count in range(min(len(words), 4), 0, -1)) if len(words) > 1 else ()


def _before(metric: Metric, figure: Figure, zone: tzinfo) -> str:
    """The same a week ago, where it is compared."""
    if figure.before is None:
        return ""
    value = int(figure.before) if metric.unit is Unit.COUNT else figure.before
    return worded(value, metric.unit, zone) + " a week ago"


def _news(unit: Unit, news: News | None) -> str:
    """A sign for the way, and for a count by how much; empty where the number is back where it was."""
    if news is None or not isinstance(news.before, int | float) or not isinstance(news.value, int | float):
        return ""
    change = news.value - news.before
    if not change:
        return ""
    return ("▲" if change > 0 else "▼") + (format(abs(int(change)), ",") if unit is Unit.COUNT else "")


def _level(plan: TilePlan, metric: Metric, value: Cell) -> Level:
    """Whether somebody should look."""
    if not isinstance(value, int | float):
        return Level.CALM
    sign = -1 if metric.better is Better.UP else 1
    for limit, level in ((plan.alarm, Level.ALARM), (plan.warn, Level.WARN)):
        if limit is not None and sign * value >= sign * limit:
            return level
    return Level.CALM


def _parts(plan: TilePlan, metric: Metric, figure: Figure, reading: Reading, zone: tzinfo) -> tuple[TilePart, ...]:
    if plan.form not in (Form.BARS, Form.LIST):
        return ()
    if plan.form is Form.LIST and metric.id in reading.tickets:
        return tuple(_ticket(row, reading.snapshot.at) for row in reading.tickets[metric.id])
    if plan.form is Form.LIST and metric.id == GESTURES:
        return tuple(_gesture(row, reading.snapshot.at) for row in reading.gestures)
    if metric.split is Split.AGENT:
        return tuple(_agents(figure, reading.team, reading.snapshot.at))
    of_shares = metric.unit is Unit.SHARE and not any(isinstance(part.value, int) for part in figure.parts)
    most = 1.0 if of_shares else max((_size(part.value) for part in figure.parts), default=0) or 1.0
    return tuple(
        TilePart(
            part.key,
            part.label,
            worded(part.value, part_unit(metric, part), zone),
            _size(part.value) / most,
            _part_note(metric, part, zone),
            _level(plan, metric, part.value) if part_unit(metric, part) in (Unit.SHARE, Unit.SPAN) else Level.CALM,
        )
        for part in figure.parts
    )


def _agents(figure: Figure, team: tuple[Attendance, ...], now: int) -> Iterator[TilePart]:
    """Who has how much, and what they are doing; also who is there and has nothing."""
    states = {str(each.agent_id): each for each in team}
    most = max((_size(part.value) for part in figure.parts), default=0) or 1.0
    for part in figure.parts:
        state = time_in_state(states[part.key], now) if part.key in states else ""
        yield TilePart(part.key, part.label, format(int(_size(part.value)), ","), _size(part.value) / most, state)
    loaded = {part.key for part in figure.parts}
    for key, each in states.items():
        if key not in loaded and each.state is not State.OFFLINE:
            yield TilePart(key, each.name, "0", 0, time_in_state(each, now))


def _part_note(metric: Metric, part: Part, zone: tzinfo) -> str:
    if part.p90 is not None:
        return "9 of 10 " + worded(part.p90, Unit.SPAN, zone)
    return "n " + format(part.n, ",") if part_unit(metric, part) is Unit.SHARE else ""


def _size(value: Cell) -> float:
    if isinstance(value, Money):
        return float(max(value.amount, 0))
    return max(float(value), 0.0) if isinstance(value, int | float) else 0.0


def _ticket(row: TicketRow, now: int) -> TilePart:
    """A ticket that is on the board itself: who and what, who has it, and when it is due."""
    label = " ".join(("#" + str(row.number), row.customer, "·", row.subject) if row.customer else
                     ("#" + str(row.number), row.subject))  # fmt: skip
    late = row.due_at is not None and row.due_at <= now
    words = due(row.due_at, now).removeprefix("due ") if row.due_at is not None else ""
    return TilePart(str(row.id), label, words, 0, row.assignee or "nobody", Level.ALARM if late else Level.CALM)


def _gesture(row: GestureRow, now: int) -> TilePart:
    """What waits for a yes or no: how much and why first, then for whom and what."""
    label = " · ".join(part for part in (shown(row.amount, row.currency), row.reason, row.customer, row.label) if part)
    return TilePart(str(row.id), label, age(row.made_at, now), 0, row.agent or "nobody")


def gesture_words(row: GestureRow) -> str:
    """All that it takes to decide about a gesture; why comes first, as a small terminal cuts what comes last."""
    whom = row.customer + " #" + str(row.ticket_number) if row.ticket_number else row.customer
    asked = " ".join((row.agent or "Somebody", "asks for", shown(row.amount, row.currency)))
    return asked + ": " + " · ".join(part for part in (row.reason, row.label, whom.strip()) if part)


def _lines(plan: TilePlan, metrics: Mapping[str, Metric], snapshot: Snapshot) -> tuple[Plotted, ...]:
    """A line for each of the chart's metrics, by the parts of the first; what hasn't come yet isn't drawn."""
    lines = []
    for name, ink in ((plan.metric, "agent"), (plan.beside, "good")):
        figure = snapshot.figures.get(name) if name else None
        if figure is not None:
            values = tuple(None if part.value is None else _size(part.value) for part in figure.parts)
            lines.append(Plotted(metrics[name].title, values, ink))
    return tuple(lines)
