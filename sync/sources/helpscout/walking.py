"""Help Scout's customers, whether they ever wrote or not: all of them by the list, and then the changed ones.

The invariant: the list is read from the one who changed last on, so that whoever changes meanwhile moves others to
later pages, where they come twice; where it became shorter, which moves them the other way, it is gone back a page.
"""

from sync.http import Ask, Http
from sync.protocol import Record
from sync.sources.helpscout import answers
from sync.sources.helpscout.directory import Directory
from sync.sources.lenient import parted
from sync.sources.moments import in_seconds
from sync.sources.walks import Stretch, Walk
from sync.tickets import CustomerNews


class Walking:
    """Walks through the customers of one Help Scout."""

    def __init__(self, http: Http, directory: Directory) -> None:
        self._http = http
        self._directory = directory

    def stretch(self, walk: Walk) -> Stretch:
        """The next page; none where this app may not list customers."""
        place, _, before = walk.place.partition(" ")
        number = int(place or 1)
        asked: dict[str, str | int] = {"sortField": "modifiedAt", "sortOrder": "desc", "page": number}
        if walk.bound:
            asked["modifiedSince"] = in_seconds(walk.bound)
        answer = self._http.ask(Ask("/customers", asked, accept=(403,), what="customers"))
        listed, told = answers.listed(answer, "customers")
        read, passed = parted(listed, answers.CUSTOMER, "customer")
        records: list[Record] = [*passed, *map(CustomerNews, self._directory.reachable(read).values())]
        if number > 1 and told.total_elements < int(before or 0):
            return Stretch(records, f"{number - 1} {told.total_elements}")
        return Stretch(records, f"{number + 1} {told.total_elements}" if number < told.total_pages else "")
