"""Waiting: what a wait is, and the spread of some of them by nearest rank."""

import pytest

from desk.service import OLDEST, Said, Spread, Wait, ages, spread, waits
from desk.times import DAY, HOUR


@pytest.mark.parametrize(
    ("spans", "told"),
    [
        ((), (0, None, None)),
        ((None, None), (0, None, None)),
        ((7,), (1, 7, 7)),
        ((2, 1), (2, 1, 2)),
        ((3, 1, None, 2), (3, 2, 3)),
        (tuple(range(1, 11)), (10, 5, 9)),
        (tuple(range(1, 12)), (11, 6, 10)),
    ],
)
def test_half_and_nine_of_ten_are_waits_that_did_happen(
    spans: tuple[int | None, ...], told: tuple[int, int | None, int | None]
) -> None:
    assert spread(spans) == Spread(*told)


def test_a_wait_begins_with_the_oldest_message_that_nobody_answered() -> None:
    said = [(1, False), (2, False), (3, True), (4, True), (5, False), (6, True), (7, False), (8, False)]
    assert list(waits(Said(at, ours) for at, ours in said)) == [
        Wait("first", 1, 3), Wait("next", 5, 6), Wait("next", 7, None),
    ]  # fmt: skip
    assert list(waits([Said(1, ours=True), Said(2, ours=False)])) == [Wait("next", 2, None)]
    assert list(waits([])) == []


def test_an_age_belongs_to_the_line_that_it_has_reached() -> None:
    now = 100 * DAY
    counted = ages([now, now - HOUR + 1, now - HOUR, now - 7 * DAY + 1, now - 7 * DAY], now)
    assert list(counted.values()) == [2, 1, 0, 0, 1, 1]
    assert counted[OLDEST] == 1
