"""A Help Scout as a source: conversations come in by what changed since, and what agents write goes out by its API.

The invariants: one line to the service at a time but for reading side by side; reading changes nothing there; the app's
secret is sent to get a token and to nothing else; only `wake` may be called from another thread.
"""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from desk import times
from desk.counts import counted
from desk.times import HOUR, MINUTE
from sync.errors import Broken, Denied, PartGone
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
from sync.sources import helpscout, walks
from sync.sources.helpdesk import Helpdesk, Trial
from sync.sources.helpscout import answers, saved
from sync.sources.helpscout.directory import Directory
from sync.sources.helpscout.reading import Reading
from sync.sources.helpscout.walking import Walking
from sync.sources.helpscout.writing import Writing
from sync.sources.lenient import one
from sync.sources.walks import PEOPLE
from sync.tickets import ChangeTicket, WriteMessage

NEWS = Stream("news", "what is new", Role.INBOX)
PAST = Stream("past", "the past", Role.ALL)
GONE = Stream("gone", "what is gone", Role.OTHER)
SAVED = Stream("saved", "saved replies", Role.OTHER)
API = "/v2"
SAVED_EVERY = 6 * HOUR
# Finding out what is gone takes a request for each fifty open conversations.
GONE_EVERY = 10 * MINUTE
# A write counts as two requests.
LIMITS = Limits(wait=("x-ratelimit-retry-after", "retry-after"), left="x-ratelimit-remaining-minute", spare=4)


class HelpScout(Helpdesk):
    """One Help Scout; `gone_every`, `people_every`: how often it is asked what is there no more, and who is new.

    In microseconds.
    """

    kind = "helpscout"

    def __init__(
        self,
        account: Account,
        speaking: Http | None = None,
        *,
        clock: Callable[[], int] = times.now,
        gone_every: int = GONE_EVERY,
        people_every: int = walks.EVERY,
    ) -> None:
        self._clock = clock
        whole = Site(account.name, helpscout.site(account.settings) + API, account.context)
        super().__init__(account.name, speaking or Http(whole, lambda: login(account), clock=clock, limits=LIMITS))
        self._directory = Directory(self._http, clock)
        self._reading = Reading(self._http, self._directory, clock, gone_every)
        self._walking, self._people_every = Walking(self._http, self._directory), people_every
        self._writing = Writing(self._http, self._directory, self._reading)

    def trials(self) -> tuple[Trial, ...]:
        """Log in, and read what every sync reads."""
        return (
            ("login", self._told_me),
            ("conversations", self._told_conversations),
            ("names", self._told_names),
        )

    def _told_me(self) -> str:
        me = self._directory.me()
        return f"the app belongs to {self._http.said(f'{me.first_name} {me.last_name}'.strip() or me.email)}"

    def _told_conversations(self) -> str:
        answer = self._http.ask(Ask("/conversations", {"status": "all"}, what="conversations"))
        total = answers.listed(answer, "conversations")[1].total_elements
        return f"{counted(total, 'conversation')} can be read"

    def _told_names(self) -> str:
        known = self._directory.known()
        return f"{len(known.users)} users, {len(known.mailboxes)} inboxes"

    def streams(self) -> tuple[Stream, ...]:
        """What is new, the past, what is gone, the saved replies, and customers."""
        return NEWS, PAST, GONE, SAVED, PEOPLE

    def pull(self, stream: Stream, cursor: str) -> Page:
        """The next conversations, or now and then what else there is."""
        match stream.key:
            case NEWS.key:
                return self._reading.news(cursor)
            case PAST.key:
                return self._reading.past(cursor)
            case GONE.key:
                return self._reading.gone(cursor)
            case PEOPLE.key:
                now = self._clock() + self._http.ahead
                page = walks.step(cursor, now, self._people_every, self._walking.stretch)
                return replace(page, ahead=self._http.ahead)
        now = self._clock()
        read_at = int(cursor) if cursor.isdecimal() else 0
        if 0 <= now - read_at < SAVED_EVERY:
            return Page((), cursor, more=False)
        found = saved.snippets(self._http, self._directory.known())
        return Page(tuple(found), str(now), more=False, ahead=self._http.ahead)

    def push(self, operation: Operation, hand_over: Callable[[], None]) -> Outcome:
        """Write it, once."""
        with self._http.urgent():
            match operation:
                case WriteMessage():
                    return self._writing.write(operation, hand_over)
                case ChangeTicket():
                    return self._writing.change(operation, hand_over)
        return Refused("Help Scout's API has nothing of the kind", "Do it in Help Scout itself.")

    def find(self, operation: Operation) -> Receipt | None:
        """Look for a message of ours; what sets a field is simply asked for again."""
        with self._http.urgent():
            return self._writing.find(operation) if isinstance(operation, WriteMessage) else None

    def fetch(self, file: str) -> Iterator[bytes]:
        """The bytes of a file, which come packed and whole. Raises PartGone where it isn't there any more."""
        conversation, _, number = file.partition("/")
        path = f"/conversations/{conversation}/attachments/{number}/data"
        told = one(self._http.ask(Ask(path, accept=(404,), what="a file")), answers.FILE_DATA)
        if told is None:
            raise PartGone("The file isn't in Help Scout any more", "Ask whoever sent it.")
        try:
            yield b64decode(told.data, validate=True)
        except NotBase64:
            raise Broken("Help Scout sent a file in a form that is not known here", "Please report it.") from None


def login(account: Account) -> Mapping[str, str]:
    """A token that was just made, out of the app's ID and its secret; good for two days, and made anew after a 401."""
    site = Site(account.name, helpscout.site(account.settings) + API, account.context)
    app, secret = account.settings.get("app", "").strip(), account.secret().reveal()
    form = {"grant_type": "client_credentials", "client_id": app, "client_secret": secret}
    asking = Http(site, dict, secrets=lambda text: text.replace(secret, "‹secret›") if secret else text)
    try:
        answer = asking.ask(Ask("/oauth2/token", method="POST", form=form, accept=(400, 401, 403), what="a token"))
    finally:
        asking.close()
    token = one(answer, answers.TOKEN)
    if token is None:
        raise Denied("Help Scout doesn't accept the app", "Check the App ID, and store the App secret anew.")
    return {"Authorization": f"Bearer {token.access_token}"}
