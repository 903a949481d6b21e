"""Whether words have crossed, as far as a list of what was said tells."""

import pytest

from sync.sources.crossing import Word, said_since

ASKED, ANSWERED, AGAIN = Word(11, 100, True), Word(12, 200, False), Word(13, 300, True)
CUSTOMER, COLLEAGUE = (
    "The customer has written on the ticket meanwhile.",
    "A colleague has written on the ticket meanwhile.",
)


@pytest.mark.parametrize(
    ("seen", "said", "ours", "told"),
    [
        ("11", [ASKED], (), ""),
        ("11", [ASKED, ANSWERED], (), COLLEAGUE),
        ("11", [ASKED, ANSWERED], ("12",), ""),
        ("11", [ASKED, ANSWERED, AGAIN], ("12",), CUSTOMER),
        ("12", [AGAIN, ANSWERED, ASKED], (), CUSTOMER),
        ("13", [AGAIN, ANSWERED, ASKED], (), ""),
        ("12", [Word(11, 250, True), ANSWERED], (), CUSTOMER),
        ("12", [Word(11, 200, True), ANSWERED], (), ""),
        ("first", [ASKED], (), CUSTOMER),
        ("first", [], (), ""),
        ("unknown", [ASKED, ANSWERED], (), COLLEAGUE),
        ("", [ASKED, ANSWERED], ("12",), ""),
        ("", [], (), ""),
    ],
)
def test_what_stands_after_what_is_known_has_crossed(
    seen: str, said: list[Word], ours: tuple[str, ...], told: str
) -> None:
    """In the order in which it was said, then in that of the numbers; what went out from here doesn't count."""
    assert said_since(seen, said, ours, "first") == told
