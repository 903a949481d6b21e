"""A list is read whole whatever of it is hidden, and numbers that come late are asked for again."""

import json
import ssl
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import override

from sync.http import Answer, Ask, Http, Site
from sync.sources.rt.answers import TRANSACTIONS, Transaction
from sync.sources.rt.cursor import LATE, Gap, NewsCursor, PastCursor, read_news, read_past, write_cursor
from sync.sources.rt.paging import Listing, Span, read_all
from sync.sources.rt.queries import MOST

numbers = st.sets(st.integers(1, 1500), max_size=700)


class Shelf(Http):
    """A list that is cut into pages before what is hidden is dropped from them, as RT does it."""

    def __init__(self, there: set[int], hidden: set[int]) -> None:
        super().__init__(Site("shelf", "http://127.0.0.1", ssl.create_default_context()), dict)
        self.there, self.hidden, self.asked = sorted(there), hidden, 0

    @override
    def ask_all(self, asks: Sequence[Ask]) -> list[Answer]:
        """Every page that is asked for."""
        self.asked += len(asks)
        return [self._page(*(int(number) for number in ask.path.split())) for ask in asks]

    def _page(self, low: int, high: int, backwards: int, place: int) -> Answer:
        within = [each for each in self.there if low < each and (not high or each < high)]
        ordered = within[::-1] if backwards else within
        page = ordered[(place - 1) * MOST : place * MOST]
        row = {"Type": "Status", "ObjectId": "1", "Created": "2026-01-01T00:00:00Z"}
        rows = [row | {"id": str(each)} for each in page if each not in self.hidden]
        return Answer(200, {}, json.dumps({"items": rows, "total": None}).encode())


def listing(*, whole: bool, hides: bool = False, expected: int = 0, filled: bool = False) -> Listing[Transaction]:
    def ask(span: Span) -> Ask:
        return Ask(f"{span.low} {span.high or 0} {int(span.backwards)} {span.place}")

    return Listing(ask, TRANSACTIONS, whole=whole, hides=hides, expected=expected, filled=filled)


@given(numbers, st.integers(0, 1500), st.integers(0, 9), st.booleans())
def test_all_comes_in_its_order_where_nothing_is_hidden(
    there: set[int], above: int, expected: int, whole: bool
) -> None:
    shelf = Shelf(there, set())
    (read,), _ = read_all(shelf, [listing(whole=whole, expected=expected)], above)
    assert [row.id for row in read.rows] == sorted(each for each in there if each > above)
    assert not read.hides
    full = len(read.rows) // MOST
    assert shelf.asked <= max(full, expected) + 4


@settings(max_examples=30)
@given(numbers, st.sets(st.integers(1, 1500)), st.integers(0, 9))
def test_what_is_hidden_hides_nothing_else(there: set[int], hidden: set[int], expected: int) -> None:
    shelf = Shelf(there, hidden)
    (read,), _ = read_all(shelf, [listing(whole=False, hides=True, expected=expected, filled=True)])
    assert [row.id for row in read.rows] == sorted(there - hidden)


def test_a_short_page_with_more_before_it_tells_that_rows_are_hidden() -> None:
    shelf = Shelf(set(range(1, 400)), set(range(350, 360)))
    (read,), _ = read_all(shelf, [listing(whole=False)])
    assert read.hides
    assert len(read.rows) == 389


@given(numbers, st.lists(st.integers(1, 1500), max_size=30))
def test_numbers_that_come_late_are_asked_for_again_and_told_once(seen: set[int], late: list[int]) -> None:
    first = NewsCursor(0).after(seen, 1000, hides=False)
    assert first.top == max(seen, default=0)
    assert not any(first.misses(number) for number in seen)
    missed = [number for number in late if first.misses(number)]
    second = first.after(missed, 1001, hides=False)
    assert not any(second.misses(number) for number in missed)
    assert second.top == first.top
    assert read_news(write_cursor(second)) == second
    assert not second.after((), 1001 + LATE, hides=False).gaps


def test_only_recent_gaps_are_kept() -> None:
    cursor = NewsCursor(0).after([10, 1000], 5, hides=True)
    assert cursor.gaps == (Gap(11, 999, 5),)
    assert cursor.after([3000], 6, hides=True).gaps == (Gap(1001, 2999, 6),)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"top":"x"}', "null"])
def test_a_cursor_that_can_not_be_read_begins_anew(text: str) -> None:
    assert read_news(text) is None
    assert read_past(text, 7) == PastCursor(7)
