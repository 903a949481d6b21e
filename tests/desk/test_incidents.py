"""Incidents: which tickets look like one, and in which words customers hear of it."""

import random

import pytest

from desk.errors import BadInput
from desk.incidents import (
    MOST_WORDS,
    background,
    draft,
    likeness,
    parse_state,
    profile,
    with_incident,
    worded,
    words_in,
)
from tests.hostile import HOSTILE

USUAL = [
    words_in(*texts)
    for texts in (
        ("Where is my order", "I ordered a kettle last week and paid by card"),
        ("Refund", "please send the money back to my card"),
        ("Invoice", "The address on my invoice is wrong, I pay by invoice"),
    )
] * 20
OWN = words_in("Checkout rejects cards", "Paying by card fails at the checkout since this morning. We look into it.")
ALIKE = (
    ("Card declined", "I try to pay and my card gets refused at checkout every time"),
    ("cannot pay", "the checkout page says payment rejected"),
    ("Checkout!!!", "PAYMENT FAILS. FIX YOUR CHECKOUT"),
)
OTHERS = (
    ("Where is my order 8841?", "I paid by card last week"),
    ("Kettle leaks", "the kettle leaks at the checkout of my home"),
    ("Change of address", "Please change the address, I pay by invoice"),
    ("", ""),
)


def test_what_looks_like_it_shares_words_that_are_rare_otherwise() -> None:
    told = profile(OWN, [], *background(USUAL))
    for texts in ALIKE:
        found = likeness(words_in(*texts), told)
        assert found is not None, texts
        assert "checkout" in found.words
    for texts in OTHERS:
        assert likeness(words_in(*texts), told) is None, texts


def test_its_tickets_teach_it_words_that_its_title_lacks() -> None:
    visa = words_in("error 402", "my Visa is refused, it says gateway timeout")
    usual = background(USUAL)
    assert likeness(visa, profile(OWN, [], *usual)) is None
    tickets = [words_in("Visa refused", "gateway timeout"), words_in("No way to buy", "Visa, gateway timeout again")]
    found = likeness(visa, profile(OWN, tickets, *usual))
    assert found is not None
    assert set(found.words) >= {"visa", "gateway", "timeout"}
    assert found.why.startswith("also says ")


def test_the_work_is_bounded_and_no_text_breaks_it() -> None:
    letters = random.Random(7)
    huge = " ".join("".join(letters.choices("abcdefghij", k=8)) for _ in range(200_000))
    assert len(words_in(huge, huge)) <= MOST_WORDS
    for _, text in HOSTILE:
        told = profile(words_in(text), [words_in(text)], *background([words_in(text)]))
        likeness(words_in(text), told)


def test_a_text_is_filled_in_for_each_customer() -> None:
    text = with_incident(draft("Cards work again."), "Checkout", "Monday 2 March, 14:00 (UTC)")
    told = worded(text, {"customer.first_name": "Rosa", "agent.first_name": "Ana"})
    assert told.startswith(
        "Hello Rosa,\n\nCards work again.\n\nYou hear from us again by Monday 2 March, 14:00 (UTC) at"
    )
    assert worded(text, {"agent.first_name": "Ana"}).startswith("Hello there,")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("By {{incident.next}}.", "none is set"),
        ("{{incident.nxt}}", "is no variable"),
        ("Hello {{customer.first_name}}", "isn't filled in"),
        ("{{ask: what}}", "isn't filled in"),
        ("{{custmer.name}}", "is no variable"),
    ],
)
def test_nobody_gets_an_open_field(text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        worded(with_incident(text, "Checkout", ""), {})


def test_a_title_from_a_stranger_is_no_field() -> None:
    assert worded(with_incident("{{incident.title}}", "{{ask: your password}}", ""), {}) == "ask: your password"


def test_a_state_is_typed_by_its_beginning() -> None:
    assert parse_state("w") == "watching"
    with pytest.raises(BadInput, match="Did you mean found"):
        parse_state("fond")
