"""What is to be done after conversations: open by time, by cause with counts, and what was done lately.

The invariant: Enter on a task shows its tickets below it, and Enter on a ticket opens that, whatever the list.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from textual.geometry import Size
from textual.widget import Widget
from typing_extensions import override

from desk.counts import counted
from screens.action import Place, Situation
from screens.ask import Choice, Question
from screens.desk_screen import opens
from screens.export import ask_to_export
from screens.facts import FactsPane
from screens.form import FormScreen
from screens.framed import SIDE_FROM, FramedScreen, Shape
from screens.seat import Seat
from screens.task_form import around, task_form
from screens.task_lines import (
    CAUSES,
    DONE,
    OPEN,
    PARTS,
    cause_facts,
    cause_line,
    of_cause,
    task_facts,
    task_line,
    ticket_line,
)
from storage import people
from storage.connect import Connection
from storage.deeds.by import Done
from storage.knowledge.tasks import CauseRow, LinkedTicket, TaskRow, causes, done_tasks, one_cause, open_tasks
from widgets.inks import Piece
from widgets.rowcache import Key
from widgets.rows import LineList
from widgets.ticket_line import Look

if TYPE_CHECKING:
    from desk.records import AgentRow


@dataclass(frozen=True, slots=True)
class Under:
    """A ticket under the task that it belongs to."""

    task: TaskRow
    ticket: LinkedTicket


Line: TypeAlias = TaskRow | Under | CauseRow


@dataclass(frozen=True, slots=True)
class Found:
    """All lists of the page."""

    open: tuple[TaskRow, ...] = ()
    causes: tuple[CauseRow, ...] = ()
    done: tuple[TaskRow, ...] = ()


def read_tasks(connection: Connection) -> Found:
    """Read them, in a reader thread."""
    return Found(open_tasks(connection), causes(connection), done_tasks(connection))


def line_key(line: Line) -> str:
    """What names a line, whatever is added around it."""
    match line:
        case TaskRow():
            return "task " + str(line.id)
        case Under():
            return "ticket " + str(line.task.id) + " " + str(line.ticket.id)
        case CauseRow():
            return "cause " + one_cause(line.cause)


class TasksScreen(FramedScreen[Line]):
    """The tasks."""

    def __init__(self, seat: Seat) -> None:
        empty = "Nothing is to be done. L on a ticket makes a task, and so does HEARD's last step, Diagnose."
        super().__init__(seat, LineList[Line](self._draw, key=line_key, empty=empty))
        self.facts = FactsPane()
        self.part = OPEN
        self._found = Found()
        self._unfolded: frozenset[str] = frozenset()

    @property
    @override
    def place(self) -> Place:
        return Place.TASKS

    @property
    def chosen(self) -> TaskRow | None:
        """The task under the cursor, also where the cursor is on one of its tickets."""
        row = self.lines.row
        return row if isinstance(row, TaskRow) else row.task if isinstance(row, Under) else None

    @override
    def situation(self) -> Situation:
        there = self.chosen is not None
        removable = isinstance(self.lines.row, Under)
        return Situation(ticket=there, listed=self.lines.count, editable=there, removable=removable)

    @property
    @override
    def path(self) -> tuple[str, ...]:
        return ("Tasks", self.part)

    @property
    @override
    def titles(self) -> tuple[str, str]:
        if not self.lines.shown:
            return ("", "")
        late = sum(task.late(self.seat.clock()) for task in self._found.open)
        if self.part == CAUSES:
            return (counted(len(self._found.causes), "cause"), "Cause")
        if self.part == DONE:
            return ("Done lately", "Task")
        return (f"{len(self._found.open):,} open" + (f" · {late:,} late" if late else ""), "Task")

    @override
    def side_widgets(self) -> tuple[Widget, ...]:
        return (self.facts,)

    @override
    def shaped(self, size: Size) -> Shape:
        return Shape(side=size.width * 40 // 100) if size.width >= SIDE_FROM else Shape(below=size.height * 2 // 5)

    @override
    def changed(self) -> None:
        super().changed()
        self.read("tasks", read_tasks, self._tasks_read)

    def _tasks_read(self, found: Found) -> None:
        self._found = found
        self._show()

    def _show(self) -> None:
        self.show_list(self._rows())

    def _rows(self) -> list[Line]:
        tasks = {OPEN: self._found.open, DONE: self._found.done}.get(self.part)
        if tasks is None:
            return [line for cause in self._found.causes for line in self._of_cause(cause)]
        return [line for task in tasks for line in self._of_task(task)]

    def _of_task(self, task: TaskRow) -> list[Line]:
        unfolded = line_key(task) in self._unfolded
        return [task, *(Under(task, ticket) for ticket in task.tickets)] if unfolded else [task]

    def _of_cause(self, cause: CauseRow) -> list[Line]:
        if line_key(cause) not in self._unfolded:
            return [cause]
        return [cause, *(line for task in of_cause(cause, self._all) for line in self._of_task(task))]

    @property
    def _all(self) -> tuple[TaskRow, ...]:
        return (*self._found.open, *self._found.done)

    @override
    def row_reached(self) -> None:
        row, now = self.lines.row, self.seat.clock()
        self.draw_frame()
        if isinstance(row, CauseRow):
            self.facts.show(cause_facts(row, self._all))
        elif self.chosen is not None:
            self.facts.show(task_facts(self.chosen, now, self.seat.zone))
        else:
            self.facts.show([])

    def _draw(self, row: Line, cells: int, _look: Look) -> list[Piece]:
        match row:
            case TaskRow():
                return task_line(row, cells, self.seat.clock())
            case Under():
                return ticket_line(row.ticket, cells)
            case CauseRow():
                return cause_line(row, cells, self.seat.clock())

    # Moving

    @override
    def open_row(self, key: Key) -> None:
        row = self.lines.row
        if isinstance(row, Under):
            opens(self.app).open_ticket(row.ticket.id)
        elif isinstance(key, str):
            self._unfolded ^= {key}
            self._show()

    def action_page_next(self) -> None:
        """The next list."""
        self._step_part(1)

    def action_page_previous(self) -> None:
        """The list before."""
        self._step_part(-1)

    def _step_part(self, step: int) -> None:
        self.part = PARTS[(PARTS.index(self.part) + step) % len(PARTS)]
        self._show()
        self.lines.home()

    # What the agent does

    def action_task_tick(self) -> None:
        """It is done, or isn't after all."""
        from storage.deeds.tasks import finish, open_again

        task, by = self.chosen, self.seat.by()
        if task is not None:
            settle, task_id = (open_again if task.state == "done" else finish), task.id
            self.deed(lambda session: settle(session, by, task_id))

    def action_row_add(self, text: str) -> None:
        """A task of no ticket."""
        self._write(None, text)

    def action_row_edit(self) -> None:
        """Write on the task under the cursor."""
        self._write(self.chosen, "")

    def _write(self, task: TaskRow | None, title: str) -> None:
        def told(done: Done | None) -> None:
            if done is not None:
                self.told(done)

        self.read(
            "form",
            around,
            lambda found: self.app.push_screen(
                FormScreen(self.seat, task_form(self.seat, found, task, title)), told
            ),
        )  # fmt: skip

    def action_row_remove(self) -> None:
        """The ticket under the cursor has nothing to do with its task."""
        from storage.deeds.tasks import unlink

        row, by = self.lines.row, self.seat.by()
        if isinstance(row, Under):
            task_id, ticket_id = row.task.id, row.ticket.id
            self.deed(lambda session: unlink(session, by, task_id, ticket_id))

    def action_task_link(self, text: str) -> None:
        """Another ticket has the same cause; without a number it is asked for."""
        task = self.chosen
        if task is None:
            return
        task_id = task.id
        if text:
            self._link(task_id, text)
        else:
            # Another one may be under the cursor by the time that the number is written; so it is with names below.
            self.ask(Question("Link ticket #", lambda number: self._link(task_id, number), free=True))

    def _link(self, task_id: int, number: str) -> None:
        from storage import tickets
        from storage.deeds.tasks import link

        by = self.seat.by()

        def found(ticket_id: int) -> None:
            self.deed(lambda session: link(session, by, task_id, ticket_id))

        self.read("link", lambda connection: tickets.find_ticket(connection, number), found)

    # Who does it

    def action_assign_me(self) -> None:
        """I do it."""
        self._give(self.chosen, self.seat.me.id or None)

    def action_assign_nobody(self) -> None:
        """Nobody does it for now."""
        self._give(self.chosen, None)

    def action_assign_other(self, text: str) -> None:
        """Someone does it, by name."""
        task = self.chosen

        def give(name: str) -> None:
            self.read(
                "agent",
                lambda connection: people.agent_named(connection, name),
                lambda agent: self._give(task, agent.id),
            )

        def ask(agents: "tuple[AgentRow, ...]") -> None:
            choices = tuple(Choice(each.handle, each.name, each.handle) for each in agents)
            self.ask(Question("Assign to", give, choices=choices))

        if text:
            give(text)
        else:
            self.read("agents", people.agents, ask)

    def _give(self, task: TaskRow | None, agent_id: int | None) -> None:
        from storage.deeds.tasks import assign

        if task is not None:
            by, task_id = self.seat.by(), task.id
            self.deed(lambda session: assign(session, by, task_id, agent_id))

    def action_task_export(self, text: str) -> None:
        """Write the causes to a file; without a name it is asked for."""
        if not text:
            ask_to_export(self, "causes.md", self.action_task_export)
            return
        from screens.export import export_table
        from storage.reports.causes import causes_table

        export_table(self, text, causes_table(self._found.causes))
