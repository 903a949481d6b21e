"""How far the conversations of a Help Scout were read.

A conversation doesn't tell when it was changed last; lists can only be asked for what changed since, and be put in that
order, page by page. So a place is a page of such a list, and what is known of each conversation in it is a digest.

The invariant: lists are read from the newest on, so that whatever changes meanwhile moves things to later pages, where
they come twice and are not lost; where a list became shorter, which moves them the other way, it is gone back.
"""

from dataclasses import dataclass, field, replace
from typing import Self, TypeVar

from pydantic import TypeAdapter, ValidationError

from desk.times import MINUTE
from sync.sources.helpscout.answers import PageInfo

T = TypeVar("T")

# Changes that show late, and times in whole seconds: what changed so long before is looked at again.
OVERLAP = 2 * MINUTE


@dataclass(frozen=True, slots=True)
class News:
    """A look at what changed since `since`: `page` is next, it began at `began` (by the service's clock), and `now` has
    the versions that it saw. `seen`: those that the look before saw. `total`: how long the list was.
    """

    since: int = 0
    page: int = 1
    began: int = 0
    total: int = 0
    seen: dict[int, str] = field(default_factory=dict)
    now: dict[int, str] = field(default_factory=dict)

    def having(self, versions: dict[int, str], told: PageInfo, began: int) -> Self:
        """With a page read, which was asked for at `began`; at the beginning of the next look after the last one."""
        first = self.began if self.page > 1 else began
        now = self.now | versions
        if told.total_elements < self.total:
            return replace(self, page=1, total=0, now=now, began=0)
        if self.page < told.total_pages:
            return replace(self, page=self.page + 1, began=first, total=told.total_elements, now=now)
        return replace(self, since=first, page=1, began=0, total=0, seen=now, now={})

    @property
    def begins(self) -> bool:
        """Whether a new look begins here."""
        return self.page == 1 and not self.now


@dataclass(frozen=True, slots=True)
class Past:
    """The next page of all conversations, the newest first; 0: all were read. `total`: how many there were."""

    page: int = 1
    total: int = 0

    def having(self, told: PageInfo) -> Self:
        """With a page read; a page back for each page by which the list became shorter."""
        shorter = self.total - told.total_elements
        if self.total and shorter > 0:
            back = 1 + (shorter - 1) // max(1, told.size)
            return replace(self, page=max(1, self.page - back), total=told.total_elements)
        following = self.page + 1 if self.page < told.total_pages else 0
        return replace(self, page=following, total=told.total_elements)


@dataclass(frozen=True, slots=True)
class Gone:
    """What was open when that was looked at last."""

    at: int = 0
    open: tuple[int, ...] = ()


_NEWS, _PAST, _GONE = TypeAdapter(News), TypeAdapter(Past), TypeAdapter(Gone)


def write(cursor: News | Past | Gone) -> str:
    """What the engine keeps."""
    match cursor:
        case News():
            return _NEWS.dump_json(cursor).decode()
        case Past():
            return _PAST.dump_json(cursor).decode()
        case Gone():
            return _GONE.dump_json(cursor).decode()


def read_news(text: str) -> News | None:
    """A kept place in the news; None where there is none, or none that can be read."""
    return _read(text, _NEWS)


def read_past(text: str) -> Past:
    """A kept place in the past; all comes again where there is none, and none is lost."""
    return _read(text, _PAST) or Past()


def read_gone(text: str) -> Gone:
    """What was open, as far as it is known."""
    return _read(text, _GONE) or Gone()


def _read(text: str, adapter: TypeAdapter[T]) -> T | None:
    try:
        return adapter.validate_json(text)
    except ValidationError:
        return None
