"""A Request Tracker as a source: its settings, its line, and who does what.

The invariant: nothing is asked before the first call, and reading changes nothing there but when a token was used last.
"""

import base64
from collections.abc import Callable, Iterator, Mapping

from desk import times
from sync.http import Ask, Http, Site
from sync.http.client import PAUSES
from sync.kinds import Account
from sync.protocol import Operation, Outcome, Page, Receipt, Refused, Role, Stream
from sync.secret import without
from sync.sources import walks
from sync.sources.helpdesk import Helpdesk, Trial
from sync.sources.rt.answers import VERSION
from sync.sources.rt.files import bytes_of
from sync.sources.rt.finding import Finding
from sync.sources.rt.people import People
from sync.sources.rt.pulling import Pulling
from sync.sources.rt.queries import MOST
from sync.sources.rt.reading import Reading
from sync.sources.rt.settings import read_settings
from sync.sources.rt.telling import Teller
from sync.sources.rt.vocabulary import Vocabulary
from sync.sources.rt.walking import Walking
from sync.sources.rt.writing import Writing
from sync.sources.walks import PEOPLE
from sync.tickets import ChangeTicket, MergeTicket, WriteMessage

NEWS = Stream("news", "News", Role.INBOX)
PAST = Stream("past", "Tickets of the past", Role.OTHER)


def line(
    account: Account, *, clock: Callable[[], int] = times.now, connections: int = 2, patience: float = 30.0,
    pauses: tuple[float, ...] = PAUSES,
) -> Http:  # fmt: skip
    """The line to a Request Tracker. More connections than its server has processors only make it slower."""
    settings = read_settings(account.settings)
    site = Site(account.name, settings.api, account.context, connections=connections, patience=patience)

    def login() -> Mapping[str, str]:
        secret = account.secret().reveal()
        if settings.user:
            return {"Authorization": f"Basic {base64.b64encode(f'{settings.user}:{secret}'.encode()).decode()}"}
        return {"Authorization": f"token {secret}"}

    return Http(site, login, secrets=lambda text: without(account.secret(), text), clock=clock, pauses=pauses)


class RequestTracker(Helpdesk):
    """One Request Tracker (`sync.protocol.Source`). `page`: so many tickets of the past at once.

    `people_every`: how often new customers are looked for, in microseconds.
    """

    kind = "rt"

    def __init__(
        self, account: Account, http: Http | None = None, *, clock: Callable[[], int] = times.now, page: int = MOST,
        people_every: int = walks.EVERY,
    ) -> None:  # fmt: skip
        self._settings = settings = read_settings(account.settings)
        http = http or line(account, clock=clock)
        super().__init__(account.name, http)
        self._reading = Reading(http)
        self._vocabulary = vocabulary = Vocabulary(http, settings)
        people = People(http)
        teller = Teller(settings, people, vocabulary.category, vocabulary.queue)
        self._pulling = Pulling(self._reading, people, vocabulary, teller, clock, page)
        self._walking, self._people_every, self._clock = Walking(http), people_every, clock
        self._writing = Writing(http, self._reading, vocabulary, teller)
        self._finding = Finding(http, self._reading, settings, vocabulary)

    def trials(self) -> tuple[Trial, ...]:
        """Log in, see tickets, and know where tags and keys can be kept."""
        return (
            ("Login", self._try_login),
            ("Tickets", self._try_tickets),
            ("Customers", self._try_customers),
            ("Tags", self._try_tags),
            ("Keys", self._try_keys),
        )

    def streams(self) -> tuple[Stream, ...]:
        """What is read, the most urgent first."""
        return (NEWS, PAST, PEOPLE)

    def pull(self, stream: Stream, cursor: str) -> Page:
        """The next records after a cursor."""
        if stream.key == PEOPLE.key:
            now = self._clock() + self._http.ahead
            page = walks.step(cursor, now, self._people_every, self._walking.stretch)
        else:
            page = self._pulling.news(cursor) if stream.key == NEWS.key else self._pulling.past(cursor)
        return Page(page.records, page.cursor, page.more, page.remaining, self._http.ahead)

    def push(self, operation: Operation, hand_over: Callable[[], None]) -> Outcome:
        """Carry out an operation once."""
        match operation:
            case WriteMessage():
                return self._writing.write(operation, hand_over)
            case ChangeTicket():
                return self._writing.change(operation, hand_over)
            case MergeTicket():
                return self._writing.merge(operation, hand_over)
            case _:
                return Refused("Request Tracker has nothing of the kind.")

    def find(self, operation: Operation) -> Receipt | None:
        """Whether words whose end was unclear have arrived."""
        return self._finding.find(operation) if isinstance(operation, WriteMessage) else None

    def fetch(self, file: str) -> Iterator[bytes]:
        """The bytes of a file."""
        return bytes_of(self._http.stream(Ask(f"/attachment/{int(file)}", what="a file")))

    def _try_login(self) -> str:
        version = self._http.ask(Ask("/rt")).read(VERSION).version
        return f"Request Tracker {self._http.said(version)}"

    def _try_tickets(self) -> str:
        total = self._reading.count("id > 0")
        return f"{total:,} can be seen" if total else "none can be seen by this user, as it is now"

    def _try_tags(self) -> str:
        name = self._settings.tags
        if self._vocabulary.has_field(name, of_transactions=False):
            return f"in the custom field “{name}”"
        return f"there is no custom field “{name}”: tags stay here"

    def _try_customers(self) -> str:
        if self._walking.staff() is not None:
            return "can be read, whether they have a ticket or not"
        return "those with tickets: without the right SeeGroup nobody tells who isn't one of yours"

    def _try_keys(self) -> str:
        name = self._settings.key
        if self._vocabulary.marks:
            return f"in the custom field “{name}” of transactions"
        return f"there is no custom field “{name}” of transactions: words are looked for as they are"
