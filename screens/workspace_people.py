"""What is done about the people around a ticket: its customer is flagged, a supervisor gets it, colleagues are seen.

The invariant: whoever else is at a ticket is told and never in the way; nothing is locked.
"""

from typing_extensions import override

from screens.ask import Question
from screens.flagging import put_flag
from screens.workspace_deeds import DeedWork


class PeopleWork(DeedWork):
    """Flags, supervisors, and who else is here."""

    _warned_of = ""

    @override
    def company_changed(self) -> None:
        super().company_changed()
        self.show_header()
        self._show_company()

    @override
    def lay_out(self) -> None:
        super().lay_out()
        # A ticket was opened or left, or there is a place for facts now.
        self._show_company()

    @override
    def tick(self) -> None:
        super().tick()
        self._warn_writer()

    def _show_company(self) -> None:
        company = self.seat.company
        if company is None:
            return
        self.queue.accompany(company.by_ticket)
        if self.furnished:
            self.facts.accompany(company.at(self.reading_id))

    def _warn_writer(self) -> None:
        """Two write to the same customer: once, before the second reply is sent."""
        company = self.seat.company
        if company is None or not company.others:
            return
        writers = [words for words, writes in company.at(self.reading_id) if writes] if self.writing else []
        told = " and ".join(writers)
        if told and told != self._warned_of:
            self.notice(told, "warning")
        elif not told and self._warned_of and self.notices.text == self._warned_of:
            self.notices.clear()
        self._warned_of = told

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
