"""Where reading stopped, as text that is kept between rounds.

The invariants: a cursor that can't be read is the beginning, since everything may come again; the news are read from
two minutes before the newest that is known, since whoever wrote slowly is seen late with an earlier time.
"""

from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from desk.times import MINUTE, to_datetime

C = TypeVar("C")
OVERLAP = 2 * MINUTE


@dataclass(frozen=True, slots=True)
class News:
    """`since`: the newest change that is known. `at`: how far this round has come, None where it has ended.

    `page`: which page of those who were all changed in that very millisecond. `seen`: what was told of late, by id.
    """

    since: int
    at: int | None = None
    page: int = 1
    seen: dict[str, int] = field(default_factory=dict)

    @property
    def begins(self) -> int:
        """From when on the next page is asked for."""
        return max(0, self.since - OVERLAP) if self.at is None else self.at


@dataclass(frozen=True, slots=True)
class Past:
    """`before`: up to when the past is still to be read. `seen`: which of that very millisecond are known."""

    before: int
    page: int = 1
    seen: frozenset[int] = frozenset()
    over: bool = False


@dataclass(frozen=True, slots=True)
class Watched:
    """When a list was read last, and what stood on it: ids of tickets, or of calls with their state."""

    at: int
    seen: dict[str, str] = field(default_factory=dict)


NEWS = TypeAdapter(News)
PAST = TypeAdapter(Past)
WATCHED = TypeAdapter(Watched)


def read(adapter: TypeAdapter[C], cursor: str) -> C | None:
    """A cursor; None at the beginning."""
    try:
        return adapter.validate_json(cursor) if cursor else None
    except ValidationError:
        return None


def write(adapter: TypeAdapter[C], cursor: C) -> str:
    """A cursor as text."""
    return adapter.dump_json(cursor, exclude_defaults=True).decode()


def moment(at: int) -> str:
    """A time as Zammad compares it: in UTC, to the millisecond."""
    return to_datetime(at).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
