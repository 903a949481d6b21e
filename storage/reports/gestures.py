"""The gestures' report: what was given, by kind, agent and team; what is left; and what followed.

Counted are gestures that were made in the period and given, at once or by a supervisor; what waits or was refused is
told apart. What followed is counted where it could follow: on tickets and customers, and of coming back within a week
only where that week is over. That somebody came back doesn't say that the gesture was wrong, nor that it was right.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from desk.gestures import COUNTS, GestureRules
from desk.money import Money
from desk.ratings import BAD, GREAT
from desk.reports.report import Cell, Chart, Column, Figure, Report, Series, Shape, Table, Unit
from desk.times import DAY
from storage.connect import Connection
from storage.gestures import gesture_rules, standing
from storage.reports import Asked

AGAIN_DAYS = 7
NOBODY, NO_TEAM = "nobody", "no team"

# A gesture; whether its ticket came back after it, its customer wrote again within a week, and how it was rated then.
MADE = """
    SELECT g.kind, g.amount, g.currency, g.state, ifnull(a.name, ?), ifnull(w.name, ?), g.made_at,
           g.ticket_id IS NOT NULL, g.customer_id IS NOT NULL,
           EXISTS(SELECT 1 FROM event e WHERE e.ticket_id = g.ticket_id AND e.at >= g.made_at AND +e.kind = 'changed'
                  AND e.undone_by IS NULL AND e.data ->> '$.field' = 'status' AND e.data ->> '$.before' >= 3
                  AND e.data ->> '$.after' < 3),
           EXISTS(SELECT 1 FROM message m WHERE m.customer_id = g.customer_id AND m.kind IN ('inbound', 'call')
                  AND m.at > g.made_at AND m.at <= g.made_at + ?
                  AND NOT EXISTS(SELECT 1 FROM call c WHERE c.customer_id = m.customer_id AND c.message_id = m.id
                                 AND c.direction = 'out')),
           (SELECT r.score FROM rating r WHERE r.ticket_id = g.ticket_id AND r.at >= g.made_at
             ORDER BY r.at DESC, r.id DESC LIMIT 1)
      FROM gesture g LEFT JOIN agent a ON a.id = g.agent_id LEFT JOIN team w ON w.id = g.team_id
     WHERE g.made_at >= ? AND g.made_at < ? ORDER BY g.made_at, g.id"""
# Whoever gave anything lately: of a desk of a thousand agents most never do.
HOLDERS = """
    SELECT DISTINCT g.agent_id FROM gesture g WHERE g.made_at >= ? AND g.made_at < ? AND g.agent_id IS NOT NULL
     ORDER BY g.agent_id"""


class Made(NamedTuple):
    """A gesture of the period, and what followed."""

    kind: str
    amount: int
    currency: str
    state: str
    agent: str
    team: str
    at: int
    on_ticket: bool
    of_customer: bool
    reopened: bool
    again: bool
    score: int | None


def made(connection: Connection, asked: Asked) -> list[Made]:
    """Every gesture of the period."""
    values = (NOBODY, NO_TEAM, AGAIN_DAYS * DAY, asked.period.since, asked.period.until)
    return [Made(*row) for row in connection.execute(MADE, values)]


def read(connection: Connection, asked: Asked) -> Report:
    """The report."""
    rules, everything = gesture_rules(connection), made(connection, asked)
    given = [each for each in everything if each.state in COUNTS]
    kinds = _grouped(given, lambda each: rules.label(each.kind))
    return Report(
        "gestures",
        "Gestures",
        asked.period,
        asked.zone,
        figures=tuple(_figures(everything, given, asked.now)),
        tables=(
            _given("kinds", "By kind", "kind", "Kind", kinds),
            _given("agents", "By agent", "agent", "Agent", _grouped(given, lambda each: each.agent)),
            _given("teams", "By team", "team", "Team", _grouped(given, lambda each: each.team)),
            _followed(kinds, asked.now),
            _left(connection, rules, asked),
        ),
        charts=tuple(_charts(rules, given)),
        notes=("A customer who came back doesn't say whether the gesture was right: read what they wrote.",),
    )


def _figures(everything: Sequence[Made], given: Sequence[Made], now: int) -> Iterable[Figure]:
    for currency, amount in _sums(given):
        counted = sum(each.currency == currency for each in given)
        yield Figure(
            f"given_{currency.lower()}", f"Given away in {currency}", Money(amount, currency), Unit.MONEY, counted,
            "The values of all gestures that were given or approved, added up",
        )  # fmt: skip
    for state, title in (("approved", "Approved over budget"), ("refused", "Refused"), ("waiting", "Still waiting")):
        found = sum(each.state == state for each in everything)
        yield Figure(
            state, title, found if everything else None, Unit.COUNT, len(everything),
            f"Gestures of this time that are {state} now",
        )  # fmt: skip
    on_tickets = [each for each in given if each.on_ticket]
    yield _share(
        "reopened",
        "Ticket reopened after it",
        on_tickets,
        lambda each: each.reopened,
        "Tickets that went from solved or closed to open after the gesture, of gestures on tickets",
    )
    yield _share(
        "again",
        f"Wrote again within {AGAIN_DAYS} days",
        _ripe(given, now),
        lambda each: each.again,
        f"Customers who wrote or called within {AGAIN_DAYS} days, of gestures that are older than that",
    )
    rated = [each for each in given if each.score is not None]
    yield _share(
        "great",
        "Rated great after it",
        rated,
        lambda each: each.score == GREAT,
        "Tickets whose newest rating after the gesture is great, of those with one",
    )
    yield _share(
        "bad",
        "Rated bad after it",
        rated,
        lambda each: each.score == BAD,
        "Tickets whose newest rating after the gesture is bad, of those with one",
    )


def _share(key: str, title: str, of: Sequence[Made], fact: Callable[[Made], bool], formula: str) -> Figure:
    value = sum(map(fact, of)) / len(of) if of else None
    return Figure(key, title, value, Unit.SHARE, len(of), formula, "calendar" if key == "again" else "")


def _given(key: str, title: str, column: str, heading: str, groups: dict[str, list[Made]]) -> Table:
    """How many and how much, one line for each currency."""
    rows: list[tuple[Cell, ...]] = [
        (name, sum(each.currency == currency for each in found), Money(amount, currency))
        for name, found in groups.items()
        for currency, amount in _sums(found)
    ]
    rows.sort(key=lambda row: (-int(str(row[1])), str(row[0])))
    columns = (
        Column(column, heading),
        Column("gestures", "Gestures", Unit.COUNT),
        Column("value", "Value", Unit.MONEY),
    )
    return Table(key, title, columns, tuple(rows))


def _followed(kinds: dict[str, list[Made]], now: int) -> Table:
    columns = (
        Column("kind", "Kind"), Column("gestures", "Gestures", Unit.COUNT), Column("reopened", "Reopened", Unit.SHARE),
        Column("again", "Wrote again", Unit.SHARE), Column("rated", "Rated", Unit.COUNT),
        Column("great", "Great", Unit.SHARE), Column("bad", "Bad", Unit.SHARE),
    )  # fmt: skip
    rows = tuple(
        (
            kind,
            len(found),
            _part([each for each in found if each.on_ticket], lambda each: each.reopened),
            _part(_ripe(found, now), lambda each: each.again),
            sum(each.score is not None for each in found),
            _part([each for each in found if each.score is not None], lambda each: each.score == GREAT),
            _part([each for each in found if each.score is not None], lambda each: each.score == BAD),
        )
        for kind, found in kinds.items()
    )
    note = f"Reopened: of those on a ticket. Wrote again: within {AGAIN_DAYS} days, of those older than that."
    return Table("followed", "What followed", columns, rows, note)


def _left(connection: Connection, rules: GestureRules, asked: Asked) -> Table:
    """What is left now to whoever gave anything in the period, and to their teams."""
    holders = [agent for (agent,) in connection.execute(HOLDERS, (asked.period.since, asked.period.until))]
    rows: dict[tuple[str, str, str], tuple[Cell, ...]] = {}
    for agent in holders:
        for each in standing(connection, agent, None, asked.now).lefts:
            budget = each.budget
            rows[budget.holder, each.who, budget.period] = (
                each.who, budget.holder, budget.period, *(Money(amount, rules.currency)
                for amount in (budget.amount, each.spent, each.left)),
            )  # fmt: skip
    columns = (
        Column("who", "Who"), Column("holder", "Budget of"), Column("period", "Period"),
        Column("budget", "Budget", Unit.MONEY), Column("spent", "Given", Unit.MONEY),
        Column("left", "Left", Unit.MONEY),
    )  # fmt: skip
    note = "As it stands now, in the period that each budget is in."
    return Table("left", "What is left", columns, tuple(rows[key] for key in sorted(rows)), note)


def _charts(rules: GestureRules, given: Sequence[Made]) -> Iterable[Chart]:
    """How often each kind was given."""
    kinds = _grouped(given, lambda each: rules.label(each.kind))
    if kinds:
        yield Chart(
            Shape.BARS, "Gestures by kind", tuple(kinds),
            (Series("gestures", tuple(float(len(found)) for found in kinds.values())),),
        )  # fmt: skip


def _grouped(given: Iterable[Made], name: Callable[[Made], str]) -> dict[str, list[Made]]:
    """By name, the most frequent first."""
    groups: dict[str, list[Made]] = {}
    for each in given:
        groups.setdefault(name(each), []).append(each)
    return dict(sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])))


def _sums(given: Iterable[Made]) -> list[tuple[str, int]]:
    """What was given of each currency: never added to another."""
    sums: dict[str, int] = {}
    for each in given:
        sums[each.currency] = sums.get(each.currency, 0) + each.amount
    return sorted(sums.items())


def _ripe(given: Iterable[Made], now: int) -> list[Made]:
    return [each for each in given if each.of_customer and each.at + AGAIN_DAYS * DAY <= now]


def _part(of: Sequence[Made], fact: Callable[[Made], bool]) -> float | None:
    return sum(map(fact, of)) / len(of) if of else None
