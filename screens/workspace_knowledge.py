"""What is learnt at a ticket: its answer is kept, a task is made of it; late tasks are told of, and replies are read.

The invariants: nothing that is learnt in the background waits for a lock that a deed wants for longer than a few
hundredths of a second, and none of it happens while somebody writes; a task that becomes late is told of once.
"""

from time import monotonic
from typing import TYPE_CHECKING

from typing_extensions import override

from desk.times import DAY
from screens.ask import Choice, Question
from screens.workspace_deeds import DeedWork
from storage.connect import Connection
from storage.deeds.by import Done

if TYPE_CHECKING:
    from screens.form import Form
    from storage.knowledge.answers import Captured
    from storage.knowledge.groups import CaughtUp

LOOK_SECONDS = 30.0
# While there is more to read it goes on this soon, for so long at a time: 100,000 replies take a quarter of an hour,
# and a twentieth of one processor.
READ_PAUSE = 0.4
READ_FOR = 0.02
NEW = "new"


class KnowledgeWork(DeedWork):
    """What is done with what was learnt."""

    _late_since: int | None = None
    _look_at = 0.0
    _read_at = 0.0

    # Keeping an answer

    def action_knowledge_keep(self) -> None:
        """Keep the question and its answer; where a similar one is known, that is shown first."""
        from storage.knowledge.answers import captured

        ticket_id = self.current_id
        if ticket_id is not None:
            self._look_up("captured", lambda connection: captured(connection, ticket_id), self._captured)

    def _captured(self, found: "Captured") -> None:
        if not found.near:
            self._keep(found)
            return
        known = {str(each.snippet.id): each.snippet for each in found.near}
        choices = (
            *(
                Choice(str(each.snippet.id), "Improve “" + each.snippet.name + "”", _words(each.snippet.body),
                       format(each.likeness, ".0%") + " alike")
                for each in found.near
            ),
            Choice(NEW, "Keep it as a new answer", _words(found.answer)),
        )  # fmt: skip

        def chosen(key: str) -> None:
            from screens.answer_form import improve_form

            if key == NEW:
                self._keep(found)
            else:
                self._fill_in(improve_form(self.seat, known[key], found, self.size.height))

        self.ask(Question("One like it is known", chosen, choices=choices))

    def _keep(self, found: "Captured") -> None:
        from screens.answer_form import fresh, keep_form

        self._fill_in(keep_form(self.seat, fresh(found), found.ticket_id, self.size.height))

    def _fill_in(self, form: "Form") -> None:
        from screens.form import FormScreen

        def told(done: Done | None) -> None:
            if done is not None:
                self.told(done)

        self.app.push_screen(FormScreen(self.seat, form), told)

    # Making a task

    def action_task_make(self, text: str) -> None:
        """Make a follow-up task of this ticket, or of all that are selected."""
        from screens.task_form import Around, around, task_form

        ids = self.target_ids

        def ask(found: Around) -> None:
            self._fill_in(task_form(self.seat, found, None, text, *ids))

        self._look_up("task", lambda connection: around(connection, *ids), ask)

    # What happens by itself

    @override
    def tick(self) -> None:
        """Look for tasks that have become late, and read on in what was sent, both in quiet moments."""
        super().tick()
        at = monotonic()
        if at >= self._look_at:
            self._look_at = at + LOOK_SECONDS
            self._look_for_late()
        if not self._read_at:
            # Not in the first moments: what it needs is still to be imported.
            self._read_at = at + LOOK_SECONDS
        elif at >= self._read_at and self._quiet:
            self._read_at = at + LOOK_SECONDS
            self._read_on()

    @property
    def _quiet(self) -> bool:
        return not self.writing and not self.seat.jobs.busy

    def _look_for_late(self) -> None:
        me, now = self.seat.me.id, self.seat.clock()
        # At the start, what became late while nobody sat here.
        since = self._late_since if self._late_since is not None else now - DAY

        def ask(connection: Connection) -> tuple[tuple[int, str], ...]:
            from storage.knowledge.tasks import overdue

            return overdue(connection, me, since, now)

        def take(found: tuple[tuple[int, str], ...]) -> None:
            self._late_since = now
            if found:
                more = "" if len(found) == 1 else ", and " + str(len(found) - 1) + " more"
                self.notice("Overdue: " + found[0][1] + more + ".  g t shows the tasks", "warning")

        self.seat.jobs.read("late tasks", ask, take)

    def _read_on(self) -> None:
        """Group what was sent; the next ones soon where there are more."""

        def ask(connection: Connection) -> "CaughtUp":
            from storage.knowledge.groups import progress

            return progress(connection)

        def read(so_far: "CaughtUp") -> None:
            if so_far.more and not self.writing:
                self.seat.jobs.keep(_catch_up, self._has_read)

        self.seat.jobs.read("unread answers", ask, read)

    def _has_read(self, so_far: "CaughtUp") -> None:
        if so_far.more:
            self.set_timer(READ_PAUSE, self._read_more)

    def _read_more(self) -> None:
        if self._quiet:
            self.seat.jobs.keep(_catch_up, self._has_read)
        else:
            # With the next tick that finds it quiet.
            self._read_at = monotonic()


def _catch_up(connection: Connection) -> "CaughtUp":
    from storage.knowledge.groups import catch_up

    return catch_up(connection, seconds=READ_FOR)


def _words(text: str) -> str:
    return " ".join(text.split())[:160]
