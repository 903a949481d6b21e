"""What is asked for when a Zammad is connected, and what can't be right."""

import pytest

from desk.errors import BadInput
from sync.sources.zammad import KIND
from sync.sources.zammad.address import address


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("support.example.com", "https://support.example.com"),
        ("https://example.com/zammad/", "https://example.com/zammad"),
        (" https://support.example.com/#ticket/zoom/7 ", "https://support.example.com"),
        ("https://support.example.com/api/v1", "https://support.example.com"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
    ],
)
def test_an_address_is_read_as_people_write_it(given: str, found: str) -> None:
    """Out of a browser, or by heart."""
    assert address(given) == found


@pytest.mark.parametrize(
    "given", ["", "#dashboard", "https://", "https://[::1", "ftp://example.com", "http://support.example.com"]
)
def test_an_address_that_is_none_is_refused(given: str) -> None:
    """And so is plain text to another machine."""
    with pytest.raises(BadInput):
        KIND.check({"url": given})


def test_a_password_in_an_address_is_not_repeated() -> None:
    """It was a mistake, and is to stay where it was made."""
    with pytest.raises(BadInput) as error:
        KIND.check({"url": "https://ada:canary-word@support.example.com"})
    assert "canary-word" not in f"{error.value} {error.value.mend}"


@pytest.mark.parametrize(
    ("days", "right"), [("", True), ("365", True), ("-1", False), ("a year", False), ("9" * 5_000, False)]
)
def test_days_are_a_number(days: str, right: bool) -> None:
    """Or nothing."""
    settings = {"url": "https://support.example.com", "days": days}
    if right:
        KIND.check(settings)
        return
    with pytest.raises(BadInput):
        KIND.check(settings)
