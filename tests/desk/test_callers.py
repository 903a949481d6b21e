"""When somebody comes again about the same: by a tag, or by half the words of the shorter subject."""

import pytest

from desk.callers import Contact, Repeated, repeated
from desk.times import DAY, HOUR
from tests.factories import NOW


def came(*subjects: str, tags: str = "") -> list[Contact]:
    """A contact a day, the newest first."""
    return [(place, NOW - place * DAY - HOUR, subject, tags) for place, subject in enumerate(subjects)]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Refund for the kettle", "Kettle refund still missing", True),
        ("Kettle broken again", "Kettle lid and handle missing", False),
        ("Kettle", "The kettle lid is missing today", True),
        ("Kettle broken", "Kettle handle missing", True),
        ("My new map", "The new map", False),
        ("Please help with this order", "Please help with this call", False),
    ],
)
def test_half_the_words_of_the_shorter_subject_are_the_same_topic(one: str, other: str, *, same: bool) -> None:
    assert (repeated(came(one, other), NOW) is not None) is same


def test_a_begun_day_counts_as_one() -> None:
    assert repeated(came("Kettle", "Kettle", "Kettle"), NOW) == Repeated(3, 3, "Kettle", (0, 1, 2))
    assert repeated(came("Kettle", "Kettle")[:1] * 2, NOW) == Repeated(2, 1, "Kettle", (0,))
