"""Which row stands where: a snapshot of keys, and the pages of rows read for it. Pure, without Textual.

The invariant: a position shows the row of the snapshot's key at that position, or none; a page that answers an older
snapshot never puts a row in another's place; a row that was shown is shown until it was read anew, however many
snapshots come meanwhile. Memory is bounded by twice PAGES_KEPT pages, whatever the count.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")
Key = int | str

PAGE = 64
PAGES_KEPT = 48
# Mail that came in moved a key this far, as a rule; to look through a million keys takes 20 ms.
NEAR = 256


def place_of(keys: Sequence[Key], key: Key, near: int = 0) -> int | None:
    """Where a key stands, None where it doesn't; `near` is where it probably is."""
    first = max(0, near - NEAR)
    try:
        return first + keys[first : near + NEAR].index(key)
    except ValueError:
        pass
    try:
        return keys.index(key)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Sight:
    """What of a list is on the screen: so many lines from the place `top` on; the cursor is on a key at `index`."""

    key: Key | None
    index: int
    top: int
    height: int

    def place(self, keys: Sequence[Key]) -> int | None:
        """Where the key under the cursor stands in another order; None where it is gone."""
        return None if self.key is None else place_of(keys, self.key, near=self.index)

    def top_at(self, place: int) -> int:
        """The topmost place once the cursor is there: it keeps its line, unless the list shows its beginning."""
        above = max(0, min(self.index - self.top, self.height - 1))
        top = place - above if self.top else 0
        return place if place < top else max(top, place - self.height + 1)

    def pages(self, keys: Sequence[Key]) -> range:
        """The places in another order whose rows will be seen, in whole pages."""
        place = self.place(keys)
        top = self.top_at(max(0, min(self.index if place is None else place, len(keys) - 1)))
        top = max(0, min(top, len(keys) - self.height))
        last = min(len(keys), top + self.height)
        return range(top // PAGE * PAGE, min(len(keys), -(-last // PAGE) * PAGE))


class RowCache(Generic[Row]):
    """Rows by position. `fetch(start, count)` gives them at once, or None and `read` is called with them later."""

    def __init__(
        self,
        key: Callable[[Row], Key],
        fetch: Callable[[int, int], Sequence[Row] | None] | None = None,
    ) -> None:
        self.key = key
        self.fetch = fetch
        self.keys: Sequence[Key] = ()
        self._pages: dict[int, dict[Key, Row]] = {}
        self._asked: set[int] = set()
        self._earlier: dict[Key, Row] = {}

    def __len__(self) -> int:
        return len(self.keys)

    def snapshot(self, keys: Sequence[Key], rows: Sequence[Row] = (), start: int = 0) -> None:
        """Take a new order; `rows` are those from the page at `start` on, where they are at hand.

        Earlier rows show until they are read again.
        """
        self.forget()
        self.keys = keys
        self.learn(rows)
        given = {self.key(row): row for row in rows}
        for first in range(start, min(start + len(rows), len(keys)), PAGE):
            page = keys[first : first + PAGE]
            if all(key in given for key in page):
                self.read(first, [given[key] for key in page])

    def forget(self) -> None:
        """Have every page read anew; what is known shows until then."""
        for page in self._pages.values():
            self.learn(tuple(page.values()))
        self._pages.clear()
        self._asked.clear()

    def learn(self, rows: Sequence[Row]) -> None:
        """Take rows that show wherever their keys stand, until their page is read; the longest known give way."""
        for row in rows:
            key = self.key(row)
            self._earlier.pop(key, None)
            self._earlier[key] = row
        while len(self._earlier) > PAGES_KEPT * PAGE:
            del self._earlier[next(iter(self._earlier))]

    def read(self, start: int, rows: Sequence[Row]) -> None:
        """Take the page that begins at `start`."""
        page = start // PAGE
        self._asked.discard(page)
        self._pages[page] = {self.key(row): row for row in rows}
        while len(self._pages) > PAGES_KEPT:
            del self._pages[next(iter(self._pages))]

    def row(self, index: int) -> Row | None:
        """The row at a position, None where it isn't known yet or is there no more; asks for its page if need be."""
        page, key = index // PAGE, self.keys[index]
        if page not in self._pages and page not in self._asked and self.fetch is not None:
            self._asked.add(page)
            rows = self.fetch(page * PAGE, min(PAGE, len(self.keys) - page * PAGE))
            if rows is not None:
                self.read(page * PAGE, rows)
        if page in self._pages:
            return self._pages[page].get(key)
        return self._earlier.get(key)

    def waiting(self, index: int) -> bool:
        """Whether the page of a position is on its way."""
        return index // PAGE not in self._pages
