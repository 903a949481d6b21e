"""What was typed into the search is put where it belongs in a new customer."""

import pytest

from desk.errors import BadInput
from desk.lookup import IdentityKind
from screens.customer import identity_words, parse_identity
from screens.new_customer import meaning, recognised


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("Ana Ruiz", {"name": "Ana Ruiz"}),
        ("ana@example.org", {"email": "ana@example.org"}),
        ("Ana Ruiz <ana@example.org>", {"name": "Ana Ruiz", "email": "ana@example.org"}),
        ("+49 (0)30 123-456", {"phone": "+49 (0)30 123-456"}),
        ("4471", {"account": "4471"}),
        ("AC-1042", {"account": "AC-1042"}),
        ("\x1b[31mAna", {"name": "Ana"}),
    ],
)
def test_addresses_numbers_and_names_are_told_apart(text: str, fields: dict[str, str]) -> None:
    assert recognised(text) == fields


def test_a_form_says_what_is_missing() -> None:
    empty = {"name": "", "email": "", "phone": "", "account": ""}
    with pytest.raises(BadInput, match="Nothing is written yet"):
        meaning(empty)
    with pytest.raises(BadInput, match="no email address"):
        meaning(empty | {"email": "ana"})
    with pytest.raises(BadInput, match="no digit"):
        meaning(empty | {"phone": "none"})
    assert "listed by what you know" in meaning(empty | {"phone": "030 1234"})
    assert "found from now on" in meaning(empty | {"name": "Ana"})


def test_identities_are_told_by_their_form_or_by_the_word_before_them() -> None:
    assert parse_identity("ana@example.org") == (IdentityKind.EMAIL, "ana@example.org")
    assert parse_identity("+1 415 555 0134") == (IdentityKind.PHONE, "+1 415 555 0134")
    assert parse_identity("order 8841") == (IdentityKind.ORDER, "8841")
    assert parse_identity("@ana") == (IdentityKind.HANDLE, "@ana")
    assert identity_words("company: Ruiz & Co") == "company Ruiz & Co"
    with pytest.raises(BadInput, match="kind before it"):
        parse_identity("Ana Maria")
