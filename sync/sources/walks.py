"""Walks through the people of a service: all of them once, page by page, and from then on those who are new since.

Customers come with their tickets; the others are read here, so that whoever calls is known. The invariant: whoever
changed after a walk began is met by the next one, and a walk that was broken off goes on where it was.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from pydantic import TypeAdapter, ValidationError

from desk.times import HOUR, MINUTE
from sync.protocol import Page, Record, Role, Stream

PEOPLE = Stream("people", "customers", Role.OTHER)
# Who is new has written, as a rule, and came with a ticket.
EVERY = HOUR
# Lists may lag behind, as an index does.
OVERLAP = 10 * MINUTE


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a walk is, and what earlier ones have met.

    `since`: when the last one began, 0: there was none; `last`: whom it met first. `began`: when this one did, 0: none
    is on; `place`: where it goes on, in the service's own way, empty: at its beginning; `first`: whom it met first.
    """

    since: int = 0
    last: str = ""
    began: int = 0
    place: str = ""
    first: str = ""

    @property
    def bound(self) -> int:
        """Who changed before that time need not be met again; 0: everyone is to be met."""
        return max(0, self.since - OVERLAP)


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a page of a walk has brought, and where the next one is; an empty `place`: nowhere. `first`: who led it."""

    records: Iterable[Record]
    place: str = ""
    first: str = ""


_WALK = TypeAdapter(Walk)


def step(text: str, now: int, every: int, read: Callable[[Walk], Stretch]) -> Page:
    """The next page of the walk whose cursor that is, `now` by the service's clock; nothing where none is due."""
    walk = _read(text)
    if not walk.began:
        if walk.since and 0 <= now - walk.since < every:
            return Page((), text, more=False)
        walk = replace(walk, began=now)
    stretch = read(walk)
    first = walk.first or stretch.first
    if stretch.place:
        following = replace(walk, place=stretch.place, first=first)
    else:
        following = Walk(walk.began, first or walk.last)
    return Page(tuple(stretch.records), _WALK.dump_json(following).decode(), more=bool(stretch.place))


def _read(text: str) -> Walk:
    """A cursor; everyone is met again where it can't be read."""
    try:
        return _WALK.validate_json(text)
    except ValidationError:
        return Walk()
