"""What the demo team did beside answering: calls, promises, gestures, ratings, tasks, an incident that is going on.

The invariant: it only adds to the tickets that the stories made, the same each time for the same tickets.
"""

import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from desk.ids import new_uid
from desk.times import HOUR, MINUTE, SECOND
from storage.connect import Connection

# Of the solved tickets: how many were promised something, and rated; of those how many were disappointed.
PROMISED, RATED, GIFTED = 0.35, 0.4, 0.12
BROKEN, BAD, GREAT = 0.15, 0.12, 0.7
INCIDENT_TICKETS = 6

_CALLS = """
    SELECT m.id, m.ticket_id, m.customer_id, m.agent_id, m.at, m.seconds, m.body,
           (SELECT value FROM identity WHERE customer_id = m.customer_id AND kind = ? ORDER BY id LIMIT 1)
      FROM message m WHERE m.kind = 'call' ORDER BY m.id"""
_CALL = (
    "INSERT INTO call(uid, direction, state, way, external_id, number, caller, customer_id, ticket_id, message_id, "
    "agent_id, rang_at, answered_at, held_seconds, ended_at, wrapped_at, goal, notes, outcome, follow_up) "
    "VALUES(?, 'in', 'done', 'console', '', ?, '', ?, ?, ?, ?, ?, ?, 0, ?, ?, '', ?, 'solved', '')"
)
# Each solved ticket with its first and its last answer.
_SOLVED = """
    SELECT t.id, t.customer_id, t.assignee_id, t.team_id, first.id, first.at, last.id, last.at
      FROM ticket t
      JOIN message first ON first.id = (
           SELECT id FROM message WHERE ticket_id = t.id AND kind = 'outbound' ORDER BY at, id LIMIT 1)
      JOIN message last ON last.id = (
           SELECT id FROM message WHERE ticket_id = t.id AND kind = 'outbound' ORDER BY at DESC, id DESC LIMIT 1)
     WHERE t.status >= 3 AND t.assignee_id IS NOT NULL ORDER BY t.id"""
_TAGGED = """
    SELECT t.id, t.created_at FROM tag JOIN ticket_tag l ON l.tag_id = tag.id JOIN ticket t ON t.id = l.ticket_id
     WHERE tag.name = ? AND (t.status < 3) = ? ORDER BY t.created_at DESC LIMIT ?"""
_PROMISE = (
    "INSERT INTO promise(uid, ticket_id, message_id, agent_id, words, made_at, due_at, target_at, state, settled_at) "
    "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_RATING = (
    "INSERT INTO rating(uid, ticket_id, answer_id, agent_id, score, words, way, at, action, acted_at, acted_by_id) "
    "VALUES(?, ?, ?, ?, ?, ?, 'word', ?, ?, ?, ?)"
)
_GESTURE = (
    "INSERT INTO gesture(uid, ticket_id, customer_id, agent_id, team_id, kind, amount, currency, reason, state, "
    "made_at, decided_at, decided_by_id, answer) VALUES(?, ?, ?, ?, ?, ?, ?, 'EUR', ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class DemoTask:
    """A task; `hours` from now it is due, None where it is done."""

    title: str
    cause: str
    tag: str
    assignee: str
    hours: int | None = None


@dataclass(frozen=True, slots=True)
class DemoGesture:
    """A gesture that agents make on tickets with a tag."""

    kind: str
    amount: int
    reason: str
    tag: str


@dataclass(frozen=True, slots=True)
class DemoIncident:
    """The incident that is going on, with the tag of the tickets that belong to it."""

    title: str
    notice: str
    tag: str
    agent: str


@dataclass(frozen=True, slots=True)
class Craft:
    """The whole of craft.toml."""

    promises: tuple[str, ...]
    words: tuple[str, ...]
    actions: tuple[str, ...]
    refused: str
    task: tuple[DemoTask, ...]
    gesture: tuple[DemoGesture, ...]
    incident: DemoIncident


@dataclass(frozen=True, slots=True)
class _Solved:
    """A solved ticket with its first and its last answer."""

    ticket: int
    customer: int
    agent: int
    team: int
    first: int
    first_at: int
    last: int
    last_at: int


def craft() -> Craft:
    """What the team did, as its file says."""
    from pydantic import TypeAdapter

    text = files("console.demo").joinpath("craft.toml").read_text("utf-8")
    return TypeAdapter(Craft).validate_python(tomllib.loads(text))


def add_craft(connection: Connection, agents: Mapping[str, int], now: int) -> None:
    """Add it to a demo workspace whose tickets are there, in the caller's transaction; `agents` by their handles."""
    content = craft()
    solved = [_Solved(*row) for row in connection.execute(_SOLVED)]
    _calls(connection)
    for one in solved:
        _promise(connection, content, one)
        _rate(connection, content, one, agents)
    _give(connection, content, solved, agents, now)
    for task in content.task:
        _task(connection, task, agents, now)
    _incident(connection, content.incident, agents, now)


def _dice(ticket: int, about: str) -> random.Random:
    return random.Random(f"{about} {ticket}")


def _calls(connection: Connection) -> None:
    from desk.lookup import IdentityKind

    for message, ticket, customer, agent, at, seconds, body, number in connection.execute(
        _CALLS, (int(IdentityKind.PHONE),)
    ).fetchall():
        dice = _dice(ticket, "call")
        answered = at - (seconds or 60) * SECOND - dice.randrange(20, 90) * SECOND
        rang = answered - dice.randrange(2, 20) * SECOND
        ended = answered + (seconds or 60) * SECOND
        connection.execute(
            _CALL,
            (new_uid(), number or "", customer, ticket, message, agent, rang, answered, ended, at, body),
        )


def _promise(connection: Connection, content: Craft, one: _Solved) -> None:
    dice = _dice(one.ticket, "promise")
    if one.first == one.last or dice.random() >= PROMISED:
        return
    took = one.last_at - one.first_at
    kept = dice.random() >= BROKEN
    due_at = one.first_at + (took + dice.randrange(1, 20) * HOUR if kept else took * 2 // 3)
    target_at = one.first_at + (due_at - one.first_at) * 3 // 4
    connection.execute(
        _PROMISE,
        (
            new_uid(), one.ticket, one.first, one.agent, dice.choice(content.promises), one.first_at, due_at,
            target_at, "kept" if kept else "broken", one.last_at,
        ),
    )  # fmt: skip


def _rate(connection: Connection, content: Craft, one: _Solved, agents: Mapping[str, int]) -> None:
    dice = _dice(one.ticket, "rating")
    if dice.random() >= RATED:
        return
    drawn = dice.random()
    score = 1 if drawn < BAD else 3 if drawn > 1 - GREAT else 2
    at = one.last_at + dice.randrange(5, 300) * MINUTE
    action = dice.choice(("", *content.actions)) if score == 1 else ""
    connection.execute(
        _RATING,
        (
            new_uid(), one.ticket, one.last, one.agent, score, content.words[score - 1], at, action,
            at + 3 * HOUR if action else None, agents["mei"] if action else None,
        ),
    )  # fmt: skip


def _give(connection: Connection, content: Craft, solved: list[_Solved], agents: Mapping[str, int], now: int) -> None:
    by_tag = {one.tag: one for one in content.gesture}
    tags: dict[int, str] = dict(
        connection.execute("SELECT l.ticket_id, tag.name FROM ticket_tag l JOIN tag ON tag.id = l.tag_id").fetchall()
    )
    for one in solved:
        kind = by_tag.get(tags.get(one.ticket, ""))
        if kind is None or _dice(one.ticket, "gesture").random() >= GIFTED:
            continue
        made_at = min(one.last_at, now)
        _gesture(connection, one, kind, "given", made_at)
    waiting = next((one for one in reversed(solved) if tags.get(one.ticket, "") in by_tag), None)
    if waiting is not None:
        _gesture(connection, waiting, by_tag[tags[waiting.ticket]], "waiting", now - 40 * MINUTE, times=20)
    if len(solved) > 1:
        kind = content.gesture[-1]
        _gesture(
            connection, solved[0], kind, "refused", solved[0].last_at, decided_by=agents["mei"], answer=content.refused
        )


def _gesture(
    connection: Connection, one: _Solved, kind: DemoGesture, state: str, at: int, *, times: int = 1,
    decided_by: int | None = None, answer: str = "",
) -> None:  # fmt: skip
    connection.execute(
        _GESTURE,
        (
            new_uid(), one.ticket, one.customer, one.agent, one.team, kind.kind, kind.amount * times, kind.reason,
            state, at, at + HOUR if decided_by else None, decided_by, answer,
        ),
    )  # fmt: skip


def _task(connection: Connection, task: DemoTask, agents: Mapping[str, int], now: int) -> None:
    tickets = connection.execute(_TAGGED, (task.tag, False, 5)).fetchall()
    if not tickets:
        return
    done = task.hours is None
    made_at = max(created for _, created in tickets)
    due_at = None if task.hours is None else now + task.hours * HOUR
    task_id = connection.execute(
        "INSERT INTO task(uid, title, cause, state, agent_id, assignee_id, created_at, due_at, done_at) "
        "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            new_uid(), task.title, task.cause, "done" if done else "open", agents["ana"], agents[task.assignee],
            made_at, due_at, now - HOUR if done else None,
        ),
    ).lastrowid  # fmt: skip
    connection.executemany("INSERT INTO task_ticket VALUES(?, ?)", [(task_id, ticket) for ticket, _ in tickets])


def _incident(connection: Connection, incident: DemoIncident, agents: Mapping[str, int], now: int) -> None:
    tickets = connection.execute(_TAGGED, (incident.tag, True, INCIDENT_TICKETS)).fetchall()
    if not tickets:
        return
    agent = agents[incident.agent]
    incident_id = connection.execute(
        "INSERT INTO incident(uid, title, state, notice, agent_id, next_update_at, created_at) "
        "VALUES(?, ?, 'found', ?, ?, ?, ?)",
        (new_uid(), incident.title, incident.notice, agent, now + 2 * HOUR, now - 3 * HOUR),
    ).lastrowid
    connection.executemany(
        "INSERT INTO incident_ticket(incident_id, ticket_id, state, agent_id, at) VALUES(?, ?, 'linked', ?, ?)",
        [(incident_id, ticket, agent, now - 2 * HOUR) for ticket, _ in tickets],
    )
