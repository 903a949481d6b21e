"""Freshdesk's customers, whether they ever had a ticket or not: all of them by the list, and then the changed ones.

The invariant: a customer is told as on tickets, but for further addresses, which the list leaves out.
"""

from sync.http import Ask, Http
from sync.sources.freshdesk import answers
from sync.sources.freshdesk.directory import LARGEST_PAGE, Directory
from sync.sources.moments import in_seconds
from sync.sources.walks import Stretch, Walk
from sync.tickets import CustomerNews, Passed

# What of a list Freshdesk gives, as of tickets.
LAST_PAGE = 300


class Walking:
    """Walks through the customers of one Freshdesk."""

    def __init__(self, http: Http, directory: Directory) -> None:
        self._http = http
        self._directory = directory

    def stretch(self, walk: Walk) -> Stretch:
        """The next page; none where this key may not list customers."""
        number = int(walk.place or 1)
        asked: dict[str, str | int] = {"page": number, "per_page": LARGEST_PAGE}
        if walk.bound:
            asked["_updated_since"] = in_seconds(walk.bound)
        answer = self._http.ask(Ask("/contacts", asked, accept=(403,), what="customers"))
        contacts, passed = answers.parted(answer, answers.CONTACT, "customer")
        told = [CustomerNews(customer) for customer in self._directory.listed(contacts)]
        if len(answers.listed(answer)) < LARGEST_PAGE:
            return Stretch((*passed, *told))
        if number < LAST_PAGE:
            return Stretch((*passed, *told), str(number + 1))
        beyond = Passed(f"customers beyond {LAST_PAGE * LARGEST_PAGE:,}", "Freshdesk gives no more of a list")
        return Stretch((*passed, *told, beyond))
