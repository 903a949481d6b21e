"""A Redmine as a source: issues as tickets, journals as messages.

The invariants: reading changes nothing there; an issue is told whole, with all that was said on it; an issue that was
touched while it was read is read again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from desk.times import MINUTE, SECOND, now
from sync.errors import Broken
from sync.http import Ask, Http, Site
from sync.http.addresses import site_url
from sync.kinds import Account
from sync.protocol import Operation, Outcome, Page, Receipt, Record, Refused, Role, Stream
from sync.secret import without
from sync.sources.helpdesk import Helpdesk, Trial
from sync.sources.moments import in_seconds
from sync.sources.redmine.answers import Listed
from sync.sources.redmine.cursor import OVERLAP, News, Past, Watched
from sync.sources.redmine.service import PAGE, Service
from sync.sources.redmine.writing import Writing
from sync.tickets import ChangeTicket, Passed, TicketGone, WriteMessage

NEWS = Stream("news", "news", Role.INBOX)
PAST = Stream("past", "the past", Role.OTHER)
GONE = Stream("gone", "deleted issues", Role.OTHER)
# Each issue costs a Ruby process some 45 ms: more requests at once than it has processes only wait there.
CONNECTIONS = 2
# So many issues are one page: each is a request of its own.
TOGETHER = 25
# A change within the second that was read can't be told from that reading.
UNSURE = 2 * SECOND
GONE_EVERY = 15 * MINUTE


class Redmine(Helpdesk):
    """One Redmine; `together`: so many issues are one page, of which `listed` are looked at for news.

    `gone_every`: how often deleted issues are looked for, in microseconds.
    """

    kind = "redmine"

    def __init__(
        self, account: Account, http: Http, together: int = TOGETHER, listed: int = PAGE, gone_every: int = GONE_EVERY
    ) -> None:
        super().__init__(account.name, http)
        self._together = together
        self._gone_every = gone_every
        self._service = Service(http, account.settings, listed)
        self._writing = Writing(http, self._service)

    def trials(self) -> tuple[Trial, ...]:
        """Log in, see the issues, and know the statuses."""
        return (
            ("login", lambda: self._http.said(f"{self._service.look().name} is logged in")),
            ("issues", lambda: f"{self._service.listed({'limit': 1})[1]:,} can be seen"),
            ("statuses", lambda: f"known, and {len(self._service.projects)} projects"),
        )

    def streams(self) -> tuple[Stream, ...]:
        """What is touched from now on, what was there before, and what is there no more."""
        return (NEWS, PAST, GONE)

    def pull(self, stream: Stream, cursor: str) -> Page:
        """The next issues after a cursor."""
        if stream == GONE:
            return self._gone(Watched.read(cursor))
        return self._news(News.read(cursor)) if stream == NEWS else self._past(Past.read(cursor))

    def push(self, operation: Operation, hand_over: Callable[[], None]) -> Outcome:
        """Write a message, or set fields."""
        match operation:
            case WriteMessage():
                return self._writing.message(operation, hand_over)
            case ChangeTicket():
                return self._writing.change(operation, hand_over)
        return Refused("Redmine knows nothing of the kind", "It stays here alone.")

    def find(self, operation: Operation) -> Receipt | None:
        """The message that an operation has become."""
        return self._writing.find(operation) if isinstance(operation, WriteMessage) else None

    def fetch(self, file: str) -> Iterator[bytes]:
        """The bytes of a file."""
        return self._http.stream(Ask(file, what="a file"))

    def close(self) -> None:
        """Let go of every connection, and of who was logged in."""
        super().close()
        self._service.forget()

    def _news(self, cursor: News) -> Page:
        if not cursor.since:
            self._service.look()
            return self._page((), cursor.moved_to(now() + self._http.ahead).write(), more=False)
        listed, more = self._touched(cursor)
        fresh = [each for each in listed if cursor.known.get(each.id) != each.updated_on]
        read = fresh[: self._together]
        records = self._records(read)
        present = now() + self._http.ahead
        cursor = cursor.with_these(read)
        more = more or len(read) < len(fresh)
        if len(read) == len(fresh) and listed:
            # A server whose clock is ahead of the others must not let their news be missed.
            cursor = cursor.moved_to(min(listed[-1].updated_on, present))
        if not more:
            cursor = cursor.sure(present - UNSURE)
        return self._page(records, cursor.write(), more, max(0, len(fresh) - len(read)))

    def _touched(self, cursor: News) -> tuple[Sequence[Listed], bool]:
        """What was touched since the cursor, by the time of that, and whether there is more behind it."""
        since, offset = cursor.since - OVERLAP, 0
        while True:
            asked: dict[str, str | int] = {
                "updated_on": f">={in_seconds(since)}",
                "sort": "updated_on:asc,id:asc",
                "offset": offset,
            }
            listed, total = self._service.listed(asked)
            more = offset + len(listed) < total
            if not listed or not more or any(cursor.known.get(each.id) != each.updated_on for each in listed):
                return listed, bool(listed) and more
            # All of them are known. By time nothing can slip past, but within one second there is only counting.
            if listed[-1].updated_on > since:
                since, offset = listed[-1].updated_on, 0
            else:
                offset += len(listed) - 1

    def _past(self, cursor: Past) -> Page:
        if cursor.below is not None and cursor.below <= 1:
            return self._page((), cursor.write(), more=False)
        asked: dict[str, str | int] = {"sort": "id:desc", "limit": self._together}
        if cursor.below is not None:
            asked["issue_id"] = f"<={cursor.below - 1}"
        listed, total = self._service.listed(asked)
        left = total - len(listed)
        below = min(each.id for each in listed) if left > 0 and listed else 1
        return self._page(self._records(listed), Past(below).write(), left > 0, left)

    def _gone(self, cursor: Watched) -> Page:
        """Issues that were open and are there no more, or not for us: nobody tells of them.

        Those that are back, since a right was given again, are told whole; their time hasn't moved.
        """
        present = now()
        if cursor.at and 0 <= present - cursor.at < self._gone_every:
            return self._page((), cursor.write(), more=False)
        standing = frozenset(self._service.open_issues())
        if not cursor.at:
            return self._page((), Watched(present, standing).write(), more=False)
        moved = sorted(cursor.standing ^ standing)
        looked_at, left = moved[: self._together], moved[self._together :]
        following = Watched(cursor.at if left else present, standing ^ frozenset(left))
        return self._page(tuple(self._told(looked_at)), following.write(), bool(left), len(left))

    def _records(self, listed: Sequence[Listed]) -> tuple[Record, ...]:
        return tuple(self._told([each.id for each in listed]))

    def _told(self, numbers: Sequence[int]) -> Iterator[Record]:
        """These issues; one that can't be read is passed over, one that is gone is told."""
        for number, issue in self._service.issues(numbers):
            match issue:
                case None:
                    yield TicketGone(str(number))
                case Broken():
                    yield Passed(f"issue {number}", issue.message)
                case _:
                    yield from self._service.reading.records(issue)

    def _page(self, records: tuple[Record, ...], cursor: str, more: bool, remaining: int | None = None) -> Page:
        return Page(records, cursor, more, remaining, self._http.ahead)


def open_redmine(account: Account) -> Redmine:
    """The Redmine of an account; it connects when it is used first."""

    def login() -> Mapping[str, str]:
        return {"X-Redmine-API-Key": account.secret().reveal()}

    site = Site(account.name, site_url(account.settings["url"]), account.context, CONNECTIONS)
    return Redmine(account, Http(site, login, secrets=lambda text: without(account.secret(), text)))
