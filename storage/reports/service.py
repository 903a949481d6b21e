"""The service report: how soon customers were answered, what came and went, what came back, what waits.

Every figure says its formula, its clock and how many cases are behind it; what the team has set no hours for has no
figure in business hours.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta

from desk.reports.report import Cell, Chart, Column, Figure, Report, Series, Shape, Table, Unit
from desk.service import Kind, Spread, ages, spread
from desk.times import to_datetime
from storage.clocks import targets
from storage.connect import Connection
from storage.reports import Asked, called, first_contact, ratings
from storage.reports.served import Flow, Waited, flow, waited

CALENDAR = "calendar hours"
# A chart of more days than this counts by weeks, and of more weeks by months.
MOST_DAYS, MOST_WEEKS = 92, 104
_ALL = "all channels"
_TITLES: dict[Kind, str] = {"first": "First response", "next": "Next response"}
_WAITED = {
    "first": "From the customer's first message to the first answer of a person or on the phone; answers of this time",
    "next": "From the customer's oldest message that nobody had answered to our next answer; answers of this time",
}
_LEVEL = (
    "Answers within the team's targets, of the answers of this time and of the customers who at its end still waited "
    "beyond their target; while a target pauses nothing is counted"
)
_BUSINESS = (
    Column("p50_business", "Half (business)", Unit.SPAN),
    Column("p90_business", "Nine of ten (business)", Unit.SPAN),
)
_NO_HOURS = (
    "No figure is in business hours, since the team has set none: heard rules export targets shows where they belong."
)


def read(connection: Connection, asked: Asked) -> Report:
    """The report."""
    hours = targets(connection).hours
    business = "" if hours is None else f"business hours: {hours}"
    answers = waited(connection, asked.period)
    moved = flow(connection, asked.period, asked.now)
    calls = called.read(connection, asked)
    return Report(
        "service",
        "Service",
        asked.period,
        asked.zone,
        figures=(
            *(figure for kind in _TITLES for figure in _responses(answers, kind, business)),
            *_flow_figures(moved),
            first_contact.figure(connection, asked.period, asked.now),
            *calls.figures,
            *ratings.read(connection, asked).figures,
        ),
        charts=(*_day_charts(moved, asked), *_channel_charts(answers), _age_chart(moved, asked.now)),
        tables=(
            *(_by_channel(answers, kind, business) for kind in _TITLES),
            _days(moved, asked),
            _hours(moved, asked),
            _ages(moved, asked.now),
            first_contact.table(connection, asked.period, asked.now),
            *calls.tables,
        ),
        notes=() if business else (_NO_HOURS,),
    )


def _responses(answers: Sequence[Waited], kind: Kind, business: str) -> Iterator[Figure]:
    """Median and nine of ten, by both clocks, and the service level."""
    ours = [each for each in answers if each.kind == kind]
    title, formula = _TITLES[kind], _WAITED[kind]
    clocks = [("", "", CALENDAR, spread(each.took for each in ours))]
    if business:
        clocks.append(("_business", " in business hours", business, spread(each.in_hours for each in ours)))
    for suffix, words, clock, told in clocks:
        for share, name, value in (("p50", "half", told.p50), ("p90", "nine of ten", told.p90)):
            head = f"{title}, {name} within{words}"
            yield Figure(f"{kind}_{share}{suffix}", head, value, Unit.SPAN, told.n, formula, clock)
    judged = [each for each in ours if each.met is not None]
    yield Figure(
        f"{kind}_level", f"{title} within target", _level(judged), Unit.SHARE, len(judged), _LEVEL, "the targets' own"
    )


def _flow_figures(moved: Flow) -> Iterator[Figure]:
    arrived = "Tickets that came in this time; those that were merged into another, and those that we began, aside"
    solved = "How often a ticket was solved or closed in this time; solved again after it came back counts twice"
    backlog = "Tickets that are open, pending or on hold now"
    back = "Of the tickets that were solved in this time: those that were opened again since, by the customer or by us"
    touch = "Of the tickets that were solved in this time and still are: those with exactly one reply or call of ours"
    came = len(moved.all_arrived)
    yield Figure("arrived", "Came in", came, Unit.COUNT, came, arrived)
    yield Figure("solved", "Solved", len(moved.solved), Unit.COUNT, moved.solved_tickets, solved)
    yield Figure("backlog", "Open now", len(moved.backlog), Unit.COUNT, len(moved.backlog), backlog)
    rate = _share(moved.came_back, moved.solved_tickets)
    yield Figure("reopened", "Came back", rate, Unit.SHARE, moved.solved_tickets, back)
    yield Figure("one_touch", "Solved with one answer", _share(moved.one_touch, moved.stand), Unit.SHARE, moved.stand,
                 touch)  # fmt: skip


def _by_channel(answers: Sequence[Waited], kind: Kind, business: str) -> Table:
    columns = (
        Column("channel", "Channel"),
        Column("n", "Answers", Unit.COUNT),
        Column("p50", "Half within", Unit.SPAN),
        Column("p90", "Nine of ten", Unit.SPAN),
        *(_BUSINESS if business else ()),
        Column("level", "In target", Unit.SHARE),
        Column("judged", "Of", Unit.COUNT),
        Column("late", "Still late", Unit.COUNT),
    )
    ours = [each for each in answers if each.kind == kind]
    groups = [(name, [each for each in ours if each.channel == name]) for name in _channels(ours)]
    whole = [(_ALL, ours)] if len(groups) > 1 else []
    note = f"Calendar hours{' and ' * bool(business)}{business}. {_LEVEL}."
    rows = tuple(_channel_row(name, group, in_hours=bool(business)) for name, group in (*groups, *whole))
    return Table(f"{kind}_response", f"{_TITLES[kind]} by channel", columns, rows, note, "Nobody was answered.")


def _channel_row(name: str, group: Sequence[Waited], *, in_hours: bool) -> tuple[Cell, ...]:
    took, hours = spread(each.took for each in group), spread(each.in_hours for each in group)
    business = (hours.p50, hours.p90) if in_hours else ()
    judged = [each for each in group if each.met is not None]
    late = sum(each.took is None for each in group)
    return name, took.n, took.p50, took.p90, *business, _level(judged), len(judged), late


def _channel_charts(answers: Sequence[Waited]) -> Iterator[Chart]:
    """How long nine of ten waited for a first answer, and how many were answered in time."""
    first = [each for each in answers if each.kind == "first"]
    names = _channels(first)
    slow: list[Spread] = [spread(each.took for each in first if each.channel == name) for name in names]
    levels = [_level([each for each in first if each.channel == name and each.met is not None]) for name in names]
    spans = Series("nine of ten", tuple(each.p90 for each in slow))
    yield Chart(Shape.BARS, "First response: nine of ten within", tuple(names), (spans,), Unit.SPAN)
    shares = Series("within target", tuple(levels))
    yield Chart(Shape.BARS, "First response within target", tuple(names), (shares,), Unit.SHARE)


def _day_charts(moved: Flow, asked: Asked) -> Iterator[Chart]:
    step, begin, label = _step(asked)
    starts = tuple(dict.fromkeys(begin(day) for day in asked.period.days(asked.zone)))
    labels = tuple(f"{day:{label}}" for day in starts)

    def counted(name: str, times: Iterable[int]) -> Series:
        counts = Counter(begin(to_datetime(at, asked.zone).date()) for at in times)
        return Series(name, tuple(counts[day] for day in starts))

    moves = (("came in", moved.all_arrived), ("solved", moved.solved), ("came back", moved.reopened))
    yield Chart(Shape.LINES, f"Tickets per {step}", labels, tuple(counted(*each) for each in moves))
    channels = tuple(counted(*each) for each in moved.arrived.items())
    yield Chart(Shape.STACKED, f"What came in per {step}, by channel", labels, channels)
    hourly = [_per_hour(times, asked) for times in (moved.all_arrived, moved.solved)]
    lines = tuple(
        Series(name, tuple(counts[hour] for hour in range(24)))
        for name, counts in zip(("came in", "solved"), hourly, strict=True)
    )
    yield Chart(Shape.LINES, "Tickets per hour of the day", tuple(f"{hour:02}" for hour in range(24)), lines)


def _step(asked: Asked) -> tuple[str, Callable[[date], date], str]:
    """By what a chart counts: its name, the first day of it, and how that is written; a long time by more at once."""
    days = len(asked.period.days(asked.zone))
    if days <= MOST_DAYS:
        return "day", lambda day: day, "%d %b"
    if days <= MOST_WEEKS * 7:
        return "week", lambda day: day - timedelta(days=day.weekday()), "%d %b %Y"
    return "month", lambda day: day.replace(day=1), "%b %Y"


def _days(moved: Flow, asked: Asked) -> Table:
    columns = (
        Column("day", "Day"),
        Column("arrived", "Came in", Unit.COUNT),
        Column("solved", "Solved", Unit.COUNT),
        Column("reopened", "Came back", Unit.COUNT),
        Column("change", "Backlog changed by", Unit.COUNT),
    )
    arrived, solved, back = (_per_day(times, asked) for times in (moved.all_arrived, moved.solved, moved.reopened))
    rows = tuple(
        (f"{day:%Y-%m-%d %a}", arrived[day], solved[day], back[day], arrived[day] + back[day] - solved[day])
        for day in asked.period.days(asked.zone)
        if arrived[day] or solved[day] or back[day]
    )
    return Table("days", "Day by day", columns, rows, "Days on which nothing moved are left out.")


def _hours(moved: Flow, asked: Asked) -> Table:
    columns = (
        Column("hour", "Hour"),
        Column("arrived", "Came in", Unit.COUNT),
        Column("solved", "Solved", Unit.COUNT),
    )
    arrived, solved = _per_hour(moved.all_arrived, asked), _per_hour(moved.solved, asked)
    rows = tuple((f"{hour:02}:00", arrived[hour], solved[hour]) for hour in range(24) if arrived[hour] or solved[hour])
    return Table("hours", "Hour by hour", columns, rows, "All days of this time together, by the clock on the wall.")


def _ages(moved: Flow, now: int) -> Table:
    columns = (Column("age", "Age"), Column("tickets", "Tickets", Unit.COUNT))
    rows = tuple(ages(moved.backlog, now).items()) if moved.backlog else ()
    return Table("backlog", "Backlog by age", columns, rows, "Open, pending and on hold now.", "Nothing is open.")


def _age_chart(moved: Flow, now: int) -> Chart:
    counts = ages(moved.backlog, now)
    return Chart(Shape.BARS, "Backlog by age", tuple(counts), (Series("tickets", tuple(counts.values())),))


def _channels(answers: Iterable[Waited]) -> list[str]:
    """The channels, the busiest first."""
    counts = Counter(each.channel for each in answers)
    return sorted(counts, key=lambda name: (-counts[name], name))


def _level(judged: Sequence[Waited]) -> float | None:
    return _share(sum(bool(each.met) for each in judged), len(judged))


def _per_day(times: Iterable[int], asked: Asked) -> Counter[date]:
    return Counter(to_datetime(at, asked.zone).date() for at in times)


def _per_hour(times: Iterable[int], asked: Asked) -> Counter[int]:
    return Counter(to_datetime(at, asked.zone).hour for at in times)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
