import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.errors import BadInput
from desk.money import LARGEST, Money, parse, shown


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("1200", "EUR", 120_000),
        ("1,200", "usd", 120_000),
        ("1.200", "€", 120_000),
        ("1,200.50", "EUR", 120_050),
        ("1.200,50", "EUR", 120_050),
        ("1 200,5", "EUR", 120_050),
        ("1,234,567", "JPY", 1_234_567),
        ("0.5", "EUR", 50),
        ("-12.345", "EUR", -1_234_500),
        ("1.200", "KWD", 1_200),
        ("9 EUR", "EUR", 900),
    ],
)
def test_amounts_as_people_write_them(text: str, currency: str, amount: int) -> None:
    assert parse(text, currency).amount == amount


@pytest.mark.parametrize(
    ("text", "currency"), [("many", "EUR"), ("", "EUR"), ("1", "euros"), ("NaN", "EUR"), ("9" * 30, "EUR")]
)
def test_what_is_no_money_says_so(text: str, currency: str) -> None:
    with pytest.raises(BadInput, match="is no"):
        parse(text, currency)


@given(st.integers(-LARGEST, LARGEST), st.sampled_from(["EUR", "JPY", "KWD", "USD"]))
def test_what_is_shown_is_read(amount: int, currency: str) -> None:
    assert parse(shown(amount, currency), currency) == Money(amount, currency)
    assert parse(Money(amount, currency).plain, currency) == Money(amount, currency)
