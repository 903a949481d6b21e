"""The checklist beside the ticket: how to get there and back, and which one it is."""

from typing_extensions import override

from desk.errors import Refused
from screens.ask import Choice, Question
from screens.ticking import TicketDeed, Ticking
from screens.workspace_ticket import TicketWork
from storage.deeds.by import Done


class ChecklistWork(TicketWork, Ticking):
    """What is done with checklists."""

    def action_checklist_focus(self) -> None:
        """To the checklist, and back."""
        if self.pane == "side":
            self.go_to_pane("main")
            return
        self.go_to_pane("side")
        if self.here is not None and not self.here.runs and self.here.suggestion:
            self.notice("Space begins the suggested checklist, + another one")

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

    def _begin_list(self, key: str) -> None:
        from storage.deeds.checklist import begin

        self.do_on_ticket(lambda session, by, ticket: begin(session, by, ticket, key))
        self.go_to_pane("side")

    @override
    def do_on_ticket(self, deed: TicketDeed) -> None:
        ticket_id, by = self.current_id, self.seat.by()
        if ticket_id is None:
            return

        def done(told: Done) -> None:
            self.notice(told.title, "good")
            self.read_ticket()

        self.seat.jobs.deed(lambda session: deed(session, by, ticket_id), done)
