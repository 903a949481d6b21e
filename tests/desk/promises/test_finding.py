"""Promises in sent text: found in three languages, counted across clock changes, and not where nothing is promised."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.promising import FILES, SENT, labelled, packs, score
from desk.hours import parse_hours
from desk.promises.finding import LONGEST_WORDS, find
from desk.promises.times import LONGEST, Sent
from desk.times import HOUR, from_datetime, to_datetime

PACKS = packs()
MADRID = ZoneInfo("Europe/Madrid")
SENTENCES = [sentence.text for name in FILES for sentence in labelled(name)]
ZONES = st.sampled_from(
    ["UTC", "Europe/Madrid", "Australia/Lord_Howe", "America/Havana", "Pacific/Apia", "Asia/Kolkata"]
)


def due(text: str, at: str, *, hours: str = "") -> list[str]:
    sent = from_datetime(datetime.fromisoformat(at).replace(tzinfo=MADRID))
    found = find(text, PACKS, Sent(sent, MADRID, parse_hours(hours, MADRID) if hours else None))
    return [f"{to_datetime(each.due_at, MADRID):%Y-%m-%d %H:%M}" for each in found]


@pytest.mark.parametrize(
    ("name", "least"), [("first", 0.98), ("second", 0.95), ("third", 0.95), ("held_out", 0.85), ("unseen", 0.9)]
)
def test_what_is_found_was_promised(name: str, least: float) -> None:
    found = score(name)
    assert found.precision >= 0.94
    assert found.recall >= least
    assert found.counted["times"] >= 0.9 * found.counted["right"]


@pytest.mark.parametrize(
    ("text", "at", "found"),
    [
        # The night before it is an hour shorter: twelve hours on the clock of the wall are thirteen.
        ("We will answer within 12 hours.", "2026-03-28 20:00", "2026-03-29 09:00"),
        ("We will answer within 12 hours.", "2026-10-24 20:00", "2026-10-25 07:00"),
        # Days keep the hour on the wall.
        ("You'll have it in two days.", "2026-03-28 20:00", "2026-03-30 20:00"),
        ("You'll have it in two days.", "2026-10-24 20:00", "2026-10-26 20:00"),
        ("I'll call you tomorrow at 2:30 am.", "2026-03-28 20:00", "2026-03-29 03:30"),
        ("You'll have it by the end of the month.", "2026-12-30 09:00", "2026-12-31 17:00"),
        ("You'll have it by 5 January.", "2026-12-30 09:00", "2027-01-05 17:00"),
        ("I'll write to you by the 3rd.", "2026-12-30 09:00", "2027-01-03 17:00"),
        ("I'll write to you today.", "2026-12-30 18:00", "2026-12-30 23:59"),
        ("I'll write to you by Wednesday.", "2026-12-30 09:00", "2027-01-06 17:00"),
        ("I'll write to you by the end of the week.", "2027-01-02 09:00", "2027-01-02 17:00"),
        ("I'll call before noon.", "2026-12-30 13:00", "2026-12-31 12:00"),
        ("I'll let you know by Friday if it has arrived.", "2026-12-30 13:00", "2027-01-01 17:00"),
        ("I'll call İpek in İzmir by Friday.", "2026-12-30 13:00", "2027-01-01 17:00"),
        ("You'll have it by next Friday.", "2026-12-30 13:00", "2027-01-08 17:00"),
        ("You'll have it by next Monday.", "2026-12-30 13:00", "2027-01-04 17:00"),
        ("I'll call you by 12 pm.", "2026-12-30 10:00", "2026-12-30 12:00"),
        ("I'll call you tomorrow at 12 am.", "2026-12-30 10:00", "2026-12-31 00:00"),
        ("Give me half an hour and I'll have it.", "2026-12-30 13:00", "2026-12-30 13:30"),
        ("I'll be back within half a day.", "2026-12-30 13:00", "2026-12-31 01:00"),
        ("Ich melde mich in einer halben Stunde.", "2026-12-30 13:00", "2026-12-30 13:30"),
        ("Le llamo en media hora.", "2026-12-30 13:00", "2026-12-30 13:30"),
        ("Our team answers within 24 hours.", "2026-12-30 13:00", "2026-12-31 13:00"),
        ("The fitter comes to your door tomorrow.", "2026-12-30 13:00", "2026-12-31 17:00"),
    ],
)
def test_times_are_counted_from_the_sending(text: str, at: str, found: str) -> None:
    assert due(text, at) == [found]


def test_a_team_s_own_hours_end_the_day_and_count_days_of_work() -> None:
    hours = "Mon-Thu 8-18, Fri 8-14"
    assert due("I'll write by Friday.", "2026-03-11 10:00", hours=hours) == ["2026-03-13 14:00"]
    assert due("I'll write by the end of day.", "2026-03-11 10:00", hours=hours) == ["2026-03-11 18:00"]
    assert due("I'll write within two business days.", "2026-03-13 10:00", hours=hours) == ["2026-03-17 18:00"]


@pytest.mark.parametrize(
    "text",
    [
        "> I'll pay by Friday.\n\nThank you for telling us.",
        "Thank you.\n\nOn Tue, 3 Mar 2026 at 10:00, Ana <ana@example.org> wrote:\n> I will pay by Friday.",
        "You wrote “I will pay by Friday”, and it has arrived.",
        "Will it be there by Friday?",
        "If it isn't there by Friday, I'll send another one.",
        "I will charge the order of 3 March.",
        "I'll be happy to help.",
        "I'll call you on 30 February.",
        "I'll call you at 25:00.",
        "I'll do it in 999 weeks.",
        "Here is your bill; the shop opens again on Friday.",
        "It stays in your basket until Friday.",
        "We sent it to you on Monday.",
        "The train to Graz leaves tomorrow at nine.",
        "",
    ],
)
def test_what_promises_nothing(text: str) -> None:
    assert due(text, "2026-03-11 10:00") == []


def test_a_part_of_today_that_is_over_promises_nothing() -> None:
    assert due("I'll call you today in the morning.", "2026-03-11 10:00") == ["2026-03-11 12:00"]
    assert due("I'll call you today in the morning.", "2026-03-11 13:00") == []


def test_the_words_that_say_when_are_those_of_the_sentence() -> None:
    (found,) = find("I'll call İpek in İzmir by Friday.", PACKS, SENT)
    assert (found.when, found.words) == ("Friday", "I'll call İpek in İzmir by Friday.")


def test_of_two_that_are_left_open_the_later_counts_and_two_side_by_side_are_two() -> None:
    sent = "2026-03-11 10:00"
    assert due("You'll hear from me today or tomorrow.", sent) == ["2026-03-12 17:00"]
    assert due("I will call you tomorrow morning, and the refund is with you by Friday.", sent) == [
        "2026-03-12 12:00", "2026-03-13 17:00",
    ]  # fmt: skip


def test_each_promise_of_a_letter_is_found_once_with_its_sentence() -> None:
    text = """Hello Ana,

thanks for the photos. I'll call you tomorrow
morning with the answer of our workshop, and we will send the part by Friday. By Friday you'll have it all!

- The invoice will follow within two weeks

Bo
-- \nI'll be back by Monday"""
    found = find(text, PACKS, SENT)
    assert [each.when for each in found] == ["tomorrow morning", "Friday", "within two weeks"]
    assert found[0].words.startswith("I'll call you tomorrow morning with")
    assert all(len(each.words) <= LONGEST_WORDS for each in found)


@given(st.lists(st.sampled_from(SENTENCES), max_size=6), st.integers(0, 3 * 365 * 24), ZONES)
def test_what_is_found_lies_ahead_wherever_and_whenever_it_was_sent(texts: list[str], hour: int, zone: str) -> None:
    at = SENT.at + hour * HOUR
    found = find("\n\n".join(texts), PACKS, Sent(at, ZoneInfo(zone)))
    assert [each.due_at for each in found] == sorted({each.due_at for each in found})
    assert all(at < each.due_at <= at + LONGEST for each in found)


@given(st.text(max_size=400))
def test_no_text_is_too_strange(text: str) -> None:
    find(text, PACKS, SENT)


def test_a_long_text_takes_no_longer_than_its_length() -> None:
    for piece in ("I'll ", "by ", "within ", "\u0130", "9", "a, ", "by Friday ", "(", "“"):
        find(piece * 60_000, PACKS, SENT)
