"""A position always shows its own row, whatever was read when."""

from array import array
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from widgets.rowcache import PAGE, PAGES_KEPT, RowCache

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
    cache, _ = cache_over(keys)
    for index, key in enumerate(keys):
        assert cache.place(key, near) == index
    assert cache.place(-1, near) is None
