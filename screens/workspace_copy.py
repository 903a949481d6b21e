"""Copying: number, subject, address, the customer's email and phone, a message, what the mouse selected.

The invariant: the notice says how it was copied, since a terminal never answers whether it took it.
"""

from desk.ids import uid_text
from desk.lookup import IdentityKind
from screens.ask import Choice, Question
from screens.workspace_ticket import TicketWork


class CopyWork(TicketWork):
    """What is copied from the current ticket."""

    def copy(self, what: str, text: str) -> None:
        """Copy it, beside the work, since a local tool may take its time."""
        copy = self.seat.copy
        self.seat.jobs.read("copy", lambda _: copy(text), lambda how: self.notice(what + " " + how))

    def action_copy_number(self) -> None:
        """The ticket's number."""
        row = self.queue.row if self.here is None else self.here.ticket.row
        if row is not None:
            self.copy("#" + str(row.number), "#" + str(row.number))

    def action_copy_title(self) -> None:
        """The subject."""
        row = self.queue.row if self.here is None else self.here.ticket.row
        if row is not None:
            self.copy("The subject", row.subject)

    def action_copy_address(self) -> None:
        """What `heard show` and `:` find the ticket by, on every machine."""
        row = self.queue.row if self.here is None else self.here.ticket.row
        if row is not None:
            self.copy("The address", "heard:" + uid_text(row.uid))

    def action_copy_email(self) -> None:
        """The customer's email; where there are several, which."""
        self._identity(IdentityKind.EMAIL, "The email")

    def action_copy_phone(self) -> None:
        """The customer's number; where there are several, which."""
        self._identity(IdentityKind.PHONE, "The number")

    def _identity(self, kind: IdentityKind, what: str) -> None:
        card = self.here.card if self.here else None
        values = tuple(each.value for each in card.identities if each.kind == kind) if card else ()
        if len(values) == 1:
            self.copy(what, values[0])
        elif values:
            choices = tuple(Choice(value, value) for value in values)
            self.ask(Question("Copy", lambda value: self.copy(what, value), choices=choices))

    def action_copy_text(self) -> None:
        """What the mouse selected, else the whole message."""
        selected = self.get_selected_text()
        message = self.transcript.current
        if selected:
            self.copy("The selection", selected)
            self.clear_selection()
        elif message is not None:
            self.copy("The message", message.body)
