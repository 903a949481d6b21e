"""Changes of tickets that a list and the live board have in common: who has them, where they are, how they press.

The invariants: a change of several tickets is shown line by line before it is made; what was done is said in words,
and `u` takes it back.
"""

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from desk.records import AgentRow
from desk.statuses import Priority, parse_priority
from screens.ask import Choice, Question
from screens.confirm import ConfirmScreen
from screens.desk_screen import DeskScreen
from storage import people
from storage.connect import Connection
from storage.deeds.by import Done

if TYPE_CHECKING:
    from storage.deeds.change import Change

Then = Callable[[Done], object]
Answer = TypeVar("Answer")


class TicketChanges(DeskScreen[None]):
    """What is done to the tickets that `with_targets` names."""

    last_change: "Change | None" = None

    @abstractmethod
    def with_targets(self, then: Callable[[tuple[int, ...]], object]) -> None:
        """Call `then` with the tickets that a deed is about."""

    @abstractmethod
    def told(self, done: Done) -> None:
        """Say what was done, and show it."""

    def change(self, wanted: "Change", then: Then | None = None) -> None:
        """Make a change; of several tickets only after it was shown what will change."""
        self.with_targets(lambda ids: self._change(ids, wanted, then))

    def _change(self, ids: tuple[int, ...], wanted: "Change", then: Then | None) -> None:
        if len(ids) < 2:
            self._commit(ids, wanted, then)
            return
        from storage.deeds.change import preview

        def ask(lines: tuple[str, ...]) -> None:
            question = ConfirmScreen(self.seat, "Change " + format(len(ids), ",") + " tickets?", lines)
            self.app.push_screen(question, lambda yes: self._commit(ids, wanted, then) if yes else None)

        self._look_up("preview", lambda connection: preview(connection, ids, wanted), ask)

    def _look_up(self, key: str, question: Callable[[Connection], Answer], ask: Callable[[Answer], object]) -> None:
        """Read what `ask` needs to ask the agent something; the next keys wait, as they are meant for its question."""

        def answered(answer: Answer) -> None:
            self.release_keys()
            ask(answer)

        self.hold_keys()
        self.seat.jobs.read(key, question, answered)

    def _commit(self, ids: tuple[int, ...], wanted: "Change", then: Then | None) -> None:
        from storage.deeds.change import change

        by = self.seat.by()
        if len(ids) > 1:
            # A hundred thousand take some seconds.
            self.notice("Changing " + format(len(ids), ",") + " tickets")

        def done(told: Done) -> None:
            self.last_change = wanted
            self.told(told)
            if then is not None:
                then(told)

        self.seat.jobs.deed(lambda session: change(session, by, ids, wanted), done)

    def action_ticket_priority(self, text: str) -> None:
        """Low, normal, high or urgent."""
        if text:
            self._set(priority=int(parse_priority(text)))
            return
        choices = tuple(Choice(each.key, each.label) for each in reversed(Priority))
        self.ask(Question("Priority", self.action_ticket_priority, choices=choices))

    def _set(self, *, status: int | None = None, priority: int | None = None) -> None:
        from storage.deeds.change import Change

        self.change(Change(status=status, priority=priority))

    # Agents, teams and queues

    def action_assign_me(self) -> None:
        """Assign to me."""
        self._assign(self.seat.me)

    def action_assign_nobody(self) -> None:
        """Take it from its agent."""
        from storage.deeds.change import Change

        self.change(Change(assignee=None))

    def action_assign_other(self, text: str) -> None:
        """Assign to someone by name."""
        if text:
            self.seat.jobs.read("agent", lambda connection: people.agent_named(connection, text), self._assign)
            return

        def ask(agents: tuple[AgentRow, ...]) -> None:
            company, now = self.seat.company, self.seat.clock()

            def about(each: AgentRow) -> str:
                words = "" if company is None else company.words_of(each.id, now)
                return " · ".join(part for part in (each.handle, words) if part)

            choices = tuple(Choice(each.handle, each.name, about(each)) for each in agents)
            self.ask(Question("Assign to", self.action_assign_other, choices=choices))

        self._look_up("agent", people.agents, ask)

    def _assign(self, agent: AgentRow) -> None:
        from storage.deeds.change import Change

        self.change(Change(assignee=agent.id))

    def action_ticket_move(self, text: str) -> None:
        """Move to another team or queue."""

        def places(connection: Connection) -> tuple[Choice, ...]:
            teams = (Choice("team " + str(each.id), each.name, "team") for each in people.teams(connection))
            queues = (Choice("queue " + str(each.id), each.name, "queue") for each in people.queues(connection))
            return (*teams, *queues)

        def ask(choices: tuple[Choice, ...]) -> None:
            named = [choice for choice in choices if choice.title.casefold() == text.casefold()]
            if named:
                self._move_to(named[0].key)
            elif choices:
                self.ask(Question("Move to", self._move_to, text, choices=choices))
            else:
                self.notice("There is no team or queue to move to", "warning")

        self._look_up("places", places, ask)

    def _move_to(self, place: str) -> None:
        from storage.deeds.change import Change

        kind, _, number = place.partition(" ")
        self.change(Change(team=int(number)) if kind == "team" else Change(queue=int(number)))
