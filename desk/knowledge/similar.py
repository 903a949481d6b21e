"""Which texts say the same: sets of neighbouring words, compared by sketches of fixed size. No model, no word list.

A text's own words are folded, figures count as one and the same, and each two neighbours are hashed. The 48 smallest
of the hashes are its *sketch* (bottom-k, after Broder 1997), from which the share of common pairs of two texts is
estimated within ±0.07; the 8 smallest are its *keys*, by which texts that may be alike are found without comparing all.

The invariants: the same text has the same sketch on every machine; a sketch has a bounded size whatever the text; two
texts are alike only by words that both have in the same order.
"""

import re
from array import array
from collections.abc import Iterable
from heapq import nsmallest
from itertools import islice, pairwise
from zlib import crc32

SKETCH = 48
KEYS = 8
# Shorter texts ("Done, thanks!") are alike by chance.
FEWEST_WORDS = 8
# From this share of common pairs on two replies count as the same answer.
ALIKE = 0.35
NEARLY = 0.2
MOST_WORDS = 1000

# Scripts without blanks between words are read sign by sign.
_SIGNS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0e7f"
_WORD = re.compile(rf"[{_SIGNS}]|[^\W_{_SIGNS}]+")
_MIXED = 0x9E3779B1
_32 = 0xFFFFFFFF

Sketch = tuple[int, ...]


def words_of_answer(text: str, *names: str) -> list[str]:
    """The folded words of a text that was cleaned already, figures as `0`, without the names of the people in it."""
    left_out = {word for name in names for word in _WORD.findall(name.casefold())}
    words = [match[0] for match in islice(_WORD.finditer(text.casefold()), MOST_WORDS)]
    return ["0" if word.isdigit() else word for word in words if word not in left_out]


def sketch(words: list[str]) -> Sketch:
    """The sketch of a text, smallest first; empty where it is too short to be told from others."""
    if len(words) < FEWEST_WORDS:
        return ()
    hashes = {crc32(f"{one} {two}".encode("utf-8", "replace")) * _MIXED & _32 for one, two in pairwise(words)}
    return tuple(nsmallest(SKETCH, hashes))


def keys(of: Sketch) -> Sketch:
    """The hashes by which a text is found."""
    return of[:KEYS]


def likeness(one: Sketch, other: Sketch) -> float:
    """The estimated share of pairs that two texts have in common, 0 to 1."""
    if not one or not other:
        return 0.0
    common = set(one) & set(other)
    # The smallest of both together are a fair sample of both together.
    sample = nsmallest(SKETCH, set(one) | set(other))
    return sum(each in common for each in sample) / len(sample)


def best(of: Sketch, candidates: Iterable[tuple[int, Sketch]]) -> int | None:
    """The id of the candidate that says the same; None where none is alike enough.

    Of those that are nearly as alike as the best, the oldest (with the lowest id): so a big group isn't split by the
    small ones that a few odd replies began beside it.
    """
    alike = [(likeness(of, other), key) for key, other in candidates]
    enough = max(ALIKE, max((like for like, _ in alike), default=0.0) - NEARLY)
    return min((key for like, key in alike if like >= enough), default=None)


def packed(of: Sketch) -> bytes:
    """A sketch as it is kept."""
    return array("I", of).tobytes()


def unpacked(kept: bytes) -> Sketch:
    """A sketch that was kept."""
    return tuple(array("I", kept))
