"""Tasks that follow from conversations: made, changed, done, and linked to every ticket that they came from.

The invariants: a task that Diagnose found is made in the very deed that ticks the step, so that undo takes back both;
the same cause is one open task with more tickets, never a second one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.errors import BadInput, Refused
from desk.text import clean
from storage.connect import Connection
from storage.deeds.by import By, Done
from storage.deeds.journal import Fact, Journal, held
from storage.knowledge.tasks import one_cause

if TYPE_CHECKING:
    from sqlmodel import Session

    from storage.models import Task

OPEN, DONE = "open", "done"

# SQLite's own lower() leaves É and Ü as they are; of open tasks there are never so many that they couldn't be read.
_OPEN = "SELECT id, cause FROM task WHERE state = 'open' AND cause <> '' ORDER BY id"
# The tasks that an earlier answer of the same step may have made: open, and linked to this ticket alone.
_MADE_HERE = """
    SELECT t.id, t.cause FROM task_ticket l JOIN task t ON t.id = l.task_id
     WHERE l.ticket_id = ? AND t.state = 'open'
       AND NOT EXISTS(SELECT 1 FROM task_ticket o WHERE o.task_id = t.id AND o.ticket_id <> l.ticket_id)
     ORDER BY t.id"""
_TICKETS = "SELECT ticket_id FROM task_ticket WHERE task_id = ? ORDER BY ticket_id"


@dataclass(frozen=True, slots=True)
class TaskText:
    """What a task says. `due_at` is microseconds UTC; `assignee_id` None is nobody."""

    title: str
    cause: str = ""
    assignee_id: int | None = None
    due_at: int | None = None


def make(session: "Session", by: By, text: TaskText, *ticket_ids: int) -> Done:
    """A new task from these tickets."""
    journal = Journal(session, by)
    task = _make(journal, text, *ticket_ids)
    _tell(journal, "task_made", task, *ticket_ids)
    return journal.done(f"Made the task “{task.title}”", *ticket_ids)


def change(session: "Session", by: By, task_id: int, text: TaskText, was: TaskText) -> Done:
    """Other words, another time or person.

    What is as it `was` when the agent began to write stays as it is now: a colleague may have changed it meanwhile.
    """
    journal = Journal(session, by)
    task = _held(session, task_id)
    before = _values(was)
    return _change(journal, task, {name: value for name, value in _values(text).items() if value != before[name]})


def assign(session: "Session", by: By, task_id: int, agent_id: int | None) -> Done:
    """Somebody else does it, or nobody for now."""
    journal = Journal(session, by)
    task = _held(session, task_id)
    return _change(journal, task, {"assignee_id": agent_id})


def finish(session: "Session", by: By, task_id: int) -> Done:
    """It is done; Refused where it was already."""
    return _settle(session, by, task_id, DONE)


def open_again(session: "Session", by: By, task_id: int) -> Done:
    """It isn't done after all."""
    return _settle(session, by, task_id, OPEN)


def link(session: "Session", by: By, task_id: int, ticket_id: int) -> Done:
    """Another ticket has the same cause; Refused where it is linked already."""
    from storage import models

    journal = Journal(session, by)
    task = _held(session, task_id)
    ticket = held(session, models.Ticket, ticket_id, "ticket")
    if not _link(journal, task_id, ticket_id):
        raise Refused(f"#{ticket.number} is linked to “{task.title}” already", "")
    _tell(journal, "task_linked", task, ticket_id)
    return journal.done(f"Linked #{ticket.number} to the task “{task.title}”", ticket_id)


def unlink(session: "Session", by: By, task_id: int, ticket_id: int) -> Done:
    """That ticket has nothing to do with it."""
    from storage import models

    journal = Journal(session, by)
    task = _held(session, task_id)
    ticket = held(session, models.Ticket, ticket_id, "ticket")
    row = session.get(models.TaskTicket, (task_id, ticket_id))
    if row is None:
        raise Refused(f"#{ticket.number} isn't linked to “{task.title}”", "")
    journal.remove(row)
    _tell(journal, "task_unlinked", task, ticket_id)
    return journal.done(f"Took #{ticket.number} from the task “{task.title}”", ticket_id)


def follow_up(journal: Journal, ticket_id: int, cause: str, before: str = "") -> None:
    """What Diagnose found, as part of the deed that ticks its step; `before` is what the step had said until now.

    An open task of this cause gets the ticket linked; else one that this step made is given its new cause; else there
    is a new one, due to nobody yet.
    """
    cause = clean(cause, lines=False).strip()
    if not cause:
        return
    known = _of_cause(journal.connection.execute(_OPEN), cause)
    if known is not None:
        task = _held(journal.session, known)
        if _link(journal, known, ticket_id):
            _tell(journal, "task_linked", task, ticket_id)
        return
    made = _of_cause(journal.connection.execute(_MADE_HERE, (ticket_id,)), before) if before.strip() else None
    if made is not None:
        task = _held(journal.session, made)
        journal.change(task, cause=cause, title=_title(cause) if task.title == _title(before) else task.title)
        _tell(journal, "task_changed", task, ticket_id)
        return
    task = _make(journal, TaskText(_title(cause), cause, journal.by.agent_id), ticket_id)
    _tell(journal, "task_made", task, ticket_id)


def _of_cause(found: Iterable[tuple[int, str]], cause: str) -> int | None:
    """The first task of that cause."""
    wanted = one_cause(cause)
    return next((task_id for task_id, each in found if one_cause(each) == wanted), None)


def _title(cause: str) -> str:
    return f"Mend: {cause}"


def _make(journal: Journal, text: TaskText, *ticket_ids: int) -> "Task":
    from storage import models

    task = models.Task(title="", created_at=journal.by.at, agent_id=journal.by.agent_id)
    for column, value in _values(text).items():
        setattr(task, column, value)
    journal.add(task)
    for ticket_id in ticket_ids:
        _link(journal, task.id or 0, ticket_id)
    return task


def _values(text: TaskText) -> dict[str, object]:
    title, cause = (clean(each, lines=False).strip() for each in (text.title, text.cause))
    if not title:
        raise BadInput("A task needs a title", "Say in a few words what is to be done.")
    return {"title": title, "cause": cause, "assignee_id": text.assignee_id, "due_at": text.due_at}


def _link(journal: Journal, task_id: int, ticket_id: int) -> bool:
    """Whether that is news."""
    from storage import models

    if journal.session.get(models.TaskTicket, (task_id, ticket_id)) is not None:
        return False
    journal.add(models.TaskTicket(task_id=task_id, ticket_id=ticket_id))
    return True


def _change(journal: Journal, task: "Task", values: Mapping[str, object]) -> Done:
    if all(getattr(task, name) == value for name, value in values.items()):
        # A deed that changes nothing would have `u` take back the one before it.
        raise Refused(f"“{task.title}” is so already", "")
    journal.change(task, **values)
    _tell(journal, "task_changed", task)
    return journal.done(f"Changed the task “{task.title}”", *_tickets(journal.connection, task.id or 0))


def _settle(session: "Session", by: By, task_id: int, state: str) -> Done:
    journal = Journal(session, by)
    task = _held(session, task_id)
    if task.state == state:
        raise Refused(f"“{task.title}” is {state} already", "")
    done = state == DONE
    journal.change(task, state=state, done_at=by.at if done else None)
    _tell(journal, "task_done" if done else "task_opened", task)
    return journal.done(
        f"Did the task “{task.title}”" if done else f"Opened the task “{task.title}” again",
        *_tickets(journal.connection, task_id),
    )


def _held(session: "Session", task_id: int) -> "Task":
    from storage import models

    return held(session, models.Task, task_id, "task")


def _tickets(connection: Connection, task_id: int) -> tuple[int, ...]:
    return tuple(ticket for (ticket,) in connection.execute(_TICKETS, (task_id,)))


def _tell(journal: Journal, kind: str, task: "Task", *ticket_ids: int) -> None:
    """One event for each ticket that the task belongs to, the first with all that changed."""
    data: dict[str, Fact] = {"title": task.title, "cause": task.cause}
    ids = ticket_ids or _tickets(journal.connection, task.id or 0)
    for ticket_id in ids or (None,):
        journal.tell(kind, data, ticket_id=ticket_id)
