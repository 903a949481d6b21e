"""Taking things out of the console: what identifies a ticket or a customer, texts, and a ticket's own page.

The invariants: the notice says how it was copied, since a terminal never answers whether it took it; no page is opened
but one of the helpdesk that the ticket is of.
"""

from collections.abc import Mapping

from typing_extensions import override

from desk.ids import uid_text
from desk.lookup import IdentityKind
from screens.action import Situation
from screens.ask import Choice, Question
from screens.workspace_files import FileWork


class CopyWork(FileWork):
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

    # Its page

    @override
    def situation(self) -> Situation:
        there = self.here.ticket.standing if self.here is not None else None
        return super().situation()._replace(page=there is not None and bool(there.url))

    def action_ticket_own_page(self) -> None:
        """Open the ticket in its helpdesk's own pages, or copy their address where no browser opens before us."""
        from desk.own_pages import own_page

        here, browse, copy = self.here, self.seat.browse, self.seat.copy
        there = here.ticket.standing if here is not None else None
        if here is None or there is None:
            return
        source_id = here.ticket.row.source_id
        settings = next((row.settings for row in self.seat.sources if row.id == source_id), {})
        page = own_page(there.url, own_hosts(settings))
        if browse is None or self.seat.browser:
            self.seat.jobs.read("page", lambda _: copy(page), lambda how: self.notice(page + " " + how))
        else:
            self.seat.jobs.read("page", lambda _: browse(page), lambda how: self.notice(page + " " + how))


def own_hosts(settings: Mapping[str, str]) -> frozenset[str]:
    """The hosts of a source's own pages: that of its address, and those that its kind has besides."""
    from desk.own_pages import host_of

    return frozenset(host_of(each) for each in (settings.get("url", ""), *settings.get("pages", "").split()) if each)
