"""Fields that a team made up at its service: how people read their values, and which of them name a customer.

The invariant: a field counts as an account or an order number only where its name says so; a value that is none, such
as a tick or a choice of one letter, never becomes an identity.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from desk.lookup import IdentityKind
from storage.ingest.records import CustomerRecord, IdentityRecord

# Names in letters and digits alone, lower case.
_KINDS = (
    (IdentityKind.ORDER, re.compile(r"order(id|no|nr|number|ref|reference)?|bestell(ung|nummer|nr)|auftragsnummer")),
    (
        IdentityKind.ACCOUNT,
        re.compile(
            r"(account|customer|client|contract|member|membership)(id|no|nr|number)|account|kundennummer|kundennr"
        ),
    ),
)
_SHORTEST = 3


def in_words(value: object) -> str:
    """A field's value for people; empty where there is none."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str() | int() | float():
            return str(value).strip()
        case list() | tuple():
            return ", ".join(filter(None, map(in_words, value)))
        case _:
            return ""


def filled(fields: Mapping[str, object], labels: Mapping[str, str]) -> dict[str, str]:
    """The fields that have a value, by the names that people know them by."""
    told = ((labels.get(name, name), in_words(value)) for name, value in fields.items())
    return {label: words for label, words in told if words}


def identities(fields: Mapping[str, str]) -> tuple[IdentityRecord, ...]:
    """The account and order numbers among them."""
    return tuple(_identities(fields.items()))


def with_identities(customer: CustomerRecord, numbers: tuple[IdentityRecord, ...]) -> CustomerRecord:
    """A customer who is known by these too, as by the numbers on their ticket."""
    return replace(customer, identities=tuple(dict.fromkeys((*customer.identities, *numbers))))


def _identities(fields: Iterable[tuple[str, str]]) -> Iterable[IdentityRecord]:
    for label, words in fields:
        name = "".join(letter for letter in label.casefold() if letter.isalnum()).removeprefix("cf")
        for kind, pattern in _KINDS:
            if pattern.fullmatch(name) and len(words) >= _SHORTEST and any(letter.isdigit() for letter in words):
                yield IdentityRecord(kind, words)
                break
