"""Zammad's customers, whether they ever had a ticket or not: all of them by the list, and then the changed ones.

The list is in the order of its numbers and goes to its end, with Elasticsearch and without; the search for everybody
tells who changed last first, so that it needs no looking far. Both tell of agents, too.
The invariant: nobody who works there is told as a customer.
"""

from collections.abc import Iterable, Sequence

from sync.http import Ask
from sync.protocol import Record
from sync.sources.walks import Stretch, Walk
from sync.sources.zammad.answers import MOMENT, ROWS, USER, Raw, one
from sync.sources.zammad.people import NOBODY, customer
from sync.sources.zammad.site import ZammadSite
from sync.tickets import CustomerNews, Passed

SIZE = 100


class Walking:
    """Walks through the customers of one Zammad."""

    def __init__(self, site: ZammadSite) -> None:
        self._site = site

    def stretch(self, walk: Walk) -> Stretch:
        """The next page."""
        number = int(walk.place or 1)
        # With names in place of ids, their organization's among them.
        asked: dict[str, str | int] = {"page": number, "per_page": SIZE, "expand": "true"}
        path = "/users"
        if walk.bound:
            path = "/users/search"
            asked |= {"query": "*", "sort_by": "updated_at", "order_by": "desc"}
        rows = self._site.http.ask(Ask(path, asked, what="customers")).read(ROWS)
        wanted = [raw for raw in rows if not _is_before(raw, walk.bound)]
        is_over = len(rows) < SIZE or _is_before(rows[-1], walk.bound)
        return Stretch(self._told(wanted), "" if is_over else str(number + 1))

    def _told(self, rows: Sequence[Raw]) -> Iterable[Record]:
        staff = {raw.get("id") for raw in self._site.agents()} if rows else set()
        for raw in rows:
            user = one(USER, raw)
            if user is not None and (user.id == NOBODY or user.id in staff):
                continue
            company = (
                {user.organization_id: str(raw.get("organization") or "")} if user and user.organization_id else {}
            )
            told = customer(raw, company)
            yield CustomerNews(told) if told is not None else Passed("a user", "it is in a form that is not known here")


def _is_before(raw: Raw, bound: int) -> bool:
    """Whether somebody changed before; of one whose time can't be read it isn't known."""
    at = one(MOMENT, raw.get("updated_at"))
    return at is not None and at < bound
