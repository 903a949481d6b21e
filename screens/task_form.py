"""The form of a task: what is to be done, why it was needed, by whom and by when.

The invariant: what was typed before is offered as it was typed, so that one cause stays one cause.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.counts import counted
from desk.errors import BadInput
from desk.nearest import mend_name
from desk.records import AgentRow
from desk.snooze import when
from desk.times import to_datetime
from screens.form import Entry, Form, Values
from screens.seat import Seat
from storage import people
from storage.connect import Connection
from storage.deeds.by import Done
from storage.form_drafts import About
from storage.knowledge.tasks import CauseRow, TaskRow, causes, of_ticket, one_cause

if TYPE_CHECKING:
    from sqlmodel import Session

    from storage.deeds.tasks import TaskText

NOBODY = ("", "nobody", "none")
SHOWN = "%Y-%m-%d %H:%M"
MOST_LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class Around:
    """Who there is to do it, which causes were named before, and which open tasks the tickets have already."""

    agents: tuple[AgentRow, ...]
    causes: tuple[CauseRow, ...]
    there: tuple[TaskRow, ...] = ()


def around(connection: Connection, *ticket_ids: int) -> Around:
    """Read it, in a reader thread."""
    of_them = {task.id: task for ticket_id in ticket_ids[:MOST_LOOKED_AT] for task in of_ticket(connection, ticket_id)}
    there = tuple(task for task in of_them.values() if task.state == "open")
    return Around(people.agents(connection), causes(connection), there)


def task_form(seat: Seat, found: Around, task: TaskRow | None, title: str, *ticket_ids: int) -> Form:
    """The form of a task that there is, or of a new one from these tickets."""
    handles = {agent.id: agent.handle for agent in found.agents}
    assignee = seat.me.handle if task is None else handles.get(task.assignee_id or 0, "")
    due = "" if task is None or task.due_at is None else to_datetime(task.due_at, seat.zone).strftime(SHOWN)
    entries = (
        Entry("title", "Title", title if task is None else task.title, "what is to be done"),
        Entry(
            "cause", "Cause", "" if task is None else task.cause, "why it happened; Right completes",
            choices=tuple(each.cause for each in found.causes),
        ),
        Entry("assignee", "Who", assignee, "a handle; empty is nobody", choices=tuple(handles.values())),
        Entry("due", "Due", due, "fri 5pm, 3d, next week; may stay empty"),
    )  # fmt: skip

    def read(values: Values) -> "TaskText":
        from storage.deeds.tasks import TaskText

        return TaskText(
            values["title"], values["cause"], _assignee(found, values["assignee"]), _due(seat, task, values["due"])
        )

    def deed(values: Values) -> "Callable[[Session], Done]":
        from storage.deeds.tasks import change, make

        by, text = seat.by(), read(values)
        if task is None:
            return lambda session: make(session, by, text, *ticket_ids)
        was = _text_of(task)
        return lambda session: change(session, by, task.id, text, was)

    def check(values: Values) -> str:
        return _meaning(seat, found, read(values))

    about = About("task", ticket_ids, task=task.id if task else None)
    return Form(_title(found) if task is None else "Edit the task", entries, deed, check, about)


def _text_of(task: TaskRow) -> "TaskText":
    from storage.deeds.tasks import TaskText

    return TaskText(task.title, task.cause, task.assignee_id, task.due_at)


def _title(found: Around) -> str:
    if not found.there:
        return "New task"
    more = "" if len(found.there) == 1 else " and " + str(len(found.there) - 1) + " more"
    return "New task, beside “" + found.there[0].title + "”" + more


def _assignee(found: Around, text: str) -> int | None:
    wanted = text.strip().casefold()
    if wanted in NOBODY:
        return None
    for agent in found.agents:
        if wanted in (agent.handle.casefold(), agent.name.casefold()):
            return agent.id
    raise BadInput("There is no agent “" + text.strip() + "”", mend_name(text, [each.handle for each in found.agents]))


def _due(seat: Seat, task: TaskRow | None, text: str) -> int | None:
    text = " ".join(text.split())
    if not text:
        return None
    if task is not None and task.due_at is not None and text == to_datetime(task.due_at, seat.zone).strftime(SHOWN):
        # As it was, even where that has passed.
        return task.due_at
    return when(text, seat.clock(), seat.zone)


def _meaning(seat: Seat, found: Around, text: "TaskText") -> str:
    who = next((agent.name for agent in found.agents if agent.id == text.assignee_id), "nobody")
    due = "no due time"
    if text.due_at is not None:
        due = "due " + to_datetime(text.due_at, seat.zone).strftime("%a %-d %b %H:%M")
    same = next((each for each in found.causes if one_cause(each.cause) == one_cause(text.cause)), None)
    known = "" if same is None else " · this cause: " + counted(same.tickets, "ticket") + " so far"
    return "".join((who, " · ", due, known))
