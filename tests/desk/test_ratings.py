"""Ratings: what counts as one, what never does, and links that can't be made up."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as some

from desk.errors import BadInput
from desk.mail.quotes import find_folds
from desk.ratings import (
    BAD,
    FINE,
    GREAT,
    Vote,
    asked,
    links,
    parse_ratings,
    proof_of,
    token,
    token_in,
    vote_by_link,
    vote_by_word,
)
from storage import content
from tests.hostile import HOSTILE

RULES = parse_ratings(content.read("ratings.toml").replace("on = false", "on = true"))
QUOTED = "\n\nOn Monday, Ana wrote:\n> It left yesterday.\n> -- \n> How was this answer?\n> Great: mailto:x"


@given(some.sampled_from((BAD, FINE, GREAT)), some.integers(1, 2**40), some.binary(min_size=16, max_size=16))
def test_a_token_brings_back_what_it_was_made_of(score: int, message: int, uid: bytes) -> None:
    found = token_in(f"Re: Great {token(score, message, uid)} thanks")
    assert found is not None
    assert (found.score, found.message_id, found.proof) == (score, message, proof_of(uid))


@pytest.mark.parametrize(
    "subject", ["", "Great", "R3-1-xyz", "R4-1-0123456789ab", "XR3-1-0123456789abc", "R3--0123456789ab"]
)
def test_other_subjects_hold_none(subject: str) -> None:
    assert token_in(subject) is None


def test_the_starter_asks_nobody_until_it_is_switched_on() -> None:
    rules = parse_ratings(content.read("ratings.toml"))
    assert not rules.on
    assert {each.key for each in rules.languages} == {"en", "de", "es", "fr"}
    assert rules.asking("sv") is rules.languages[0]


def test_each_word_has_a_link_of_one_press() -> None:
    asking = RULES.asking("en")
    presses = links(asking, "help+a@shop.example", 77, bytes(range(16)))
    assert [word for word, _ in presses] == ["Great", "Fine", "Bad"]
    for (word, link), score in zip(presses, (GREAT, FINE, BAD), strict=True):
        parts = urlsplit(link)
        assert (parts.scheme, unquote(parts.path)) == ("mailto", "help+a@shop.example")
        (subject,) = parse_qs(parts.query)["subject"]
        assert subject.startswith(word + " ")
        found = token_in(subject)
        assert found is not None
        assert found.score == score
    assert asked(asking, presses).split("\n")[1:] == [f"{word}: {link}" for word, link in presses]


@pytest.mark.parametrize(
    ("body", "vote"),
    [
        ("Great", Vote(GREAT, "")),
        ("great!\n", Vote(GREAT, "")),
        ("**Fine**", Vote(FINE, "")),
        ("Schlecht." + QUOTED, Vote(BAD, "")),
        ("Bad\n\nIt took three weeks." + QUOTED, Vote(BAD, "It took three weeks.")),
        ("Great" + QUOTED, Vote(GREAT, "")),
        ("Great service, but where is my parcel?", None),
        ("It was great", None),
        ("", None),
        ("No", None),
        ("> Great", None),
        (QUOTED, None),
    ],
)
def test_an_answer_is_a_rating_where_its_first_line_is_the_word(body: str, vote: Vote | None) -> None:
    assert vote_by_word(RULES, body, find_folds(body)) == vote


def test_a_links_mail_says_what_was_added_to_it() -> None:
    found = token_in(token(BAD, 1, bytes(16)))
    assert found is not None
    for body, words in (("", ""), ("Bad", ""), ("Nobody called back.", "Nobody called back.")):
        assert vote_by_link(found, RULES, body, find_folds(body)) == Vote(BAD, words)


def test_no_text_breaks_it() -> None:
    for _, text in HOSTILE:
        vote_by_word(RULES, text, find_folds(text))
        token_in(text)
    assert vote_by_word(RULES, "Great" + " " * 1_000_000, ()) is not None
    assert vote_by_word(RULES, "x" * 1_000_000, ()) is None


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ("on = true", "there is none to ask in"),
        ('onn = true\n[[language]]\nkey="en"\nline="How?"\ngreat=["a"]\nfine=["b"]\nbad=["c"]', "onn: is not known"),
        ('[[language]]\nkey="en"\nline="How?"\ngreat=["Good"]\nfine=["Good"]\nbad=["Bad"]', "means two things"),
        ('[[language]]\nkey="en"\nline="How?"\ngreat=["Good"]\nfine=[]\nbad=["Bad"]', "fine: has no word"),
        ('[[language]]\nkey="en"\nline="How?"\ngreat=["!"]\nfine=["Fine"]\nbad=["Bad"]', "can't be a word"),
    ],
)
def test_wrong_rules_say_where_and_what(toml: str, says: str) -> None:
    with pytest.raises(BadInput) as told:
        parse_ratings(toml)
    assert says in str(told.value)
