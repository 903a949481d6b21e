"""Numbers in any notation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.phones import abroad, calling_codes, national, normal_number, searchable_digits, typed_digits, whole_number

REGIONS = ("US", "DE", "GB")


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("(415) 555-2671", "+14155552671"),
        ("+1 415 555 2671 x12", "+14155552671x12"),
        ("+44 20 7946 0958 ext. 7", "+442079460958x7"),
        ("0049 30 5557 1600", "+493055571600"),
        ("011 44 20 7946 0958", "+442079460958"),
        ("493055571600", "+493055571600"),
        ("+49 (0)30 55571600", "+493055571600"),
        ("020 7946 0958", "+442079460958"),
        ("tel:+49-30-55571600;ext=2;phone-context=+49", "+493055571600x2"),
        ("sip:+493055571600@pbx.example", "+493055571600"),
        ("٠٣٠٥٥٥٧١٦٠٠", "+493055571600"),
        ("+1４１５５５５２６７１", "+14155552671"),
        ("1-800-FLOWERS", "+18003569377"),
        ("5550134", "5550134"),
        ("110", "110"),
        ("+999 123", "999123"),
        ("anonymous", ""),
        ("Unavailable", ""),
        ("", ""),
    ],
)
def test_stored_form(text: str, stored: str) -> None:
    assert normal_number(text, REGIONS) == stored


def test_letters_are_dialled_in_america_alone() -> None:
    assert normal_number("1-800-FLOWERS", ("DE",)) == "1800"


def test_without_a_region_only_international_numbers_are_understood() -> None:
    assert normal_number("+1 415 555 2671") == "+14155552671"
    assert normal_number("030 55571600") == "03055571600"


@given(st.text(alphabet="0123456789+()-. x;=tel:ext#", max_size=30))
def test_a_stored_number_stays_as_it_is(text: str) -> None:
    stored = normal_number(text, REGIONS)
    assert normal_number(stored, REGIONS) == stored


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("+49 (0)30 5", ("49305", True)),
        ("0049305", ("0049305", False)),
        ("00", ("00", False)),
        ("0134", ("0134", False)),
        ("555-01", ("55501", False)),
        ("+1 415 555 2671 x12", ("14155552671", True)),
    ],
)
def test_digits_while_they_are_typed(text: str, digits: tuple[str, bool]) -> None:
    assert typed_digits(text) == digits


def test_what_is_dialled_for_a_plus() -> None:
    assert abroad("0049305") == "49305"
    assert abroad("01144") == ""
    assert abroad("011442") == "442"
    assert abroad("00") == abroad("0134") == ""


def test_national_digits() -> None:
    assert national("14155552671") == "4155552671"
    assert national("493055571600") == "3055571600"
    assert national("353861234567") == "861234567"


def test_a_number_is_found_from_both_ends() -> None:
    assert searchable_digits("+14155552671x12") == {
        "~14155552671",
        "~4155552671",
        "~~17625555",
        "~~21176255",
    }
    assert searchable_digits("5550134") == {"~5550134", "~~4310555"}


def test_a_whole_number_and_calling_codes() -> None:
    assert whole_number("1 800 FLOWERS", REGIONS) == "+18003569377"
    assert whole_number("555", REGIONS) == ""
    assert calling_codes(("US", "CA", "DE", "XX")) == ("1", "49")
