"""The mail that says that a mail has arrived: its terms, its words, and how often it may leave."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.acknowledgement import (
    A_MAILBOX_AN_HOUR,
    A_SENDER_A_DAY,
    Earlier,
    Facts,
    Terms,
    promised_at,
    terms_of,
    too_many,
    worded,
)
from desk.errors import BadInput
from desk.snippets.template import open_fields
from desk.times import DAY, HOUR, MINUTE
from tests.factories import NOW
from tests.hostile import HOSTILE


def terms(**settings: str) -> Terms:
    found = terms_of({"acknowledge": "12h", **settings})
    assert found is not None
    return found


def test_nothing_is_acknowledged_unless_it_is_asked_for() -> None:
    assert terms_of({}) is None
    assert terms_of({"acknowledge": " ", "hours": "Mon-Fri 9-17"}) is None


def test_it_says_that_the_mail_is_there_its_number_and_by_when_an_answer_comes_in_whose_hours() -> None:
    # NOW is a Monday, 9:00 in UTC and 10:00 in Madrid.
    kept = terms(hours="Mon-Fri 9-17", zone="Europe/Madrid")
    words = worded(kept, Facts(1042, "Pump", "Ana Ruiz", promised_at(kept, NOW)))
    for part in (
        "Hello Ana",
        "has arrived",
        "#1042",
        "Tuesday 3 March, 14:00 (Europe/Madrid)",
        "Monday to Friday, 9:00",
    ):
        assert part in words
    assert "Monday 2 March, 21:00 (UTC)" in worded(terms(), Facts(1, "", "", promised_at(terms(), NOW)))


@given(st.integers(0, 50 * DAY), st.sampled_from(["1m", "45m", "12h", "2d", "14 days"]))
def test_a_promise_is_never_shorter_than_it_was_meant(since: int, within: str) -> None:
    kept = terms(acknowledge=within)
    at = promised_at(kept, NOW + since)
    assert 0 <= at - (NOW + since + kept.within) < 30 * MINUTE
    assert at % (30 * MINUTE) == 0


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"acknowledge": "yes"}, "says no time"),
        ({"acknowledge": "0h"}, "says no time"),
        ({"acknowledge": "15d"}, "says no time"),
        ({"zone": "Mars/Base"}, "no time zone"),
        ({"hours": "always"}, "no hours of a week"),
        ({"acknowledge_text": "We have it: {{ticket.number}}"}, "doesn't have {{ticket.promise}}"),
        ({"acknowledge_text": "By {{ticket.promise}}"}, "doesn't have {{ticket.number}}"),
        ({"acknowledge_text": "{{ticket.number}} {{ticket.promise}} {{customer.first_name}}"}, "customer.first_name"),
        ({"acknowledge_text": "{{ticket.number}} {{ticket.promise}} {{ask: why}}"}, "ask: why"),
        ({"acknowledge_text": "{{ticket.number}} {{ticket.promise}} {{team.hours}}"}, "team.hours"),
        ({"acknowledge_text": "{{ticket.number}} {{ticket.promise}} {{tikket}}"}, "tikket"),
    ],
)
def test_terms_that_can_t_be_kept_are_refused(settings: dict[str, str], words: str) -> None:
    with pytest.raises(BadInput) as raised:
        terms(**settings)
    assert words in str(raised.value)


@given(st.text(max_size=80) | st.sampled_from([text for _, text in HOSTILE]))
def test_what_strangers_call_themselves_leaves_no_field_open_and_no_link(name: str) -> None:
    kept = terms()
    words = worded(kept, Facts(1, name, name, NOW))
    assert not open_fields(words)
    greeting = words.partition(",")[0]
    assert "://" not in greeting
    assert "www." not in greeting


@pytest.mark.parametrize("name", ["http://evil.example", "www.evil.example", "evil.example", "1000€", "a" * 60])
def test_a_name_that_is_none_is_not_repeated(name: str) -> None:
    assert worded(terms(), Facts(1, "", name, NOW)).startswith("Hello there,")


def test_an_hour_a_sender_and_so_many_a_day() -> None:
    ana = [Earlier("ana@example.org", NOW - HOUR - 1, True)]
    assert not too_many("ana@example.org", NOW, ana)
    assert too_many("ana@example.org", NOW - 2, ana)
    assert too_many("Ana+tag1@example.org", NOW - 2, ana), "machines change the tag"
    assert not too_many("li@example.org", NOW - 2, ana)
    often = [Earlier("ana@example.org", NOW - hours * HOUR, False) for hours in range(2, 2 + A_SENDER_A_DAY)]
    assert too_many("ana@example.org", NOW, often)
    assert not too_many("ana@example.org", NOW + DAY, often)


def test_a_storm_is_not_answered_by_one() -> None:
    storm = [Earlier(f"n{number}@example.org", NOW - MINUTE, True) for number in range(A_MAILBOX_AN_HOUR)]
    assert too_many("li@example.org", NOW, storm)
    assert not too_many("li@example.org", NOW, storm[1:])
    assert not too_many("li@example.org", NOW, [each._replace(same_mailbox=False) for each in storm])


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 3 * DAY)), max_size=200))
def test_whoever_writes_however_often_gets_few(mails: list[tuple[int, int]]) -> None:
    sent: list[Earlier] = []
    for who, at in sorted(mails, key=lambda each: each[1]):
        address = f"n{who}@example.org"
        if not too_many(address, at, sent):
            sent.append(Earlier(address, at, True))
    for who in range(7):
        times = [each.at for each in sent if each.address == f"n{who}@example.org"]
        assert all(later - sooner >= HOUR for sooner, later in pairwise(times))
        assert all(sum(at - DAY < other <= at for other in times) <= A_SENDER_A_DAY for at in times)
