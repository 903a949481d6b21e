"""Who else is at a ticket, in words."""

from dataclasses import replace

import pytest

from desk.presence import Seated, State, company
from desk.times import HOUR, MINUTE
from screens.company import Company, state_words
from tests.factories import NOW

NAMES = {1: "Ana Bell", 2: "Bo Lind", 3: "Cy Ray"}
BO = Seated(2, "b", ticket_id=9)


def test_writers_come_first_and_nobody_is_told_of_oneself() -> None:
    seats = (BO, Seated(3, "c", ticket_id=9, writing="note"), Seated(2, "d", ticket_id=8))
    told = (("Cy Ray writes a note", True), ("Bo Lind looks at it too", False))
    assert company(seats, NAMES, 9, 1) == told
    assert company([replace(seat, seen_at=NOW) for seat in seats], NAMES, 9, 1) == ()
    assert company(seats, NAMES, 7, 1) == ()


@pytest.mark.parametrize(
    ("writing", "words"),
    [("reply_all", "you write a reply in another console"), ("forward", "you forward it in another console")],
)
def test_a_second_console_of_ones_own_matters_only_where_it_writes(writing: str, words: str) -> None:
    assert company([replace(BO, writing=writing)], NAMES, 9, 2) == ((words, True),)
    assert company([BO], NAMES, 9, 2) == ()


def test_two_consoles_of_a_colleague_are_one_colleague() -> None:
    assert len(company([BO, replace(BO, key="z")], NAMES, 9, 1)) == 1


def test_a_state_says_its_time_where_somebody_waits_for_them() -> None:
    assert state_words(State.AWAY, NOW - 12 * MINUTE, "lunch", NOW) == "away 12m, lunch"
    assert state_words(State.AVAILABLE, NOW - HOUR, "", NOW) == "available"
    assert state_words(State.OFFLINE, 0, "", NOW) == "offline"
    assert state_words(State.OFFLINE, NOW - 3 * HOUR, "", NOW) == "offline 3h"


def test_the_list_shows_who_writes_before_who_looks() -> None:
    others = (Seated(2, "a", ticket_id=9), Seated(1, "b", ticket_id=9), Seated(3, "c", ticket_id=9, writing="reply"))
    found = Company(Seated(1), others, ())
    assert found.by_ticket == {9: ("", True)}, "nobody is named before the team is read"
