"""Request Tracker's customers, whether they ever had a ticket or not: all users but those who work there.

A list of users tells of none whether they work there; who does are the members of a group of RT's own, which the right
SeeGroup shows. Without it customers are known by their tickets alone. A list can't be asked for those who changed: the
newest come first, and a later walk ends at the one whom the last walk met first.
The invariant: nobody who works there is told as a customer.
"""

from collections.abc import Iterable, Sequence

from sync.http import Ask, Http
from sync.protocol import Record
from sync.sources.rt.answers import GROUP, NAMES, PEOPLE, Person, rows_of
from sync.sources.rt.people import ITSELF, NOBODY, customer
from sync.sources.rt.queries import MOST, PERSON_FIELDS
from sync.sources.walks import Stretch, Walk
from sync.tickets import CustomerNews

# The group of all who work there is looked for among those of its name.
_STAFF = '[{"field":"Name","value":"Privileged"}]'
_INTERNAL = "SystemInternal"


class Walking:
    """Walks through the users of one Request Tracker."""

    def __init__(self, http: Http) -> None:
        self._http = http
        # As it was when the walk that is on began.
        self._staff: frozenset[str] | None = None

    def stretch(self, walk: Walk) -> Stretch:
        """The next page."""
        if not walk.place or self._staff is None:
            self._staff = self.staff()
        if self._staff is None:
            return Stretch(())
        number = int(walk.place or 1)
        asked: dict[str, str | int] = {"orderby": "id", "order": "DESC", "per_page": MOST, "page": number}
        page = rows_of(self._http.ask(Ask("/users", {**asked, "fields": PERSON_FIELDS}, what="users")), PEOPLE)
        names = [person.name for person in page.rows]
        met = names.index(walk.last) if walk.last in names else len(names)
        is_over = page.count < MOST or met < len(names)
        records: list[Record] = [*page.passed, *_told(page.rows[:met], {*self._staff, ITSELF, NOBODY})]
        return Stretch(records, "" if is_over else str(number + 1), names[0] if names else "")

    def staff(self) -> frozenset[str] | None:
        """The names of all who work there; None where this user may not know."""
        asked: dict[str, str | int] = {"query": _STAFF, "fields": "Name,Domain", "per_page": MOST}
        groups = rows_of(self._http.ask(Ask("/groups", asked, what="groups")), NAMES).rows
        found = [group.id for group in groups if group.domain == _INTERNAL and group.name == "Privileged"]
        if not found:
            return None
        answer = self._http.ask(Ask(f"/group/{int(found[0])}", accept=(403, 404), what="who works there"))
        return frozenset(each.id for each in answer.read(GROUP).members) if answer.status == 200 else None


def _told(people: Sequence[Person], others: Iterable[str]) -> Iterable[CustomerNews]:
    left_out = frozenset(others)
    return (CustomerNews(customer(person)) for person in people if person.name and person.name not in left_out)
