"""Tasks as they are read: what is open by its time, which causes come again, what is late."""

import json
from collections import defaultdict
from dataclasses import dataclass

from storage.connect import Connection

LATELY = 100

_TASKS = """
    SELECT t.id, t.title, t.cause, t.state, ifnull(a.name, ''), t.assignee_id, t.created_at, t.due_at, t.done_at,
           (SELECT json_group_array(json_array(l.ticket_id, k.number, k.subject)) FROM task_ticket l
              JOIN ticket k ON k.id = l.ticket_id WHERE l.task_id = t.id)
      FROM task t LEFT JOIN agent a ON a.id = t.assignee_id"""
_OPEN = f"{_TASKS} WHERE t.state = 'open' ORDER BY t.due_at IS NULL, t.due_at, t.id"
_DONE = f"{_TASKS} WHERE t.state = 'done' ORDER BY t.done_at DESC, t.id DESC LIMIT ?"
_OF_TICKET = f"{_TASKS} JOIN task_ticket o ON o.task_id = t.id WHERE o.ticket_id = ? ORDER BY t.id"
# By cause as it is spelt; SQLite's own lower() leaves É and Ü as they are, so that they are put together here.
_OF_CAUSE = """
    SELECT t.cause, t.id, t.state = 'open', t.created_at, l.ticket_id, k.number
      FROM task t LEFT JOIN task_ticket l ON l.task_id = t.id LEFT JOIN ticket k ON k.id = l.ticket_id
     WHERE t.cause <> '' ORDER BY t.id, k.number DESC"""
_OVERDUE = """
    SELECT id, title FROM task
     WHERE state = 'open' AND due_at > ? AND due_at <= ? AND (assignee_id = ? OR assignee_id IS NULL)
     ORDER BY due_at, id"""


@dataclass(frozen=True, slots=True)
class LinkedTicket:
    """A ticket that a task came from."""

    id: int
    number: int
    subject: str


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task with the tickets that it came from."""

    id: int
    title: str
    cause: str
    state: str
    assignee: str
    assignee_id: int | None
    created_at: int
    due_at: int | None
    done_at: int | None
    tickets: tuple[LinkedTicket, ...]

    def late(self, now: int) -> bool:
        """Whether it should have been done by now."""
        return self.state == "open" and self.due_at is not None and self.due_at <= now


@dataclass(frozen=True, slots=True)
class CauseRow:
    """A cause, spelt as it was first: on how many tickets it was found, in how many tasks, how many of them are open.

    `last_at` is when it was found last, `numbers` are the tickets that it was found on, the newest first.
    """

    cause: str
    tickets: int
    tasks: int
    open: int
    last_at: int
    numbers: tuple[int, ...] = ()


def open_tasks(connection: Connection) -> tuple[TaskRow, ...]:
    """What is to be done, what is due first on top, what has no time at the end."""
    return _rows(connection, _OPEN)


def done_tasks(connection: Connection) -> tuple[TaskRow, ...]:
    """What was done lately, the newest first."""
    return _rows(connection, _DONE, LATELY)


def of_ticket(connection: Connection, ticket_id: int) -> tuple[TaskRow, ...]:
    """The tasks that a ticket belongs to."""
    return _rows(connection, _OF_TICKET, ticket_id)


def one_cause(text: str) -> str:
    """A cause as it is compared: capitals and blanks aside."""
    return " ".join(text.casefold().split())


def causes(connection: Connection) -> tuple[CauseRow, ...]:
    """The causes that were written down, those of most tickets first."""
    spelt: dict[str, str] = {}
    tasks: dict[str, dict[int, bool]] = defaultdict(dict)
    tickets: dict[str, dict[int, int]] = defaultdict(dict)
    last: dict[str, int] = {}
    for cause, task_id, is_open, created_at, ticket_id, number in connection.execute(_OF_CAUSE):
        key = one_cause(cause)
        spelt.setdefault(key, cause)
        tasks[key][task_id] = bool(is_open)
        last[key] = max(created_at, last.get(key, created_at))
        if ticket_id is not None:
            tickets[key][ticket_id] = number
    rows = (
        CauseRow(
            cause, len(tickets[key]), len(tasks[key]), sum(tasks[key].values()), last[key],
            tuple(sorted(tickets[key].values(), reverse=True)),
        )
        for key, cause in spelt.items()
    )  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (-row.tickets, -row.tasks, one_cause(row.cause))))


def overdue(connection: Connection, agent_id: int, since: int, now: int) -> tuple[tuple[int, str], ...]:
    """Tasks of this agent or of nobody whose time came after `since`, as (id, title)."""
    return tuple(connection.execute(_OVERDUE, (since, now, agent_id)).fetchall())


def _rows(connection: Connection, query: str, *values: object) -> tuple[TaskRow, ...]:
    return tuple(_row(*row) for row in connection.execute(query, values))


def _row(
    key: int, title: str, cause: str, state: str, assignee: str, assignee_id: int | None, created_at: int,
    due_at: int | None, done_at: int | None, tickets: str,
) -> TaskRow:  # fmt: skip
    linked = tuple(LinkedTicket(*each) for each in json.loads(tickets))
    return TaskRow(key, title, cause, state, assignee, assignee_id, created_at, due_at, done_at, linked)
