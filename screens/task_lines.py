"""Tasks as lines: what is to be done with its time, its cause and its tickets; causes with their counts. Pure.

The invariant: what is late says so in words and not by colour alone.
"""

from collections.abc import Iterable
from datetime import tzinfo

from desk.ages import age, due
from desk.counts import counted
from desk.times import DAY, to_datetime
from storage.knowledge.tasks import CauseRow, LinkedTicket, TaskRow, one_cause
from widgets.cells import fit, harmless
from widgets.inks import Piece, both_ends

OPEN, CAUSES, DONE = "Open", "By cause", "Done"
PARTS = (OPEN, CAUSES, DONE)
Told = tuple[str, str, str]
MOST_TICKETS = 30


def task_line(task: TaskRow, cells: int, now: int) -> list[Piece]:
    """Its sign, title and cause at the left; who, how many tickets and its time at the right."""
    sign: Piece = (" ✓ ", "good") if task.state == "done" else (" ! ", "late") if task.late(now) else (" · ", "muted")
    left: list[Piece] = [sign, (_flat(task.title), "muted" if task.state == "done" else "strong")]
    if task.cause and task.cause not in task.title:
        left += [("  ", "plain"), (_flat(task.cause), "muted")]
    who = fit(harmless(task.assignee) or "nobody", 14) + " " if cells >= 70 else ""
    tickets = f"{len(task.tickets):>3} ✉ " if task.tickets else " " * 6
    return both_ends(left, [(who, "muted"), (tickets, "muted"), _time(task, now)], cells)


def cause_line(cause: CauseRow, cells: int, now: int) -> list[Piece]:
    """A cause, with its counts."""
    counts = f"{counted(cause.tickets, 'ticket'):>12} {counted(cause.tasks, 'task'):>9} {cause.open:>3,} open "
    right: list[Piece] = [(counts, "muted"), (f"{age(cause.last_at, now):>5} ", "faint")]
    return both_ends([(" ", "plain"), (_flat(cause.cause), "strong")], right, cells)


def ticket_line(ticket: LinkedTicket, cells: int) -> list[Piece]:
    """A ticket under its task."""
    left: list[Piece] = [("     ", "plain"), (f"#{ticket.number}", "link"), ("  " + _flat(ticket.subject), "plain")]
    return both_ends(left, [], cells)


def task_facts(task: TaskRow, now: int, zone: tzinfo) -> list[Told]:
    """All that there is to say about a task."""

    def at(moment: int) -> str:
        return to_datetime(moment, zone).strftime("%a %-d %b %Y %H:%M")

    facts: list[Told] = [("Task", task.title, "strong")]
    if task.cause:
        facts.append(("Cause", task.cause, "plain"))
    facts.append(("Who", task.assignee or "nobody yet", "plain"))
    if task.due_at is not None:
        facts.append(("Due", at(task.due_at), "late" if task.late(now) else "plain"))
    facts.append(("Made", at(task.created_at), "muted"))
    if task.done_at is not None:
        facts.append(("Done", at(task.done_at), "good"))
    lines = [f"#{ticket.number} {ticket.subject}" for ticket in task.tickets[:MOST_TICKETS]]
    if len(task.tickets) > MOST_TICKETS:
        lines.append(f"and {len(task.tickets) - MOST_TICKETS:,} more")
    facts.append(("Tickets", "\n".join(lines) or "none; # links one", "plain" if lines else "muted"))
    return facts


def cause_facts(cause: CauseRow, tasks: tuple[TaskRow, ...]) -> list[Told]:
    """What hangs on a cause."""
    lines = [("✓ " if task.state == "done" else "· ") + task.title for task in of_cause(cause, tasks)]
    far = f"{counted(cause.tickets, 'ticket')}, {counted(cause.tasks, 'task')}, {cause.open:,} of them open"
    return [("Cause", cause.cause, "strong"), ("So far", far, "plain"), ("Tasks", "\n".join(lines), "plain")]


def of_cause(cause: CauseRow, tasks: Iterable[TaskRow]) -> list[TaskRow]:
    """The tasks of a cause."""
    wanted = one_cause(cause.cause)
    return [task for task in tasks if one_cause(task.cause) == wanted]


def _time(task: TaskRow, now: int) -> Piece:
    if task.done_at is not None:
        return (f"{age(task.done_at, now):>9} ", "faint")
    if task.due_at is None:
        return (" " * 10, "faint")
    words = due(task.due_at, now)
    return (f"{words:>9} ", "late" if task.late(now) else "due" if task.due_at < now + DAY else "muted")


def _flat(text: str) -> str:
    return " ".join(harmless(text).split())
