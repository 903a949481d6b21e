"""A position always shows its own row, whatever was read when."""

from array import array
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from widgets.rowcache import PAGE, PAGES_KEPT, RowCache, Sight, place_of

KEYS = st.lists(st.integers(0, 10**12), unique=True, max_size=300)


def rows_of(keys: Sequence[int]) -> list[str]:
    return [f"{key}" for key in keys]


def cache_over(keys: Sequence[int]) -> tuple[RowCache[str], list[tuple[int, int]]]:
    asked: list[tuple[int, int]] = []

    def fetch(start: int, count: int) -> list[str]:
        asked.append((start, count))
        return rows_of(keys[start : start + count])

    cache = RowCache[str](key=int, fetch=fetch)
    cache.snapshot(array("q", keys))
    return cache, asked


@given(KEYS, st.data())
def test_any_jump_shows_the_row_of_the_snapshot(keys: list[int], data: st.DataObject) -> None:
    cache, _ = cache_over(keys)
    for _ in range(5):
        if keys:
            index = data.draw(st.integers(0, len(keys) - 1))
            assert cache.row(index) == str(keys[index])


@given(KEYS, KEYS, st.integers(0, 4))
def test_a_page_for_an_older_snapshot_never_stands_in_anothers_place(old: list[int], new: list[int], page: int) -> None:
    cache = RowCache[str](key=int, fetch=lambda start, count: None)
    cache.snapshot(old)
    cache.snapshot(new)
    cache.read(page * PAGE, rows_of(old[page * PAGE : (page + 1) * PAGE]))
    for index, key in enumerate(new):
        assert cache.row(index) in (None, str(key))


def test_a_page_is_asked_for_once() -> None:
    cache, asked = cache_over(range(1000))
    for index in range(128):
        cache.row(index)
    assert asked == [(0, PAGE), (PAGE, PAGE)]


def test_the_first_rows_given_with_a_snapshot_are_not_asked_for() -> None:
    cache, asked = cache_over(range(1000))
    cache.snapshot(range(1000), rows_of(range(PAGE)))
    assert cache.row(PAGE - 1) == str(PAGE - 1)
    assert asked == []


def test_a_page_on_its_way_waits_and_then_shows() -> None:
    cache = RowCache[str](key=int, fetch=lambda start, count: None)
    cache.snapshot(range(100))
    assert cache.row(3) is None
    assert cache.waiting(3)
    cache.read(0, rows_of(range(PAGE)))
    assert cache.row(3) == "3"
    assert not cache.waiting(3)


def test_a_row_that_is_gone_is_no_longer_waited_for() -> None:
    cache = RowCache[str](key=int, fetch=lambda start, count: None)
    cache.snapshot(range(10))
    cache.read(0, rows_of([0, 1, 3]))
    assert cache.row(2) is None
    assert not cache.waiting(2)


def test_rows_show_until_they_are_read_anew() -> None:
    cache, _ = cache_over(range(100))
    assert cache.row(5) == "5"
    cache.fetch = lambda start, count: None
    cache.snapshot([7, 5])
    assert cache.row(1) == "5"
    assert cache.waiting(1)


def test_memory_is_bounded() -> None:
    cache, asked = cache_over(range(PAGE * (PAGES_KEPT + 10)))
    for page in range(PAGES_KEPT + 10):
        cache.row(page * PAGE)
    cache.row(0)
    assert len(asked) == PAGES_KEPT + 11, "the oldest page was dropped and read again"


@given(KEYS, st.integers(-5, 400))
def test_a_key_is_found_wherever_it_is_thought_to_be(keys: list[int], near: int) -> None:
    for index, key in enumerate(keys):
        assert place_of(keys, key, near) == index
    assert place_of(keys, -1, near) is None


def test_a_row_that_is_shown_outlives_any_number_of_snapshots() -> None:
    """Others commit faster than pages are read: once the second snapshot forgot what the first had not read yet."""
    cache, _ = cache_over(range(3 * PAGE))
    assert cache.row(2 * PAGE) == str(2 * PAGE)
    cache.fetch = lambda start, count: None
    for more in range(1, 4):
        cache.snapshot(range(-more, 3 * PAGE), rows_of(range(-more, PAGE - more)))
        assert cache.row(2 * PAGE + more) == str(2 * PAGE)


def test_rows_for_an_older_snapshot_show_until_their_page_is_read() -> None:
    cache = RowCache[str](key=int, fetch=lambda start, count: None)
    cache.snapshot([1, 2, 3])
    cache.learn(rows_of([3, 4]))
    assert [cache.row(index) for index in range(3)] == [None, None, "3"]
    assert cache.waiting(2)
    cache.read(0, rows_of([1, 2]))
    assert cache.row(2) is None, "it is gone since"


def test_what_is_known_besides_is_bounded() -> None:
    cache, _ = cache_over(range(PAGE * PAGES_KEPT * 3))
    for first in range(0, len(cache), PAGE):
        cache.row(first)
        cache.snapshot(cache.keys)
    assert len(cache._earlier) == PAGE * PAGES_KEPT
    cache.fetch = lambda start, count: None
    assert cache.row(len(cache) - 1) == str(len(cache) - 1), "what was seen last is kept"


@given(KEYS.filter(bool), st.integers(0, 300), st.integers(1, 200), st.sets(st.integers(0, 199)))
def test_only_whole_pages_given_with_a_snapshot_are_not_asked_for(
    keys: list[int], start: int, count: int, gone: set[int]
) -> None:
    """A ticket may go between the reading of the order and of the rows: its page is asked for."""
    start = start // PAGE * PAGE
    given_keys = [key for place, key in enumerate(keys[start : start + count]) if place not in gone]
    asked: list[int] = []
    cache = RowCache[str](key=int, fetch=lambda start, count: asked.append(start))
    cache.snapshot(keys, rows_of(given_keys), start)
    for index, key in enumerate(keys):
        assert cache.row(index) == (str(key) if key in given_keys else None)
    whole = [first for first in range(0, len(keys), PAGE) if set(keys[first : first + PAGE]) <= set(given_keys)]
    assert asked == [first for first in range(0, len(keys), PAGE) if first not in whole]


@given(KEYS, KEYS, st.data())
def test_what_will_be_seen_of_another_order_is_known_before(
    old: list[int], new: list[int], data: st.DataObject
) -> None:
    height = data.draw(st.integers(1, 60))
    top = data.draw(st.integers(0, max(0, len(old) - height)))
    index = data.draw(st.integers(0, max(0, len(old) - 1)))
    sight = Sight(old[index] if old else None, index, top, height)
    place = sight.place(new)
    assert place == (new.index(old[index]) if old and old[index] in new else None)
    pages = sight.pages(new)
    assert pages.start % PAGE == 0
    assert pages.stop == len(new) or pages.stop % PAGE == 0
    assert len(pages) <= height + 2 * PAGE
    if place is not None:
        # A list doesn't scroll beyond its ends.
        seen_from = max(0, min(sight.top_at(place), len(new) - height))
        assert set(range(seen_from, min(len(new), seen_from + height))) <= set(pages)
        assert place in pages
        if top and 0 <= index - top < height:
            assert place - sight.top_at(place) == index - top, "the cursor keeps its line"
