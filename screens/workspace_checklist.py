"""The checklist beside the ticket: the panel says what the agent did, and here it becomes a deed."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from desk.errors import Refused
from screens.ask import Choice, Question
from screens.workspace_ticket import TicketWork
from storage.deeds.by import By, Done

if TYPE_CHECKING:
    from sqlmodel import Session

    from widgets.checklist import ChecklistPanel


class ChecklistWork(TicketWork):
    """What is done with checklists."""

    def action_checklist_focus(self) -> None:
        """To the checklist, and back."""
        if self.pane == "side":
            self.go_to_pane("main")
            return
        self.go_to_pane("side")
        if self.here is not None and not self.here.runs and self.here.suggestion:
            self.notice("Space begins the suggested checklist, + another one")

    def action_checklist_digit(self, digit: str) -> None:
        """Tick a step, or take it back."""
        self.checklist.digit(int(digit))

    def action_checklist_tick(self) -> None:
        """Tick the step under the cursor, or begin the suggested list."""
        self.checklist.tick()

    def action_checklist_skip(self) -> None:
        """Skip the step, with a reason."""
        self.checklist.skip()

    def action_checklist_write(self) -> None:
        """Write what the step asks for."""
        self.checklist.edit()

    def action_checklist_next(self) -> None:
        """The next list of this ticket."""
        self.checklist.next_list(1)

    def action_checklist_previous(self) -> None:
        """The list before."""
        self.checklist.next_list(-1)

    def action_checklist_begin(self, text: str) -> None:
        """Begin a checklist by its name, or choose one."""
        here = self.here
        if here is None:
            return
        if not text:
            choices = tuple(
                Choice(each.key, each.title, "suggested · " * (each.key == here.suggestion) + each.purpose)
                for each in sorted(here.templates, key=lambda each: each.key != here.suggestion)
            )
            self.ask(Question("Checklist", self.action_checklist_begin, choices=choices))
            return
        wanted = text.casefold()
        key = next((each.key for each in here.templates if wanted in (each.key, each.title.casefold())), "")
        if not key:
            raise Refused("There is no checklist “" + text + "”", "+ shows them all.")
        self._begin_list(key)

    def on_checklist_panel_suggestion_taken(self) -> None:
        """The suggested list is wanted."""
        if self.here is not None and self.here.suggestion:
            self._begin_list(self.here.suggestion)

    def on_checklist_panel_step_ticked(self, event: "ChecklistPanel.StepTicked") -> None:
        """A step is done."""
        from storage.deeds.checklist import tick

        self._do(lambda session, by, ticket: tick(session, by, ticket, event.checklist, event.step, event.text))

    def on_checklist_panel_field_edited(self, event: "ChecklistPanel.FieldEdited") -> None:
        """A step got its text."""
        from storage.deeds.checklist import tick

        self._do(lambda session, by, ticket: tick(session, by, ticket, event.checklist, event.step, event.text))

    def on_checklist_panel_step_unticked(self, event: "ChecklistPanel.StepUnticked") -> None:
        """A step isn't done after all."""
        from storage.deeds.checklist import untick

        self._do(lambda session, by, ticket: untick(session, by, ticket, event.checklist, event.step))

    def on_checklist_panel_step_skipped(self, event: "ChecklistPanel.StepSkipped") -> None:
        """A step is left out, for a reason."""
        from storage.deeds.checklist import skip

        self._do(lambda session, by, ticket: skip(session, by, ticket, event.checklist, event.step, event.reason))

    def _begin_list(self, key: str) -> None:
        from storage.deeds.checklist import begin

        self._do(lambda session, by, ticket: begin(session, by, ticket, key))
        self.go_to_pane("side")

    def _do(self, deed: "Callable[[Session, By, int], Done]") -> None:
        ticket_id, by = self.current_id, self.seat.by()
        if ticket_id is None:
            return

        def done(told: Done) -> None:
            self.notice(told.title, "good")
            self.read_ticket()

        self.seat.jobs.deed(lambda session: deed(session, by, ticket_id), done)
