"""A line for everybody: how long it stands, and that it is one clean line."""

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.banners import LONGEST, Banner, meaning, parse_banner
from desk.errors import BadInput
from desk.times import HOUR, MINUTE
from tests.factories import NOW
from tests.hostile import FORBIDDEN, HOSTILE


@pytest.mark.parametrize(
    ("typed", "words", "stands"),
    [
        ("30m The printer is down", "The printer is down", 30 * MINUTE),
        ("2h  Calls  go to Ben ", "Calls go to Ben", 2 * HOUR),
        ("The printer is down", "The printer is down", None),
        ("30 tickets are too many", "30 tickets are too many", None),
        ("5G is out again", "5G is out again", None),
    ],
)
def test_a_time_in_front_says_how_long(typed: str, words: str, stands: int | None) -> None:
    assert parse_banner(typed, NOW) == Banner(words, None if stands is None else NOW + stands)


@pytest.mark.parametrize("typed", ["", "  ", "30m", "\x1b[2J", "31d Summer", "x" * (LONGEST + 1)])
def test_what_says_nothing_or_too_much_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        parse_banner(typed, NOW)


def test_what_is_typed_is_told_before_it_is_shown() -> None:
    assert meaning("30m Lunch", NOW, UTC) == "every console shows for 30 m: Lunch"
    assert meaning("Lunch", NOW, UTC) == "every console shows until it is taken back: Lunch"
    assert "30m" in meaning(" ", NOW, UTC)


@given(st.text(max_size=80) | st.sampled_from([text for _, text in HOSTILE]))
def test_nothing_of_a_banner_acts_on_a_terminal(typed: str) -> None:
    try:
        words = parse_banner(typed, NOW).words
    except BadInput:
        return
    assert not FORBIDDEN & set(words)
    assert words == " ".join(words.split())
    assert len(words) <= LONGEST
