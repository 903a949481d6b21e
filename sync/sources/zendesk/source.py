"""A Zendesk as a source: tickets come in by the list of what changed last, and what agents write goes out by its API.

The invariants: one line to the service at a time but for reading side by side; reading changes nothing there; only
`wake` may be called from another thread.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from desk import times
from sync.errors import Broken
from sync.http import Ask, Http, Limits, Site
from sync.kinds import Account
from sync.protocol import Operation, Outcome, Page, Receipt, Refused, Role, Stream
from sync.sources import walks, zendesk
from sync.sources.helpdesk import Helpdesk, Trial
from sync.sources.walks import PEOPLE
from sync.sources.zendesk.answers import FILE
from sync.sources.zendesk.asking import Asking
from sync.sources.zendesk.reading import EVERY, Reading
from sync.sources.zendesk.walking import Walking
from sync.sources.zendesk.writing import Writing
from sync.tickets import ChangeTicket, MergeTicket, WriteMessage

NEWS = Stream("news", "what is new", Role.INBOX)
PAST = Stream("past", "the past", Role.ALL)
LIBRARY = Stream("library", "agents, macros and views", Role.OTHER)
OLD = Stream("old", "archived tickets", Role.OTHER)
# Every ticket's comments are a request, and one takes some tenths of a second: with so many side by side the first page
# is there in two or three seconds. The service counts requests, not lines.
CONNECTIONS = 4
# The smallest plan allows 200 requests a minute for a whole account: the last few are left to what agents write.
LIMITS = Limits(left="x-rate-limit-remaining", resets="ratelimit-reset", spare=10)


class Zendesk(Helpdesk):
    """One Zendesk."""

    kind = "zendesk"

    def __init__(
        self,
        account: Account,
        clock: Callable[[], int] = times.now,
        *,
        patience: float = 30.0,
        every: int = EVERY,
        people_every: int = walks.EVERY,
    ) -> None:
        self._account = account
        settings, site = account.settings, zendesk.site(account.settings)
        self._exports = settings.get("export") == "yes"
        line = Site(account.name, f"{site}/api/v2", account.context, CONNECTIONS, patience=patience)
        super().__init__(account.name, Http(line, self._login, clock=clock, limits=LIMITS))
        # Files lie beside the API, behind the same login.
        self._files = Http(Site(account.name, site, account.context, patience=patience), self._login, clock=clock)
        self._asking = Asking(self._http, clock)
        self._reading = Reading(
            self._http, self._asking, site, zendesk.days(settings), exports=self._exports, every=every
        )
        self._walking, self._people_every = Walking(self._http), people_every
        self._writing = Writing(self._http, self._asking, site)

    def _login(self) -> Mapping[str, str]:
        user, secret = self._account.settings.get("user", ""), self._account.secret().reveal()
        if not user:
            return {"Authorization": f"Bearer {secret}"}
        return {"Authorization": "Basic " + b64encode(f"{user}/token:{secret}".encode()).decode()}

    def trials(self) -> tuple[Trial, ...]:
        """Log in, and read what every sync reads."""
        every = ("login", self._told_me), ("tickets", self._told_tickets), ("names", self._told_names)
        return (*every, ("export", self._told_export)) if self._exports else every

    def _told_me(self) -> str:
        me = self._asking.me()
        if me.id is None or me.role not in ("agent", "admin"):
            raise Broken("Whoever has logged in is no agent", "Connect with an agent's address and their API token.")
        return f"logged in as {self._http.said(me.name or '')} ({me.role})"

    def _told_tickets(self) -> str:
        self._http.ask(Ask("/tickets", {"sort": "-updated_at", "page[size]": 1}, what="tickets"))
        return "tickets can be read"

    def _told_names(self) -> str:
        house = self._asking.house()
        own = f", statuses of its own: {len(house.statuses)}" if house.statuses else ""
        return f"groups: {len(house.groups)}, fields: {len(house.fields)}{own}"

    def _told_export(self) -> str:
        asked = {"start_time": self._asking.now() // times.SECOND - 3600, "per_page": 1}
        self._http.ask(Ask("/incremental/tickets/cursor", asked, what="the export (admins only)"))
        return "the export can be read"

    def streams(self) -> tuple[Stream, ...]:
        """What is new, the past, what agents have at hand, what was archived, and customers."""
        return NEWS, PAST, LIBRARY, OLD, PEOPLE

    def pull(self, stream: Stream, cursor: str) -> Page:
        """The next records of a stream."""
        match stream.key:
            case NEWS.key:
                return self._reading.news(cursor)
            case PAST.key:
                return self._reading.past(cursor)
            case LIBRARY.key:
                return self._reading.library(cursor)
            case PEOPLE.key:
                page = walks.step(cursor, self._asking.now(), self._people_every, self._walking.stretch)
                return replace(page, ahead=self._http.ahead)
        return self._reading.old(cursor)

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
        return Refused("Zendesk has nothing of the kind", "Drop it.")

    def find(self, operation: Operation) -> Receipt | None:
        """Look for a message of ours; what sets a field is simply asked for again."""
        with self._http.urgent():
            return self._writing.find(operation) if isinstance(operation, WriteMessage) else None

    def fetch(self, file: str) -> Iterator[bytes]:
        """The bytes of a file: they lie at another host, which is told no login."""
        if not file.isdecimal():
            raise Broken("This is no file of Zendesk's")
        found = self._http.ask(Ask(f"/attachments/{file}", what="a file")).read(FILE).attachment
        return self._files.stream(Ask(found.content_url, what="a file"))

    def close(self) -> None:
        """Let go of the lines."""
        super().close()
        self._files.close()
