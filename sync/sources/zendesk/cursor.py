"""How far each of Zendesk's streams was read.

The invariant: everything that changed before `since` was handed over, and of what changed in the overlap before it what
is `seen`; a walk that was broken off goes on at its page, or begins again where that is known there no more.
"""

from dataclasses import dataclass, field, replace
from typing import Self, TypeVar

from pydantic import TypeAdapter, ValidationError

from desk.times import MINUTE, SECOND
from sync.sources.zendesk.answers import Ticket

T = TypeVar("T")

# Changes that show late, and a clock that was set: what changed so long before is looked at again.
OVERLAP = 2 * MINUTE
# Times are in whole seconds: what changed in this one may change once more in it.
UNSETTLED = 2 * SECOND


@dataclass(frozen=True, slots=True)
class News:
    """Where the news are: read from the newest back to `since`, in the midst of which `after` is the next page.

    `upto`: the newest that was met on the way. `seen`: when those tickets changed that were read of the overlap.
    `gone`: up to when it is known what was deleted, `looked`: when that was asked for last.
    """

    since: int = 0
    after: str = ""
    upto: int = 0
    seen: dict[int, int] = field(default_factory=dict)
    gone: int = 0
    looked: int = 0

    @property
    def reach(self) -> int:
        """What changed before needn't be looked at."""
        return self.since - OVERLAP

    def lacks(self, ticket: Ticket) -> bool:
        """Whether it changed since, and this state of it wasn't read."""
        return ticket.updated_at >= self.reach and self.seen.get(ticket.id) != ticket.updated_at

    def having(self, read: list[Ticket], after: str, now: int) -> Self:
        """With a page of these read at that time by the service's clock, and the next one; none: the walk is over."""
        upto = max([self.upto, *(ticket.updated_at for ticket in read)])
        seen = self.seen | {ticket.id: ticket.updated_at for ticket in read if ticket.updated_at <= now - UNSETTLED}
        if after:
            return replace(self, after=after, upto=upto, seen=seen)
        since = max(self.since, upto)
        kept = {ticket: at for ticket, at in seen.items() if at >= since - OVERLAP}
        return replace(self, since=since, after="", upto=0, seen=kept)


@dataclass(frozen=True, slots=True)
class Past:
    """Where the walk through all tickets is, from the newest change back. `told`: so many came, of `total`."""

    after: str = ""
    told: int = 0
    total: int = 0
    over: bool = False


@dataclass(frozen=True, slots=True)
class Old:
    """Where the search for what was archived is. `bound`: where it is to begin when its page is known no more."""

    began: int = 0
    after: str = ""
    bound: str = ""
    over: bool = False


@dataclass(frozen=True, slots=True)
class Export:
    """Where an admin's export is. `following`: it was read to its end, and tells of changes since."""

    began: int = 0
    cursor: str = ""
    following: bool = False
    asked: int = 0


@dataclass(frozen=True, slots=True)
class Library:
    """When agents, macros and views were read."""

    read: int = 0


NEWS = TypeAdapter(News)
PAST = TypeAdapter(Past)
OLD = TypeAdapter(Old)
EXPORT = TypeAdapter(Export)
LIBRARY = TypeAdapter(Library)


def write(cursor: T, form: TypeAdapter[T]) -> str:
    """What the engine keeps."""
    return form.dump_json(cursor).decode()


def read(text: str, form: TypeAdapter[T]) -> T | None:
    """A kept cursor; None where there is none, or none that can be read: all comes again then, and none is lost."""
    try:
        return form.validate_json(text)
    except ValidationError:
        return None
