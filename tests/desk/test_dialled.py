"""What telephones hand over: numbers in addresses, withheld ones, and things to search for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.dialled import alike, bare, is_number, withheld


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ("tel:+49-30-123456", "+49-30-123456"),
        ("TEL:+4930123456", "+4930123456"),
        ("callto://+4930123456", "+4930123456"),
        ("sip:+4930123456@pbx.example.org", "+4930123456"),
        ("sips:+4930123456;user=phone@pbx.example.org:5061;transport=tls", "+4930123456"),
        ('"Erika \\"M\\"" <sip:030123456@10.0.0.1>;tag=as58', "030123456"),
        ("tel:030123456;ext=12;phone-context=+49", "030123456;ext=12"),
        ("tel:%2B4930123456", "+4930123456"),
        ("sip:erika@example.org", "erika@example.org"),
        ("sip:anonymous@anonymous.invalid", "anonymous"),
        ("+49 30 123456 ext. 12", "+49 30 123456 ext. 12"),
        ("Ana Ruiz", "Ana Ruiz"),
        ("#1042", "#1042"),
        ("ana@example.org", "ana@example.org"),
    ],
)
def test_the_wrapping_comes_off(given_: str, expected: str) -> None:
    assert bare(given_) == expected


@pytest.mark.parametrize(
    "word",
    ["anonymous", "Anonymous", "WITHHELD", "Unknown", "unbekannt", "", " ", "+", "0000000", "private number",
     "anonymous@anonymous.invalid", "266696687", "<unknown>", "oculto"],
)  # fmt: skip
def test_a_word_for_no_number(word: str) -> None:
    assert withheld(bare(word))


@pytest.mark.parametrize("text", ["+4930123456", "101", "Ana Ruiz", "ana@example.org", "anonymousse"])
def test_what_is_shown_is_not_withheld(text: str) -> None:
    assert not withheld(bare(text))


@pytest.mark.parametrize("text", ["+49 (0)30 123456", "030/123456", "030 123456 x12", "12345;ext=6", "101"])
def test_a_number(text: str) -> None:
    assert is_number(text)


@pytest.mark.parametrize("text", ["Ana", "#1042", "AC-12 34", "ana@example.org", "1", "A1", "9 lives", ""])
def test_no_number(text: str) -> None:
    assert not is_number(text)


@given(st.text(max_size=400))
def test_anything_at_all_is_taken(text: str) -> None:
    inner = bare(text)
    assert len(inner) <= 200
    withheld(inner)
    is_number(inner)
    assert alike(text, text)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("+4930123456", "030 123456", True),
        ("+4930123456", "tel:+49-30-123456", True),
        ("+4930123456", "+4930123457", False),
        ("101", "2101", False),
        ("", "+4930123456", False),
    ],
)
def test_two_notations_of_one_number(one: str, other: str, same: bool) -> None:
    assert alike(one, other) is same
    assert alike(other, one) is same
