"""The small language of rules: what a phrase finds, what it puts in, and that no phrase makes a review slow."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.errors import BadInput
from desk.review.phrases import Phrase, Phrases, begins_sentence, lowered, parse_phrase
from tests.linear import is_linear

WORDS = st.sampled_from(["a", "it", "should", "now", "already", "be", "not", "don't", "e-mail", "shoulder"])
GAPS = st.sampled_from([" ", "  ", "\n", ", ", ". ", " - ", "\x00"])


def found(phrase: str, text: str) -> list[str]:
    known = Phrases([("rule", parse_phrase(phrase))])
    return [text[match.start() : match.end()] for _, _, match in known.find(lowered(text))]


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("should be", "It Should be", ["Should be"]),
        ("should be", "It shoulder be, should\nbe", ["should\nbe"]),
        ("should be", "as should, be", ["should, be"]),
        ("(it|this one) should", "this one should. one should. it should", ["this one should", "it should"]),
        ("should [now|soon] be", "should be; should soon be; should later be", ["should be", "should soon be"]),
        ("[quite] likely", "quite likely", ["quite likely", "likely"]),
        ("custom*", "a customer and Customs", ["customer", "Customs"]),
        ("the cust* said", "the customer said", ["the customer said"]),
        ("will ... add", "will add; will soon add", ["will add", "will soon add"]),
        ("will ... add", "will of course gladly add", ["will of course gladly add"]),
        ("will ... add", "will one two three four add; will stop. Then add", []),
        ("^maybe", "Maybe. And maybe! (Maybe)", ["Maybe", "Maybe"]),
        ("don't know", "I don’t know", ["don’t know"]),
        ("e-mail", "an e-mail", ["e-mail"]),
        ("mail", "an e-mail", []),
    ],
)  # fmt: skip
def test_a_phrase_finds_its_words(phrase: str, text: str, expected: list[str]) -> None:
    assert found(phrase, text) == expected


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("(it|they) should [soon] work => {1} work {2}", "It should soon work", "It work soon"),
        ("(it|they) should [soon] work => {1} work {2}", "they should work", "they work"),
        ("prior to => before", "Prior to", "Before"),
        ("prior to => before", "prior to", "before"),
        ("prior to", "prior to", None),
    ],
)
def test_what_stands_in_its_place_keeps_the_capital(phrase: str, text: str, expected: str | None) -> None:
    parsed = parse_phrase(phrase)
    match = parsed.match(lowered(text), 0)
    assert match is not None
    assert parsed.replaced(match, text) == expected


@pytest.mark.parametrize(
    ("phrase", "what"),
    [
        ("", "no word that must be there"),
        ("[maybe]", "no word that must be there"),
        ("... be", "begins with a gap"),
        ("[a] ... be", "begins with a gap"),
        ("(a||b) c", "empty choice"),
        ("a(b|c)", "can't be read"),
        ("a b*c", "can't be read"),
        ("it => {1}", "no group {1}"),
        ("ab* c", "begins with “ab*”"),
        ("?! yes", "begins with “?!”"),
        ("word " * 600, "too long"),
    ],
)
def test_what_is_no_phrase_is_refused_in_words(phrase: str, what: str) -> None:
    with pytest.raises(BadInput, match=re.escape(what)):
        parse_phrase(phrase)


@given(st.lists(st.tuples(WORDS, GAPS), max_size=30))
def test_the_short_cut_finds_what_a_plain_search_finds(words: list[tuple[str, str]]) -> None:
    text = "".join(word + gap for word, gap in words)
    phrases = [parse_phrase(each) for each in ("should be", "it should [now] be", "[now|not] already", "a ... be")]
    got = {(match.span(), phrase.written) for _, phrase, match in Phrases((1, each) for each in phrases).find(text)}
    wanted = {
        (match.span(), phrase.written)
        for phrase in phrases
        for word in re.finditer(r"\w+(?:['-]\w+)*", text)
        if (match := phrase.match(text, word.start())) and _begins_alike(phrase, text, word)
    }
    assert got == wanted


def _begins_alike(phrase: Phrase, text: str, word: re.Match[str]) -> bool:
    """A phrase's word is a whole word of the text: “it” doesn't begin “it's”."""
    return any(first == word[0] for first, _ in phrase.beginnings)


@given(st.text())
def test_lowering_keeps_every_offset(text: str) -> None:
    assert len(lowered(text)) == len(text)


@pytest.mark.parametrize("text", ["will " * 8, "will a a a ", "will" + " " * 30, "will,", "a-" * 30])
def test_the_time_grows_with_the_text_alone(text: str) -> None:
    known = Phrases([(1, parse_phrase("will ... [a|b] ... (a|b) ... add")), (2, parse_phrase("[will] a ... [a] b"))])

    assert is_linear(lambda times: sum(1 for _ in known.find(text * times)), 400)


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("by", True),
        ("a. by", True),
        ("a: by", True),
        ("a\nby", True),
        ("a? “by", False),
        ('a? "by', True),
        ("a, by", False),
    ],
)
def test_where_a_sentence_begins(text: str, begins: bool) -> None:
    assert begins_sentence(text, text.index("by")) is begins
