"""How far the tickets of a Freshdesk were read, by the times at which they changed.

Freshdesk gives tickets that changed since a time, the oldest first, and nothing by which to go on but that time, in
whole seconds: so a place is a time, and the ids that were read of what changed then.

The invariant: everything that changed before `since` was handed over, and of what changed later, just what is `seen`.
"""

from dataclasses import dataclass, field, replace
from typing import Self, TypeVar

from pydantic import TypeAdapter, ValidationError

from desk.times import DAY, HOUR, MINUTE, SECOND
from sync.sources.freshdesk.answers import Ticket

T = TypeVar("T")

# Changes that show late, and a clock that was set: what changed so long before is looked at again.
OVERLAP = 2 * MINUTE
# Times are in whole seconds: what changed in this one may change once more in it.
UNSETTLED = 2 * SECOND
# The past is read in windows that begin so long ago, so that what is worked on comes first.
SPANS = (2 * HOUR, DAY, 7 * DAY, 30 * DAY, 365 * DAY)


@dataclass(frozen=True, slots=True)
class News:
    """Where the news are. `seen`: when those tickets changed that were read of the overlap. `gone`: up to when it is
    known what was deleted.
    """

    since: int = 0
    seen: dict[int, int] = field(default_factory=dict)
    gone: int = 0

    def having(self, read: list[Ticket], now: int) -> Self:
        """With these read, at that time by the service's clock."""
        since = max([self.since, *(ticket.updated_at for ticket in read)])
        seen = self.seen | {ticket.id: ticket.updated_at for ticket in read if ticket.updated_at <= now - UNSETTLED}
        kept = {ticket: at for ticket, at in seen.items() if at >= since - OVERLAP}
        return replace(self, since=since, seen=kept)

    def lacks(self, ticket: Ticket) -> bool:
        """Whether this state of it wasn't read."""
        return self.seen.get(ticket.id) != ticket.updated_at


@dataclass(frozen=True, slots=True)
class Past:
    """Where the past is: in the window `window` of what was there at `began`; `seen` are of the second `since`."""

    began: int = 0
    window: int = 0
    since: int = 0
    seen: tuple[int, ...] = ()

    @property
    def first(self) -> int:
        """Where the window begins."""
        return self.began - SPANS[self.window] if self.window < len(SPANS) else 0

    @property
    def end(self) -> int:
        """Where it ends: what changed then or later was read before, or is news."""
        return self.began - SPANS[self.window - 1] if self.window else self.began + SECOND

    @property
    def over(self) -> bool:
        """Whether all of it was read."""
        return self.window > len(SPANS)

    def next_window(self) -> Self:
        """At the beginning of the window before."""
        following = replace(self, window=self.window + 1, seen=())
        return replace(following, since=0 if following.over else following.first)

    def having(self, read: list[Ticket]) -> Self:
        """With these read, the last of them changed last."""
        if not read:
            return self
        last = read[-1].updated_at
        now_seen = {ticket.id for ticket in read if ticket.updated_at == last}
        if last == self.since:
            now_seen.update(self.seen)
        return replace(self, since=last, seen=tuple(sorted(now_seen)))

    def lacks(self, ticket: Ticket) -> bool:
        """Whether it is in this window, and wasn't read."""
        if not self.since <= ticket.updated_at < self.end:
            return False
        return ticket.updated_at > self.since or ticket.id not in self.seen


_NEWS, _PAST = TypeAdapter(News), TypeAdapter(Past)


def write(cursor: News | Past) -> str:
    """What the engine keeps."""
    return (_NEWS.dump_json(cursor) if isinstance(cursor, News) else _PAST.dump_json(cursor)).decode()


def read_news(text: str) -> News | None:
    """A kept place in the news; None where there is none, or none that can be read."""
    return _read(text, _NEWS)


def read_past(text: str) -> Past | None:
    """A kept place in the past; likewise, and then all comes again, and none is lost."""
    return _read(text, _PAST)


def _read(text: str, adapter: TypeAdapter[T]) -> T | None:
    try:
        return adapter.validate_json(text)
    except ValidationError:
        return None
