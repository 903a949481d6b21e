from desk.money import Money
from desk.mood import ANGRY, UPSET
from desk.standing import passion, tenure
from desk.times import DAY

NOW = 3_000 * DAY


def test_tenure_is_told_in_years_and_then_in_months() -> None:
    assert [tenure(NOW - days * DAY, NOW) for days in (3, 40, 364, 366, 1900)] == [
        "", "1 month", "12 months", "1 year", "5 years",
    ]  # fmt: skip
    assert tenure(None, NOW) == ""
    assert (tenure(NOW - 30 * DAY, NOW), tenure(NOW - 30 * DAY + 1, NOW)) == ("1 month", "")


def test_anger_of_long_standing_is_marked_and_nothing_else_is() -> None:
    long, short = NOW - 1500 * DAY, NOW - 100 * DAY
    assert passion(ANGRY, long, None, NOW) == "angry after 4 years with us: keep them"
    assert passion(ANGRY, NOW - 730 * DAY, None, NOW) == "angry after 2 years with us: keep them"
    assert passion(ANGRY, NOW - 730 * DAY + 1, None, NOW) == ""
    assert passion(UPSET, short, Money(100, "EUR"), NOW) == "angry, and pays to stay: keep them"
    assert passion(UPSET, short, None, NOW) == passion(1, long, Money(100, "EUR"), NOW) == ""
