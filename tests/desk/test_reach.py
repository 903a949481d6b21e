import pytest

from desk.reach import followers, reach_words


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("12400", 12_400),
        ("12,400", 12_400),
        ("12.400", 12_400),
        ("12.4k", 12_400),
        ("1,2 M", 1_200_000),
        ("0", 0),
        ("many", None),
        ("", None),
        ("1.2.3k", None),
        ("-3", None),
    ],
)
def test_followers_are_read_in_any_notation(text: str, count: int | None) -> None:
    assert followers({"Followers_Count": text, "city": "7"}) == count


def test_only_public_channels_say_who_reads_along() -> None:
    assert reach_words("x", {"followers": "9800"}) == "public, 9,800 read along"
    assert reach_words("facebook", {}) == "public"
    assert reach_words("email", {"followers": "9800"}) == ""
