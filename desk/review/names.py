"""Whether a name that a greeting uses is the customer's."""

import re
from collections.abc import Iterable

from desk.identifiers import spellings
from desk.nicknames import also_called

_SIGNS = re.compile(r"[@._+\d-]+")


def name_words(names: Iterable[str]) -> frozenset[str]:
    """Every word that these people may be addressed by: parts of their names and addresses, short forms too."""
    found: set[str] = set()
    for name in names:
        written = _SIGNS.sub(" ", name.partition("@")[0]) if "@" in name else name
        for word in spellings(written):
            found.add(word)
            found |= also_called(word)
    return frozenset(found)


def is_person(name: str) -> bool:
    """Whether this looks like what a person is called, not like an address, number or handle."""
    return bool(name.strip()) and not any(sign.isdigit() or sign in "@/#_" for sign in name)


def called(word: str, known: frozenset[str]) -> bool:
    """Whether a word of a greeting is one of these names."""
    return not known.isdisjoint(spellings(word))
