"""Gestures as screens read them: what is left of the budgets, what waits for a supervisor, what a customer was given.

The invariant: what counts against a budget is counted here and nowhere else, by the deed and by the screen alike.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from functools import lru_cache

from desk.gestures import Budget, GestureRules, Left, parse_gestures, period_of, zone_named
from desk.money import shown
from desk.records import Mark
from desk.targets import parse_targets
from storage import rules
from storage.connect import Connection

_ROW = """
    SELECT g.id, g.ticket_id, ifnull(t.number, 0), g.customer_id, ifnull(c.name, ''), g.agent_id, ifnull(a.name, ''),
           ifnull(w.name, ''), g.kind, g.amount, g.currency, g.reason, g.state, g.made_at, ifnull(d.name, ''), g.answer
      FROM gesture g LEFT JOIN ticket t ON t.id = g.ticket_id LEFT JOIN customer c ON c.id = g.customer_id
      LEFT JOIN agent a ON a.id = g.agent_id LEFT JOIN team w ON w.id = g.team_id
      LEFT JOIN agent d ON d.id = g.decided_by_id"""
_SPENT = {
    "agent": "SELECT ifnull(sum(amount), 0) FROM gesture WHERE agent_id = ? AND made_at >= ? AND made_at < ?",
    "team": "SELECT ifnull(sum(amount), 0) FROM gesture WHERE team_id = ? AND made_at >= ? AND made_at < ?",
}
_THAT_COUNTS = " AND state IN ('given', 'approved') AND currency = ?"
# The team that a ticket is with gives; where it has none, the agent's own, the first of several.
_TEAM = """
    SELECT w.id, w.name FROM team w WHERE w.id = coalesce(
        (SELECT coalesce(t.team_id, q.team_id) FROM ticket t LEFT JOIN queue q ON q.id = t.queue_id WHERE t.id = ?),
        (SELECT min(team_id) FROM membership WHERE agent_id = ?))"""
_AGENT = "SELECT handle, name, role FROM agent WHERE id = ?"
_WAITING = f"{_ROW} WHERE g.state = 'waiting' ORDER BY g.made_at, g.id LIMIT ?"
_OWN_WAITING = f"{_ROW} WHERE g.state = 'waiting' AND g.agent_id = ? ORDER BY g.made_at, g.id LIMIT ?"
_OWN = f"{_ROW} WHERE g.agent_id = ? AND g.state <> 'waiting' ORDER BY g.made_at DESC, g.id DESC LIMIT ?"
_DECIDED = f"{_ROW} WHERE g.state <> 'waiting' ORDER BY g.made_at DESC, g.id DESC LIMIT ?"
_OF_CUSTOMER = f"{_ROW} WHERE g.customer_id = ? ORDER BY g.made_at DESC, g.id DESC LIMIT ?"
_ON_TICKET = """
    SELECT state, kind, amount, currency FROM gesture WHERE ticket_id = ? AND state <> 'refused' ORDER BY made_at, id"""
# More than a page are looked up in the report.
MOST = 200


@dataclass(frozen=True, slots=True)
class GestureRow:
    """A gesture with all its names. `label` is its kind as it is called now; `answer` a supervisor's."""

    id: int
    ticket_id: int | None
    ticket_number: int
    customer_id: int | None
    customer: str
    agent_id: int | None
    agent: str
    team: str
    kind: str
    amount: int
    currency: str
    reason: str
    state: str
    made_at: int
    decided_by: str
    answer: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands for one agent (and the team that gives) now."""

    rules: GestureRules
    team_id: int | None
    lefts: tuple[Left, ...]


@dataclass(frozen=True, slots=True)
class Gestures:
    """The page of gestures: what waits comes first. `may_decide`: whether this agent approves and refuses."""

    rules: GestureRules
    rows: tuple[GestureRow, ...]
    lefts: tuple[Left, ...]
    may_decide: bool


def gesture_rules(connection: Connection) -> GestureRules:
    """The rules that hold now; parsed again only where they were changed."""
    return _parsed(rules.read(connection, "gestures"))


def rules_zone(connection: Connection, held: GestureRules) -> tzinfo:
    """The zone whose midnights begin a period."""
    name = held.zone or _targets_zone(rules.read(connection, "targets"))
    return zone_named(name) if name else UTC


def standing(connection: Connection, agent_id: int | None, ticket_id: int | None, at: int) -> Standing:
    """What this agent, and the team that gives on this ticket, may still give away."""
    held = gesture_rules(connection)
    zone = rules_zone(connection, held)
    team = connection.execute(_TEAM, (ticket_id, agent_id)).fetchone()
    agent = connection.execute(_AGENT, (agent_id,)).fetchone()
    lefts: list[Left] = []
    if agent is not None and agent_id is not None:
        budgets = held.budgets_of("agent", agent[0])
        lefts += [_left(connection, held, zone, budget, agent_id, agent[1], at) for budget in budgets]
    if team is not None:
        budgets = held.budgets_of("team", team[1])
        lefts += [_left(connection, held, zone, budget, team[0], team[1], at) for budget in budgets]
    return Standing(held, None if team is None else int(team[0]), tuple(lefts))


def team_budgets(connection: Connection, at: int) -> tuple[tuple[int, Left], ...]:
    """What each team may still give away, by the id of the team; a team may have several budgets."""
    held = gesture_rules(connection)
    zone = rules_zone(connection, held)
    teams = connection.execute("SELECT id, name FROM team ORDER BY name, id").fetchall()
    return tuple(
        (team, _left(connection, held, zone, budget, team, name, at))
        for team, name in teams
        for budget in held.budgets_of("team", name)
    )


def listed(connection: Connection, agent_id: int | None, at: int) -> Gestures:
    """What waits, and what was decided or given lately: for who decides everybody's, for others their own."""
    found = standing(connection, agent_id, None, at)
    decides = may_decide(connection, found.rules, agent_id)
    if decides:
        undecided = waiting(connection)
        rest = _rows(connection, found.rules, _DECIDED, MOST)
    else:
        undecided = _rows(connection, found.rules, _OWN_WAITING, agent_id, MOST)
        rest = _rows(connection, found.rules, _OWN, agent_id, MOST)
    return Gestures(found.rules, (*undecided, *rest), found.lefts, decides)


def waiting(connection: Connection) -> tuple[GestureRow, ...]:
    """What waits for a supervisor, the oldest first."""
    return _rows(connection, gesture_rules(connection), _WAITING, MOST)


def of_customer(connection: Connection, customer_id: int) -> tuple[GestureRow, ...]:
    """What a customer was given or is to be given, the newest first."""
    return _rows(connection, gesture_rules(connection), _OF_CUSTOMER, customer_id, MOST)


def marks_of(connection: Connection, ticket_id: int) -> Iterator[Mark]:
    """What stands over a ticket: what was given on it, and what waits for a supervisor."""
    held: GestureRules | None = None
    for state, kind, amount, currency in connection.execute(_ON_TICKET, (ticket_id,)):
        held = held or gesture_rules(connection)
        what = f"{held.label(kind)}, {shown(amount, currency)}"
        yield Mark(f"waits for a supervisor: {what}", "due") if state == "waiting" else Mark(f"given: {what}", "good")


def approvers(connection: Connection, held: GestureRules) -> tuple[str, ...]:
    """The roles that approve: those of the rules, in a team where nobody has one of them every role."""
    roles = {role for (role,) in connection.execute("SELECT DISTINCT role FROM agent")}
    return held.approvers if roles & set(held.approvers) else tuple(sorted(roles))


def may_decide(connection: Connection, held: GestureRules, agent_id: int | None) -> bool:
    """Whether this agent is one who approves."""
    agent = connection.execute(_AGENT, (agent_id,)).fetchone()
    return agent is not None and agent[2] in approvers(connection, held)


def _left(
    connection: Connection, held: GestureRules, zone: tzinfo, budget: Budget, holder_id: int, who: str, at: int
) -> Left:
    start, end = period_of(at, budget.period, zone)
    spent = connection.execute(_SPENT[budget.holder] + _THAT_COUNTS, (holder_id, start, end, held.currency)).fetchone()[
        0
    ]
    return Left(who, budget, int(spent), start, end)


def _rows(connection: Connection, held: GestureRules, statement: str, *values: object) -> tuple[GestureRow, ...]:
    found = (GestureRow(*row) for row in connection.execute(statement, values))
    return tuple(replace(row, label=held.label(row.kind)) for row in found)


@lru_cache(maxsize=4)
def _parsed(text: str) -> GestureRules:
    return parse_gestures(text)


@lru_cache(maxsize=4)
def _targets_zone(text: str) -> str:
    return parse_targets(text, "targets").zone
