"""Which row stands where: a snapshot of keys, and the pages of rows read for it. Pure, without Textual.

The invariant: a position shows the row of the snapshot's key at that position, or none; a page that answers an older
snapshot never puts a row in another's place. Memory is bounded by PAGES_KEPT pages, whatever the count.
"""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Row = TypeVar("Row")
Key = int | str

PAGE = 64
PAGES_KEPT = 48
# Mail that came in moved a key this far, as a rule; to look through a million keys takes 20 ms.
NEAR = 256


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

    def snapshot(self, keys: Sequence[Key], rows: Sequence[Row] = ()) -> None:
        """Take a new order; `rows` are its first ones, where they are at hand. Earlier rows show until read again."""
        self.forget()
        self.keys = keys
        self._earlier.update((self.key(row), row) for row in rows)
        if rows and len(rows) >= min(PAGE, len(keys)):
            self.read(0, rows[:PAGE])

    def forget(self) -> None:
        """Have every page read anew; what is known shows until then."""
        self._earlier = {key: row for page in self._pages.values() for key, row in page.items()} or self._earlier
        self._pages.clear()
        self._asked.clear()

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

    def place(self, key: Key, near: int = 0) -> int | None:
        """Where a key stands, None where it doesn't; `near` is where it probably is."""
        first = max(0, near - NEAR)
        try:
            return first + self.keys[first : near + NEAR].index(key)
        except ValueError:
            pass
        try:
            return self.keys.index(key)
        except ValueError:
            return None
