"""What connecting with a Zendesk asks for, and what of it can't be right."""

import pytest

from desk.errors import BadInput
from sync.kinds import kind_named
from sync.sources import zendesk

URL = "https://pumps.zendesk.com"


def test_any_of_its_pages_names_it() -> None:
    """People copy what stands in their browser."""
    assert zendesk.site({"url": "pumps.zendesk.com/agent/dashboard"}) == URL
    kind_named("zendesk").check({"url": f"{URL}/agent/tickets/7", "user": "ana@example.test", "days": "365"})


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"url": "http://pumps.zendesk.com"}, "plain text"),
        ({"url": URL, "user": "ana"}, "no address"),
        ({"url": URL, "days": "a year"}, "number of days"),
        ({"url": URL, "export": "maybe"}, "export"),
    ],
)
def test_what_can_not_be_right_is_said(settings: dict[str, str], words: str) -> None:
    """Before anything is asked of anybody."""
    with pytest.raises(BadInput, match=words):
        kind_named("zendesk").check(settings)
