"""The promises' report: what customers were told, what became of it, and by how much it was beaten or missed.

Counted are promises that were made in the period, whoever made them, a machine's acknowledgements too. One is settled
by the first answer after it, or by the solution; one that was withdrawn is neither kept nor broken.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from desk.reports.period import Period
from desk.reports.report import Cell, Chart, Column, Figure, Report, Series, Shape, Table, Unit
from desk.service import spread
from desk.times import to_datetime
from storage.connect import Connection
from storage.reports import Asked

BY_ITSELF = "by itself"
# What became of those that count for the share that was kept.
KEPT = "kept"
JUDGED = (KEPT, "broken", "overdue")
MADE = """
    SELECT p.state, p.made_at, p.due_at, p.settled_at, coalesce(a.name, ?), c.label, t.id
      FROM promise p JOIN ticket t ON t.id = p.ticket_id JOIN channel c ON c.id = t.channel_id
      LEFT JOIN agent a ON a.id = p.agent_id
     WHERE p.made_at >= ? AND p.made_at < ? ORDER BY p.made_at, p.id"""
_KEPT = "Kept promises, of those that were kept, broken, or are overdue"


class Made(NamedTuple):
    """A promise of the period. `agent` is empty of a name where a machine of ours made it."""

    state: str
    made_at: int
    due_at: int
    settled_at: int | None
    agent: str
    channel: str
    ticket_id: int


def made(connection: Connection, period: Period) -> list[Made]:
    """Every promise that was made in the period, in its order."""
    return [Made(*row) for row in connection.execute(MADE, (BY_ITSELF, period.since, period.until))]


def judged(each: Made, now: int) -> str:
    """What became of it: its state, and `overdue` where it is open beyond its time."""
    return "overdue" if each.state == "open" and each.due_at < now else each.state


def read(connection: Connection, asked: Asked) -> Report:
    """The report."""
    told = made(connection, asked.period)
    return Report(
        "promises",
        "Promises",
        asked.period,
        asked.zone,
        figures=tuple(_figures(told, asked.now)),
        tables=(
            _table("agents", "By agent", Column("agent", "Agent"), told, lambda each: each.agent, asked.now),
            _table("channels", "By channel", Column("channel", "Channel"), told, lambda each: each.channel, asked.now),
            _table("weeks", "By week", Column("week", "Week of"), told, _week(asked), asked.now),
        ),
        charts=tuple(_charts(told, asked)),
        notes=("A promise counts as kept when the next answer, a call or the solution came in time.",),
    )


def _figures(told: Sequence[Made], now: int) -> Iterator[Figure]:
    counted = _counted(told, now)
    cases = sum(counted[state] for state in JUDGED)
    yield Figure("kept_share", "Share that was kept", _share(told, now), Unit.SHARE, cases, _KEPT, "calendar")
    for key, title, formula in (
        ("kept", "Kept", "Promises that were settled by their time"),
        ("broken", "Broken", "Promises that were settled after their time"),
        ("overdue", "Overdue", "Open promises whose time has passed"),
        ("open", "Open", "Open promises whose time is to come"),
        ("withdrawn", "Withdrawn", "Promises that the agent took back"),
    ):
        yield Figure(key, title, counted[key] if told else None, Unit.COUNT, len(told), formula)
    for key, title, spans, by in (
        ("beaten", "Beaten by", _beaten(told), "Time left between the answer and the end of the promise"),
        ("missed", "Missed by", _missed(told), "Time between the end of the promise and the answer"),
    ):
        found = spread(spans)
        for name, share, value in (("p50", "half", found.p50), ("p90", "nine of ten", found.p90)):
            words = f"{title}, {share}"
            yield Figure(f"{key}_{name}", words, value, Unit.SPAN, found.n, f"{by}: {share} are no larger", "calendar")


def _table(
    key: str, title: str, first: Column, told: Sequence[Made], name: Callable[[Made], str], now: int
) -> Table:  # fmt: skip
    groups: dict[str, list[Made]] = {}
    for each in told:
        groups.setdefault(name(each), []).append(each)
    columns = (
        first, Column("promises", "Promises", Unit.COUNT), Column("kept", "Kept", Unit.COUNT),
        Column("broken", "Broken", Unit.COUNT), Column("overdue", "Overdue", Unit.COUNT),
        Column("open", "Open", Unit.COUNT), Column("kept_share", "Kept of these", Unit.SHARE),
        Column("beaten_p50", "Beaten by, half", Unit.SPAN), Column("beaten_p90", "Nine of ten", Unit.SPAN),
    )  # fmt: skip
    rows = tuple(_row(group, groups[group], now) for group in sorted(groups))
    return Table(key, title, columns, rows, _KEPT.capitalize() + ".", "Nothing was promised in this time.")


def _row(name: str, group: Sequence[Made], now: int) -> tuple[Cell, ...]:
    counted, beaten = _counted(group, now), spread(_beaten(group))
    counts = (counted[state] for state in ("kept", "broken", "overdue", "open"))
    return name, len(group), *counts, _share(group, now), beaten.p50, beaten.p90


def _charts(told: Sequence[Made], asked: Asked) -> Iterator[Chart]:
    week = _week(asked)
    there = [date.fromisoformat(week(each)) for each in told]
    if there:
        # A week in which nothing was promised is a gap that is seen.
        many = (max(there) - min(there)).days // 7 + 1
        weeks = [(min(there) + timedelta(weeks=number)).isoformat() for number in range(many)]
        counted = {name: _counted([each for each in told if week(each) == name], asked.now) for name in weeks}
        series = tuple(
            Series(state, tuple(float(counted[name][state]) for name in weeks))
            for state in ("kept", "broken", "overdue", "open")
        )
        yield Chart(Shape.STACKED, "Promises by week", tuple(weeks), series)


def _week(asked: Asked) -> Callable[[Made], str]:
    """The Monday of the week in which a promise was made."""

    def week(each: Made) -> str:
        day = to_datetime(each.made_at, asked.zone).date()
        return (day - timedelta(days=day.weekday())).isoformat()

    return week


def _counted(told: Iterable[Made], now: int) -> Counter[str]:
    return Counter(judged(each, now) for each in told)


def _share(told: Iterable[Made], now: int) -> float | None:
    counted = _counted(told, now)
    cases = sum(counted[state] for state in JUDGED)
    return counted["kept"] / cases if cases else None


def _beaten(told: Iterable[Made]) -> list[int]:
    return [each.due_at - each.settled_at for each in told if each.state == "kept" and each.settled_at is not None]


def _missed(told: Iterable[Made]) -> list[int]:
    return [each.settled_at - each.due_at for each in told if each.state == "broken" and each.settled_at is not None]
