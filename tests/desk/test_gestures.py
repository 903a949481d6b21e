"""Gestures: what a value is, when a period begins, and rules that say what is wrong in them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from desk.errors import BadInput
from desk.gestures import PERIODS, Budget, Left, over, parse_gestures, period_of, value_of
from desk.money import DIGITS, shown
from desk.times import HOUR, SECOND, from_datetime, to_datetime
from storage import content

ZONES = tuple(
    map(ZoneInfo, ("UTC", "Europe/Madrid", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Africa/Cairo"))
)
moments = some.integers(
    from_datetime(datetime(1990, 1, 1, tzinfo=UTC)), from_datetime(datetime(2080, 1, 1, tzinfo=UTC))
)
currencies = some.sampled_from(("EUR", "USD", "JPY", "KWD", "ISK", "TND"))


@given(some.integers(1, 10**9), currencies)
def test_what_is_shown_is_read_as_the_same_value(amount: int, currency: str) -> None:
    assert value_of(shown(amount, currency), currency) == amount


@given(some.integers(0, 10**6), some.integers(0, 999), currencies)
def test_decimals_are_those_of_the_currency_and_never_rounded(whole: int, rest: int, currency: str) -> None:
    digits = DIGITS.get(currency, 2)
    assert value_of(str(whole), currency) == whole * 10**digits
    if digits:
        part = f"{rest:03}"[:digits]
        assert value_of(f"{whole}.{part}", currency) == whole * 10**digits + int(part)
    with pytest.raises(BadInput):
        value_of(f"{whole}.{rest:03}1", currency)


@pytest.mark.parametrize(
    "text", ["", " ", "-3", "1e3", "٣", "NaN", "ten", ".5", "1" * 40, "12.50 USD", "12 $", "€", "1\n2"]
)
def test_what_is_no_value_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        value_of(text, "EUR")


def test_a_value_has_its_largest() -> None:
    assert value_of("10,000,000,000", "EUR") == 10**12
    with pytest.raises(BadInput, match="more than anyone"):
        value_of("10,000,000,000.01", "EUR")


@pytest.mark.parametrize("text", ["12.50 €", "€12.50", "€ 12,50", "12.50eur", "EUR 12.50", "12.5"])
def test_a_value_is_read_as_people_write_it(text: str) -> None:
    assert value_of(text, "EUR") == 1250


@given(moments, some.sampled_from(PERIODS), some.sampled_from(ZONES))
def test_a_moment_lies_in_one_period_which_begins_and_ends_at_midnight(at: int, period: str, zone: ZoneInfo) -> None:
    start, end = period_of(at, period, zone)
    assert start <= at < end
    # Those next to it join without a gap, and every moment of it says the same.
    assert period_of(end, period, zone)[0] == end
    assert period_of(start - 1, period, zone)[1] == start
    assert period_of(end - 1, period, zone) == (start, end)
    first = to_datetime(start, zone)
    # Where a clock change takes midnight away, the day begins at the first moment that there is.
    assert first.hour <= 1
    assert first.weekday() == 0 if period == "week" else first.day == 1
    if period == "quarter":
        assert first.month in (1, 4, 7, 10)


def test_the_clocks_change_and_the_month_still_ends_at_midnight() -> None:
    zone = ZoneInfo("Europe/Madrid")
    start, end = period_of(from_datetime(datetime(2026, 3, 10, tzinfo=zone)), "month", zone)
    assert to_datetime(start, zone) == datetime(2026, 3, 1, tzinfo=zone)
    assert to_datetime(end, zone) == datetime(2026, 4, 1, tzinfo=zone)
    assert end - start == (31 * 24 - 1) * HOUR
    # The last second of the month in Madrid is the month's, although it is another one in Auckland by then.
    assert period_of(end - SECOND, "month", zone) == (start, end)


def test_the_starter_rules_are_sensible() -> None:
    rules = parse_gestures(content.read("gestures.toml"), "gestures.toml")
    assert rules.currency == "EUR"
    assert all(each.usual > 0 for each in rules.kinds)
    assert {(each.holder, each.period) for each in rules.budgets} == {("agent", "month"), ("team", "quarter")}
    assert rules.kind("vou").key == rules.kind("VOUCHER").key == "voucher"
    assert rules.label("gone") == "gone"


def test_an_own_budget_takes_the_place_of_everybodys() -> None:
    rules = parse_gestures(
        'currency = "JPY"\napprovers = ["lead"]\n[[kind]]\nkey = "tea"\nlabel = "Tea"\n'
        '[[budget]]\namount = "5,000"\n[[budget]]\nname = "ana"\nperiod = "week"\namount = "900"\n'
    )
    assert rules.budgets_of("agent", "bo") == (Budget("agent", "", "month", 5000),)
    assert rules.budgets_of("agent", "Ana") == (Budget("agent", "ana", "week", 900),)
    assert rules.budgets_of("team", "Billing") == ()


def test_an_amount_is_over_where_one_budget_lacks_it() -> None:
    mine = Left("Ana", Budget("agent", "", "month", 5000), 4000, 0, 1)
    ours = Left("Billing", Budget("team", "", "quarter", 9000), 8500, 0, 1)
    assert over((mine, ours), 500) == ()
    assert over((mine, ours), 501) == (ours,)
    assert over((mine, ours), 1001) == (mine, ours)
    assert mine.words("EUR") == "Ana 10 of 50 EUR this month"
    assert mine.short("EUR", less=250) == "Ana 7.50 of 50/month"


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ('currency = "EURO"', "currency: “EURO” is no currency"),
        ('currency = "EUR"\nzone = "Europe/Nowhere"\napprovers = ["lead"]', "zone: “Europe/Nowhere” is no time zone"),
        ('currency = "EUR"', "approvers: nobody could approve"),
        ('currency = "EUR"\napprovers = ["lead"]', "there is no kind"),
        (
            'currency = "JPY"\napprovers = ["lead"]\n[[kind]]\nkey = "tea"\nlabel = "Tea"\namount = "1.5"',
            "kind 1 (“tea”), amount: “1.5” has too many decimals",
        ),
        (
            'currency = "EUR"\napprovers = ["lead"]\n[[kind]]\nkey = "tea"\nlabel = "Tea"\n[[budget]]\namont = "5"',
            "amount: is missing",
        ),
        (
            'currency = "EUR"\napprovers = ["lead"]\n[[kind]]\nkey = "tea"\nlabel = "Tea"\n[[budget]]\nperiod = "moth"',
            "Did you mean month?",
        ),
    ],
)
def test_wrong_rules_say_where_and_what(toml: str, says: str) -> None:
    with pytest.raises(BadInput) as told:
        parse_gestures(toml)
    assert says in str(told.value)


def test_a_week_is_seven_days_long() -> None:
    zone = ZoneInfo("UTC")
    start, end = period_of(from_datetime(datetime(2026, 1, 1, tzinfo=zone)), "week", zone)
    assert to_datetime(end, zone) - to_datetime(start, zone) == timedelta(days=7)
    assert to_datetime(start, zone).day == 29
