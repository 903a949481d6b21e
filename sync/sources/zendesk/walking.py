"""Zendesk's customers, whether they ever had a ticket or not: all of them by the list, and then the changed ones.

The list tells everybody in the order of their numbers; what changed since is told by the search, which every agent may
use, in the order of creation, and some minutes late. The invariant: a page of the list is told with all identities.
"""

from collections.abc import Iterable, Sequence

from sync.http import Answer, Ask, Http
from sync.protocol import Record
from sync.sources.moments import in_seconds
from sync.sources.walks import Stretch, Walk
from sync.sources.zendesk import answers, asking
from sync.sources.zendesk.answers import LISTED, Listed, fitting
from sync.tickets import CustomerNews, Passed

_UNKNOWN = 400


class Walking:
    """Walks through the customers of one Zendesk."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def stretch(self, walk: Walk) -> Stretch:
        """The next page. Where its place is known no more, the walk begins again."""
        told = self._page(walk, walk.place)
        if told.status == _UNKNOWN:
            told = self._page(walk, "")
        page = told.read(LISTED) if told.status == 200 else Listed()
        if not walk.bound:
            return Stretch(_customers(told, page.users) if page.users else (), page.after)
        found, _ = fitting(page.results, answers.USER, "User")
        changed = [user.id for user in found if not user.is_staff]
        return Stretch(self._anew(changed), page.after)

    def _page(self, walk: Walk, place: str) -> Answer:
        asked: dict[str, str | int] = {"page[size]": asking.LARGEST_PAGE}
        accept: tuple[int, ...] = (403,)
        if place:
            asked["page[after]"] = place
            accept = (_UNKNOWN, 403)
        if walk.bound:
            query = f"role:end-user updated>={in_seconds(walk.bound)}"
            asked |= {"query": query, "filter[type]": "user"}
            return self._http.ask(Ask("/search/export", asked, accept=accept, what="customers"))
        asked |= {"role": "end-user", "include": "identities,organizations"}
        return self._http.ask(Ask("/users", asked, accept=accept, what="customers"))

    def _anew(self, users: Sequence[int]) -> Iterable[Record]:
        if not users:
            return ()
        answer = self._http.ask(asking.users_of(users))
        return _customers(answer, answer.read(LISTED).users)


def _customers(answer: Answer, rows: Sequence[object]) -> Iterable[CustomerNews | Passed]:
    people = asking.people_of(answer)
    _, passed = fitting(rows, answers.USER, "User")
    yield from passed
    for number, user in people.users.items():
        # Whoever was deleted is not active, and whoever sends spam is suspended.
        is_one = not (user.is_staff or user.active is False or user.suspended)
        customer = people.customer(number) if is_one else None
        if customer is not None:
            yield CustomerNews(customer)
