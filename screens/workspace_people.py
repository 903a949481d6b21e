"""What is done about the person behind a ticket, from the list and from the ticket: flagged, or handed over."""

from screens.ask import Question
from screens.flagging import put_flag
from screens.workspace_deeds import DeedWork


class PeopleWork(DeedWork):
    """Flags and supervisors."""

    def action_customer_flag(self, text: str) -> None:
        """Put a flag on the customer of the current ticket."""
        here = self.here
        if here is not None and here.card is not None:
            put_flag(self, self.seat, here.card.id, text, self.told)

    def action_ticket_hand_over(self, text: str) -> None:
        """Hand the current ticket over to a supervisor; without a reason it is asked for."""
        if not text:
            words = "a supervisor gets the ticket, with this as a note"
            self.ask(Question("Why", self.action_ticket_hand_over, reading=lambda _: words, free=True))
            return
        from storage.deeds.handing_over import hand_over

        ticket_id, by = self.current_id, self.seat.by()
        if ticket_id is not None:
            self.seat.jobs.deed(lambda session: hand_over(session, by, ticket_id, text), self.told)
