"""What the words of one Request Tracker mean: its statuses, its queues, and the fields that it has.

The invariant: a status that nobody has explained is asked about, and counts as open or solved, as RT counts it itself.
"""

from collections.abc import Iterable, Mapping

from desk.statuses import Status
from sync.http import Ask, Http
from sync.sources.rt.answers import NAMES, TICKETS, Ticket, rows_of
from sync.sources.rt.queries import ACTIVE, MOST, any_of
from sync.sources.rt.settings import Settings

# What RT calls each category, the usual word first. It has none for a ticket that waits for somebody else.
LABELS: Mapping[Status, tuple[str, ...]] = {
    Status.OPEN: ("open", "new"),
    Status.PENDING: ("stalled",),
    Status.HOLD: ("stalled",),
    Status.SOLVED: ("resolved",),
    Status.CLOSED: ("resolved",),
}
_OF_TRANSACTIONS = "RT::Queue-RT::Ticket-RT::Transaction"


class Vocabulary:
    """What is known of the words so far; the rest is asked for when it is met."""

    def __init__(self, http: Http, settings: Settings) -> None:
        self._http = http
        self._settings = settings
        self._statuses = dict(settings.statuses)
        self._queues: dict[str, str] | None = None
        self._marks: bool | None = None

    def category(self, label: str) -> Status:
        """The category of a status that was learned."""
        return self._statuses.get(label.casefold(), Status.OPEN)

    def learn(self, tickets: Iterable[Ticket]) -> None:
        """Find out what the statuses of these tickets mean."""
        unknown = {each.status.casefold(): each for each in tickets if each.status.casefold() not in self._statuses}
        if not unknown:
            return
        some = list(unknown.values())[:MOST]
        query = f"{any_of('id', (each.id for each in some))} AND {ACTIVE}"
        params: dict[str, str | int] = {"query": query, "fields": "Status,Created,LastUpdated", "per_page": MOST}
        active = {row.id for row in rows_of(self._http.ask(Ask("/tickets", params)), TICKETS).rows}
        for label, ticket in unknown.items():
            self._statuses[label] = Status.OPEN if ticket.id in active else Status.SOLVED

    def labels(self, status: Status, label: str) -> tuple[str, ...]:
        """What a category may be called here, the likeliest first; `label` was used for it before."""
        own = [word for word, meaning in self._statuses.items() if meaning == status]
        return tuple(dict.fromkeys(word for word in (label, *LABELS[status], *own) if word))

    def queue(self, number: str) -> str:
        """The name of a queue; its number where it can't be seen."""
        if self._queues is None:
            params: dict[str, str | int] = {"fields": "Name", "per_page": MOST}
            found = rows_of(self._http.ask(Ask("/queues/all", params, what="the queues")), NAMES).rows
            self._queues = {each.id: each.name for each in found}
        return self._queues.get(number, number)

    @property
    def marks(self) -> bool:
        """Whether transactions have the field that our keys go into."""
        if self._marks is None:
            self._marks = self.has_field(self._settings.key, of_transactions=True)
        return self._marks

    def has_field(self, name: str, *, of_transactions: bool) -> bool:
        """Whether tickets, or transactions, have a custom field of that name."""
        wanted = [{"field": "Name", "value": name}]
        params: dict[str, str | int] = {"fields": "Name,LookupType", "per_page": MOST}
        answer = self._http.ask(Ask("/customfields", params, method="POST", json=wanted, what="the custom fields"))
        found = [row for row in rows_of(answer, NAMES).rows if row.name == name]
        return any((row.lookup_type == _OF_TRANSACTIONS) == of_transactions for row in found)
