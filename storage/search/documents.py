"""What of a customer goes into the look-up, worked out from their identities alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from zlib import crc32

from desk.identifiers import backwards, fold, tokens, words_of
from desk.lookup import IdentityKind

# Misspellings are kept for the first letters of a word only, and two missing letters only in longer words: all of it
# would be ten times as large, and people get the beginnings of long names right.
PIECE = 7
TWO_EDITS = 7
SHORTEST_WORD = 3

NAMES = (IdentityKind.NAME, IdentityKind.COMPANY)


@dataclass(frozen=True, slots=True)
class Document:
    """One customer's entries: for `lookup`, `lookup_part`, `lookup_backwards` and `lookup_word`."""

    words: str
    letters: str
    addresses: frozenset[str]
    vocabulary: frozenset[str]


def document(identities: Iterable[tuple[int, str, str]]) -> Document:
    """The entries of a customer with these identities (kind, value, normal)."""
    identities = list(identities)
    letters: set[str] = set()
    addresses: set[str] = set()
    vocabulary: set[str] = set()
    for number, _, normal in identities:
        kind = IdentityKind(number)
        letters.add(fold(normal).removeprefix("+"))
        if kind is IdentityKind.EMAIL:
            addresses.add(backwards(normal))
        elif kind in NAMES:
            vocabulary |= vocabulary_of(normal)
    return Document(spoken(identities), "\n".join(sorted(letters)), frozenset(addresses), frozenset(vocabulary))


def spoken(identities: Iterable[tuple[int, str, str]]) -> str:
    """All words of these identities, for `lookup`."""
    found = (tokens(IdentityKind(kind), value, normal) for kind, value, normal in identities)
    return " ".join(sorted(set().union(*found)))


def vocabulary_of(normal: str) -> set[str]:
    """The words of a name that may be misspelt."""
    return {word for word in words_of(normal) if len(word) >= SHORTEST_WORD and word.isalpha()}


def pieces(word: str) -> set[int]:
    """`word`'s beginning with no, one or (in longer words) two letters left out, each as a checksum of 24 bits.

    Two words within one slip of each other (a letter changed, added, left out, or two swapped) share a piece. As
    checksums they take half the room; what shares one by chance is compared as a word before anyone sees it.
    """
    start = word[:PIECE]
    found = {_checksum(start)}
    length = len(start)
    for missing in (1, 2) if len(word) >= TWO_EDITS else (1,):
        for kept in combinations(range(length), length - missing):
            found.add(_checksum("".join(start[position] for position in kept)))
    return found


def _checksum(text: str) -> int:
    return crc32(text.encode()) >> 8
