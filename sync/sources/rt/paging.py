"""Reading a list to its end, from both ends at once, where RT tells neither how long it is nor that it has ended.

What a user may not see is dropped from a page after it was cut: a short page, even an empty one, needn't be the last.
The invariant: a list counts as read when what came from its end has met what came from its beginning, or when neither
end has anything more; where rows are known to be hidden, what lies between is walked through number by number.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from pydantic import TypeAdapter

from sync.http import Answer, Ask, Http
from sync.sources.rt.answers import Rows, rows_of
from sync.sources.rt.queries import MOST
from sync.tickets import Passed


class Numbered(Protocol):
    """A row with a number that grows."""

    @property
    def id(self) -> int:
        """Its number."""
        ...


Row = TypeVar("Row", bound=Numbered)


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a list: the page at that place of what lies between two numbers, or of that backwards."""

    low: int
    high: int | None = None
    backwards: bool = False
    place: int = 1

    @property
    def params(self) -> dict[str, str | int]:
        """How RT is asked for it."""
        order = "DESC" if self.backwards else "ASC"
        return {"orderby": "id", "order": order, "page": self.place, "per_page": MOST}


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """A list that can be asked for in pieces, and of which so many full pages are expected.

    `whole`: nothing of it is hidden from anybody who sees its tickets, so that a short page is the last one. `hides`:
    rows are known to be hidden from this user. `filled`: there are rows for sure, so that an empty page hides some.
    """

    ask: Callable[[Span], Ask]
    adapter: TypeAdapter[Row]
    whole: bool
    hides: bool = False
    expected: int = 0
    filled: bool = False

    def first(self, above: int) -> list[Span]:
        """What is asked for at once. Rows come only at the end, so that a page's place stays where it is."""
        if not self.expected:
            return [Span(above, backwards=True)]
        return [Span(above, place=place) for place in range(1, self.expected + 1)]


@dataclass(slots=True)
class Read(Generic[Row]):
    """What has come of a list so far: all up to `low`, and all from `high` on. `short`: the last page wasn't full."""

    low: int
    hides: bool
    high: int | None = None
    found: dict[int, Row] = field(default_factory=dict)
    passed: list[Passed] = field(default_factory=list)
    short: bool = False
    done: bool = False

    @property
    def rows(self) -> list[Row]:
        """The rows in their order."""
        return [self.found[number] for number in sorted(self.found)]

    def keep(self, page: Rows[Row]) -> None:
        """Keep a page's rows."""
        self.found.update((row.id, row) for row in page.rows)
        self.passed += page.passed


def read_all(
    http: Http, listings: Sequence[Listing[Row]], above: int = 0, beside: Sequence[Ask] = ()
) -> tuple[list[Read[Row]], list[Answer]]:
    """Each of these lists above a number; and the answers to what is asked besides, while the server is at it."""
    asks = list(beside)
    for listing in listings:
        asks += [listing.ask(span) for span in listing.first(above)]
    answers = iter(http.ask_all(asks))
    others = [next(answers) for _ in beside]
    reads = [_begun(listing, [next(answers) for _ in listing.first(above)], above) for listing in listings]
    for read, listing in zip(reads, listings, strict=True):
        while not read.done:
            if read.short:
                _check(http, listing, read)
            else:
                _meet(http, listing, read)
    return reads, others


def _begun(listing: Listing[Row], answers: Sequence[Answer], above: int) -> Read[Row]:
    """What the first pages have brought."""
    read = Read[Row](above, listing.hides)
    pages = [rows_of(answer, listing.adapter) for answer in answers]
    numbers = [number for page in pages for number in page.numbers]
    for page in pages:
        read.keep(page)
    read.short = pages[-1].count < MOST
    read.done = listing.whole and read.short
    if listing.expected:
        read.low = max(numbers, default=above)
    else:
        read.high = min(numbers, default=None)
        read.done = read.done or not (numbers or listing.filled)
    return read


def _meet(http: Http, listing: Listing[Row], read: Read[Row]) -> None:
    """One page from either end."""
    asks = [listing.ask(Span(read.low, read.high, backwards)) for backwards in (False, True)]
    up, down = (rows_of(answer, listing.adapter) for answer in http.ask_all(asks))
    read.keep(up)
    read.keep(down)
    low = max(up.numbers, default=read.low)
    high = min(down.numbers, default=read.high)
    nothing = up.count == down.count == 0
    met = high is not None and low >= high
    read.done = met or (nothing and not read.hides) or (listing.whole and up.count < MOST)
    read.low, read.high = low, high
    if nothing and not read.done:
        _walk(http, listing, read)


def _check(http: Http, listing: Listing[Row], read: Read[Row]) -> None:
    """Whether something is left beyond a short page: then rows are hidden from this user."""
    page = rows_of(http.ask(listing.ask(Span(read.low, read.high))), listing.adapter)
    read.keep(page)
    read.hides = read.hides or page.count > 0
    read.low = max(page.numbers, default=read.low)
    read.short = False
    read.done = not read.hides


def _walk(http: Http, listing: Listing[Row], read: Read[Row]) -> None:
    """So few numbers that their rows fit into one page, whoever may see them."""
    end = read.low + MOST + 1
    high = end if read.high is None else min(end, read.high)
    read.keep(rows_of(http.ask(listing.ask(Span(read.low, high))), listing.adapter))
    read.low = high - 1
    read.done = read.high is None or high == read.high
