"""Batches are as large as fits, never held up by one that was quick or slow, and nothing is lost before an error."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.errors import BadInput
from storage.ingest.pace import AIM, FEWEST, FIRST, LARGEST, MOST, Pace


@given(st.lists(st.tuples(st.integers(1, MOST), st.floats(0, 100)), max_size=20))
def test_a_size_stays_within_bounds(taken: list[tuple[int, float]]) -> None:
    pace = Pace()
    for count, seconds in taken:
        before = pace.size
        pace.took(count, seconds)
        assert FEWEST <= pace.size <= MOST
        assert pace.size <= max(FIRST, 2 * before)


def test_a_slow_batch_makes_the_next_smaller() -> None:
    pace = Pace(200)
    pace.took(200, 2 * AIM)
    assert pace.size == 100


def test_large_things_come_in_smaller_batches() -> None:
    batches = list(Pace().batches([LARGEST, 1, 1], weight=int))
    assert batches == [[LARGEST], [1, 1]]


def test_the_size_is_asked_anew_for_each_batch() -> None:
    pace = Pace()
    sizes = []
    for batch in pace.batches(range(1_000), weight=lambda _: 0):
        sizes.append(len(batch))
        pace.took(len(batch), 0.0)
    assert sizes == [FIRST, 2 * FIRST, 4 * FIRST, 8 * FIRST, 1_000 - 15 * FIRST]


def test_what_came_before_an_error_is_given_out() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise BadInput("It broke")

    batches = Pace().batches(broken(), weight=int)
    assert next(batches) == [1]
    with pytest.raises(BadInput):
        next(batches)
