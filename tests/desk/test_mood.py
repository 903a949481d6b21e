import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.mood import ANGRY, CALM, UNEASY, UPSET, mood


@pytest.mark.parametrize(
    "text",
    [
        "This is unacceptable.",
        "I WANT MY MONEY BACK",
        "Where is my order? WHY DOES NOBODY ANSWER ME",
        "I'm fed up with this printer.",
        "Still no reply, and this is the third time I write!!",
        "Ich bin wirklich stinksauer.",
        "Schon wieder kaputt, ich bin sehr enttäuscht.",
        "Esto es inaceptable, quiero hablar con alguien.",
        "QUIERO MI DINERO YA",
        "You people are USELESS",
        "I want my money BACK and I want it NOW!",
        "You NEVER answer. I need it TODAY, NOT next week.",
        "ANSWER ME! I paid TWICE.",
        "Ich will mein GELD, und zwar SOFORT!",
    ],
)
def test_anger_is_heard(text: str) -> None:
    assert mood(text, 1).angry, mood(text, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello, how do I change my address?",
        "Thank you so much!!! You're great!!!",
        "We use the HTTP REST API with JSON, XML and CSV.",
        "I'm not angry, I only want to know when it comes.",
        "It's no complaint, only a question.",
        "Das ist keine Beschwerde.",
        "In the worst case we wait until Monday.",
        "The log says: ERROR: CONNECTION NOT ALLOWED BY PEER",
        "Regards\n\nJOHN SMITH\nSALES DIRECTOR\nACME TRADING LTD\nLONDON OFFICE",
        "Please help.\n\n-- \nTHIS IS MY NEW NUMBER, PLEASE CALL ME THERE",
        "> THIS IS UNACCEPTABLE, I WANT MY MONEY BACK!!!\n\nThat was my colleague; all is fine now.",
        "All fine now.\n\nOn Mon, 3 Nov 2025, Ana Ruiz wrote:\n\nThis is ridiculous!!! WHERE IS MY ORDER",
        "Fine.\n\nFrom: Li Wei\nSent: Monday\nTo: Support\n\nYou are the worst, I am furious",
        "THIS EMAIL IS CONFIDENTIAL AND FOR THE NAMED PERSON ONLY. IF IT IS NOT FOR YOU, DELETE IT.",
        "See https://example.com/worst/ridiculous for the picture.",
        "Our firm is IBM UK LTD, and we are in NEW YORK, USA.",
    ],
)
def test_calm_stays_calm(text: str) -> None:
    assert mood(text, 1).score == CALM, mood(text, 1)


def test_answers_below_a_quote_are_read() -> None:
    assert mood("On Monday, 3 Nov, Ana wrote:\n> Please wait.\n\nNo. This is ridiculous.", 1).angry


def test_one_weak_sign_makes_uneasy_and_two_upset() -> None:
    assert mood("I'm disappointed.", 1).score == UNEASY
    assert mood("I'm disappointed.", 3).score == UPSET


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("I need it NOW", CALM),
        ("I need it NOW!", UNEASY),
        ("Where is MY order, WHY is it late?", UNEASY),
        ("It is NOT here, and it was NOT there, and NOBODY knows.", UPSET),
        ("The US team works in IT, and the WHO says so.", CALM),
        ("The log says NOT FOUND.", CALM),
        ("Thank you SO much!", CALM),
    ],
)
def test_single_words_in_capitals_add_up(text: str, score: int) -> None:
    assert mood(text, 1).score == score, mood(text, 1)


def test_repetition_alone_is_not_taken_for_anger_until_it_piles_up() -> None:
    assert [mood("Any news?", contacts).score for contacts in (1, 2, 3, 7, 8)] == [CALM, CALM, UNEASY, UNEASY, UPSET]


def test_the_reasons_are_given_in_words() -> None:
    angry = mood("THIS IS THE THIRD TIME I WRITE. It is ridiculous, and still no answer!!", 3)
    assert angry.score == ANGRY
    assert angry.reasons == (
        "capitals: “THIS IS THE THIRD TIME I WRITE”",
        "“third time”",
        "strong word: “ridiculous”",
        "“still no”",
        "2 exclamation marks",
        "3rd contact within a week",
    )


@pytest.mark.parametrize(("contacts", "shown"), [(11, "11th"), (21, "21st"), (22, "22nd"), (113, "113th")])
def test_contacts_are_counted_in_english(contacts: int, shown: str) -> None:
    assert mood("", contacts).reasons == (f"{shown} contact within a week",)


def test_a_long_shout_is_shortened() -> None:
    (reason,) = mood("GIVE ME MY MONEY BACK " * 20, 1).reasons
    assert len(reason) < 60


@given(st.text(), st.integers(0, 1000))
def test_every_text_has_a_mood(text: str, contacts: int) -> None:
    felt = mood(text, contacts)
    assert CALM <= felt.score <= ANGRY
    assert bool(felt.reasons) == (felt.score > CALM)


@given(
    st.sampled_from(["on ", ">", "A ", "FOO BAR ", "! ", "great ", "no a ", "From: x\n", "-", "_"]),
    st.integers(1, 5000),
)
def test_no_text_takes_long(piece: str, count: int) -> None:
    assert mood(piece * count, 0).score in (CALM, UNEASY, UPSET)
