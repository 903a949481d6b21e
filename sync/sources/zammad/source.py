"""A Zammad as a source: what is read, what is written, and whether it works.

The invariants: reading changes nothing there; the access token is asked for anew after a refused login and is kept in
no text; only `wake` may be called from another thread.
"""

from collections.abc import Callable, Iterator

from desk import times
from desk.counts import counted
from sync.http import Ask
from sync.kinds import Account
from sync.protocol import (
    DeliverMail,
    MarkMail,
    Operation,
    Outcome,
    Page,
    Receipt,
    Refused,
    Stream,
)
from sync.sources import walks
from sync.sources.helpdesk import Helpdesk, Trial
from sync.sources.zammad import tickets
from sync.sources.zammad.cursors import moment
from sync.sources.zammad.reading import GONE_EVERY, STREAMS, Reading
from sync.sources.zammad.site import PATIENCE, ZammadSite
from sync.sources.zammad.writing import Writing


class Zammad(Helpdesk):
    """One Zammad. `clock` is ours, in microseconds; `patience`: the longest silence in seconds.

    `gone_every`, `people_every`: how often deleted tickets and new customers are looked for, in microseconds.
    """

    kind = "zammad"

    def __init__(
        self,
        account: Account,
        *,
        clock: Callable[[], int] = times.now,
        patience: float = PATIENCE,
        gone_every: int = GONE_EVERY,
        people_every: int = walks.EVERY,
    ) -> None:
        self._site = ZammadSite(account, clock, patience)
        super().__init__(account.name, self._site.http)
        self._reading = Reading(self._site, int(account.settings.get("days") or 0), gone_every, people_every)
        self._writing = Writing(self._site)

    def trials(self) -> tuple[Trial, ...]:
        """Log in, look for tickets, and try the caller log, which a token need not allow."""
        return (
            ("login", self._login),
            ("tickets", self._tickets),
            ("groups", self._groups),
            ("caller log", self._caller_log),
        )

    def streams(self) -> tuple[Stream, ...]:
        """What changes first, then the past, then what is read now and then."""
        return STREAMS

    def pull(self, stream: Stream, cursor: str) -> Page:
        """The next records of a stream."""
        return self._reading.pull(stream, cursor)

    def push(self, operation: Operation, hand_over: Callable[[], None]) -> Outcome:
        """Carry out an operation once; mails are not its business."""
        if isinstance(operation, DeliverMail | MarkMail):
            return Refused("A Zammad takes no mails", "Answer the ticket instead.")
        return self._writing.push(operation, hand_over)

    def find(self, operation: Operation) -> Receipt | None:
        """Whether an operation whose end was unclear has arrived."""
        if isinstance(operation, DeliverMail | MarkMail):
            return None
        return self._writing.find(operation)

    def fetch(self, file: str) -> Iterator[bytes]:
        """The bytes of an article's file."""
        return self._site.http.stream(Ask(f"/ticket_attachment/{file}", what="a file"))

    def close(self) -> None:
        """Let go of every connection, and of what was known of the service."""
        super().close()
        self._site.forget()

    def _login(self) -> str:
        return f"{self._site.me().name} is logged in at {self._site.url}"

    def _tickets(self) -> str:
        condition = {"ticket.updated_at": {"operator": "after (absolute)", "value": moment(0)}}
        found = tickets.search(self._site, condition, "desc", per_page=1)
        if found.total_count is not None:
            return f"{counted(found.total_count, 'ticket')} can be read"
        return "tickets can be read" if found.ids else "no ticket can be seen yet"

    def _groups(self) -> str:
        names = self._site.names()
        return f"{len(names.groups)} groups, {len(names.states)} states"

    def _caller_log(self) -> str:
        answer = self._site.http.ask(Ask("/cti/log", accept=tickets.ABSENT))
        return "calls can be read" if answer.status == 200 else "not for this token (cti.agent): calls are left out"
