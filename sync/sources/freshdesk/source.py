"""A Freshdesk as a source: tickets come in by what changed since, and what agents write goes out through its API.

The invariants: one line to the service at a time but for reading side by side; reading changes nothing there; only
`wake` may be called from another thread.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from desk import times
from desk.times import HOUR, MINUTE
from sync.http import Ask, Http, Limits, Site
from sync.kinds import Account
from sync.protocol import (
    Operation,
    Outcome,
    Page,
    Receipt,
    Refused,
    Role,
    Stream,
)
from sync.sources import freshdesk, walks
from sync.sources.freshdesk import canned, files
from sync.sources.freshdesk.directory import Directory
from sync.sources.freshdesk.reading import Reading
from sync.sources.freshdesk.walking import Walking
from sync.sources.freshdesk.writing import Writing
from sync.sources.helpdesk import Helpdesk, Trial
from sync.sources.walks import PEOPLE
from sync.tickets import ChangeTicket, MergeTicket, WriteMessage

NEWS = Stream("news", "what is new", Role.INBOX)
PAST = Stream("past", "the past", Role.ALL)
CANNED = Stream("canned", "canned responses", Role.OTHER)
API = "/api/v2"
CANNED_EVERY = 6 * HOUR
# What was deleted takes two requests to find out.
GONE_EVERY = 5 * MINUTE
# A plan may allow no more than 40 requests a minute: the last few are left to what agents write.
LIMITS = Limits(left="x-ratelimit-remaining", spare=3)


def login(account: Account) -> Mapping[str, str]:
    """What logs in: the key is the user, and Freshdesk asks for some password with it, whichever."""
    key = account.secret().reveal()
    return {"Authorization": "Basic " + b64encode(f"{key}:X".encode()).decode()}


class Freshdesk(Helpdesk):
    """One Freshdesk; `gone_every`, `people_every`: how often it is asked what was deleted, and who is new.

    In microseconds.
    """

    kind = "freshdesk"

    def __init__(
        self,
        account: Account,
        speaking: Http | None = None,
        *,
        clock: Callable[[], int] = times.now,
        gone_every: int = GONE_EVERY,
        people_every: int = walks.EVERY,
    ) -> None:
        site = freshdesk.site(account.settings)
        self._clock = clock
        whole = Site(account.name, f"{site}{API}", account.context)
        super().__init__(account.name, speaking or Http(whole, lambda: login(account), clock=clock, limits=LIMITS))
        self._directory = Directory(self._http, clock)
        self._reading = Reading(self._http, self._directory, site, clock, gone_every)
        self._walking, self._people_every = Walking(self._http, self._directory), people_every
        self._writing = Writing(self._http, self._directory, self._reading, site)

    def trials(self) -> tuple[Trial, ...]:
        """Log in, and read what every sync reads."""
        return (
            ("login", self._told_me),
            ("tickets", self._told_tickets),
            ("names", self._told_names),
        )

    def _told_me(self) -> str:
        me = self._directory.me()
        return f"the key belongs to {self._http.said(me.contact.name or me.contact.email)}"

    def _told_tickets(self) -> str:
        self._http.ask(Ask("/tickets", {"per_page": 1}, what="tickets"))
        return "tickets can be read"

    def _told_names(self) -> str:
        known = self._directory.known()
        return f"{len(known.agents)} agents, {len(known.groups)} groups, {len(known.statuses.named)} statuses"

    def streams(self) -> tuple[Stream, ...]:
        """What is new, the past, the canned responses, and customers."""
        return NEWS, PAST, CANNED, PEOPLE

    def pull(self, stream: Stream, cursor: str) -> Page:
        """The next tickets, or now and then what else there is."""
        if stream.key == NEWS.key:
            return self._reading.news(cursor)
        if stream.key == PAST.key:
            return self._reading.past(cursor)
        now = self._clock()
        if stream.key == PEOPLE.key:
            page = walks.step(cursor, now + self._http.ahead, self._people_every, self._walking.stretch)
            return replace(page, ahead=self._http.ahead)
        read_at = int(cursor) if cursor.isdecimal() else 0
        if 0 <= now - read_at < CANNED_EVERY:
            return Page((), cursor, more=False)
        return Page(tuple(canned.snippets(self._http)), str(now), more=False, ahead=self._http.ahead)

    def push(self, operation: Operation, hand_over: Callable[[], None]) -> Outcome:
        """Write it, once."""
        with self._http.urgent():
            match operation:
                case WriteMessage():
                    return self._writing.write(operation, hand_over)
                case ChangeTicket():
                    return self._writing.change(operation, hand_over)
                case MergeTicket():
                    return self._writing.merge(operation, hand_over)
        return Refused("Freshdesk has nothing of the kind", "Drop it.")

    def find(self, operation: Operation) -> Receipt | None:
        """Look for a message of ours; what sets a field is simply asked for again."""
        with self._http.urgent():
            return self._writing.find(operation) if isinstance(operation, WriteMessage) else None

    def fetch(self, file: str) -> Iterator[bytes]:
        """The bytes of a file."""
        return files.fetch(self._http, self._reading, file)
