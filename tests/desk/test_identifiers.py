"""The one form in which stored values and typed questions meet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.identifiers import LONGEST, ask, backwards, fold, normal_form, spellings, tokens, without_tag, words_of
from desk.lookup import IdentityKind
from tests.linear import is_linear

STORED = [kind for kind in IdentityKind if kind is not IdentityKind.TICKET]


@pytest.mark.parametrize(
    ("kind", "value", "normal"),
    [
        (IdentityKind.NAME, "  Jürgen   O'Hara-Weiß ", "jurgen ohara weiss"),
        (IdentityKind.NAME, "ŁUKASZ Đorđević", "lukasz dordevic"),
        (IdentityKind.NAME, "Søren Ægir Þór", "soren aegir thor"),
        (IdentityKind.NAME, "山田 太郎", "山田 太郎"),
        (IdentityKind.NAME, "!!!", "!!!"),
        (IdentityKind.COMPANY, "Müller & Söhne GmbH", "muller sohne gmbh"),
        (IdentityKind.EMAIL, "Ana Ruiz <Ana.Ruiz+Shop@Example.ORG>", "ana.ruiz+shop@example.org"),
        (IdentityKind.EMAIL, "mailto:a@b.example", "a@b.example"),
        (IdentityKind.PHONE, "+1 (415) 555-2671", "+14155552671"),
        (IdentityKind.ACCOUNT, "AC-12 34/b", "ac1234b"),
        (IdentityKind.ORDER, "#8841", "8841"),
        (IdentityKind.HANDLE, "@Ana_Ruiz", "ana_ruiz"),
        (IdentityKind.HANDLE, "https://social.example/@Ana_Ruiz?x=1", "ana_ruiz"),
    ],
)
def test_normal_forms(kind: IdentityKind, value: str, normal: str) -> None:
    assert normal_form(kind, value, ("US",)) == normal


@given(st.sampled_from(STORED), st.text())
def test_the_normal_form_of_a_normal_form_is_itself(kind: IdentityKind, value: str) -> None:
    once = normal_form(kind, value, ("US", "DE"))
    assert normal_form(kind, once, ("US", "DE")) == once


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(), st.sampled_from(STORED))
def test_tokens_hold_nothing_but_letters_and_digits(value: str, kind: IdentityKind) -> None:
    for token in tokens(kind, value, normal_form(kind, value)):
        assert words_of(token.lstrip("~")) == [token.lstrip("~")]


def test_a_name_is_found_by_every_way_to_spell_it() -> None:
    assert spellings("Anne-Marie O'Hara Müller") >= {"anne", "marie", "annemarie", "ohara", "hara", "muller", "mueller"}


def test_an_address_is_found_by_its_parts_but_not_by_com() -> None:
    found = tokens(IdentityKind.EMAIL, "", "ana.ruiz@shop.example.com")
    assert found == {"ana", "ruiz", "anaruiz", "shop", "example"}


def test_a_code_is_found_by_its_digits_from_both_ends() -> None:
    assert tokens(IdentityKind.ACCOUNT, "AC-1234", "ac1234") == {"ac1234", "~1234", "~~4321"}


def test_addresses_without_tag_and_backwards() -> None:
    assert without_tag("ana+shop@example.org") == "ana@example.org"
    assert without_tag("+shop@example.org") == "+shop@example.org"
    assert backwards("ana+shop@example.org") == "ana@example.org"[::-1][-3:] + "@example.org"


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("", "empty"),
        ("  \x00 ", "empty"),
        ("4471", "digits"),
        ("+1 (415) 555", "digits"),
        ("tel:+49-30-1", "digits"),
        ("sip:+493055571600@pbx.example", "digits"),
        ("+1 415 555 2671 x12", "digits"),
        ("#1042", "digits"),
        ("ana@", "email"),
        ("ana@example.org", "email"),
        ("@example.org", "domain"),
        ("example.org", "domain"),
        ("AC-1234", "text"),
        ("ana ruiz", "text"),
        ("!!!", "text"),
    ],
)
def test_what_is_typed_is_taken_for_what_it_is(text: str, mode: str) -> None:
    assert ask(text).mode == mode


def test_a_ticket_number_is_one_with_or_without_its_sign() -> None:
    assert ask("#1042").ticket == 1042
    assert ask("1042").ticket == 1042
    assert ask("ac1042").ticket is None


@given(st.text(max_size=400))
def test_any_question_can_be_taken_apart(text: str) -> None:
    question = ask(text)
    assert all(words_of(word) == [word] for word in question.words)
    assert len(question.address) <= LONGEST * 20


@pytest.mark.parametrize("unit", [" ", "a", "a.", "5 ", "x"])
@pytest.mark.parametrize("kind", list(IdentityKind))
def test_a_strangers_endless_value_takes_linear_time(kind: IdentityKind, unit: str) -> None:
    assert is_linear(lambda count: normal_form(kind, "5" + unit * count, ("US",)), 5_000)
