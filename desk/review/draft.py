"""A draft as the rules look at it: its text, what of it counts, in which language, and what is known beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from desk.review.marks import Context
from desk.review.rules import Language

_ENDS = ".!?\n"
# Nobody reads a longer sentence; how far a sentence is looked for is bounded by it.
LONGEST_SENTENCE = 400


class Hit(NamedTuple):
    """Where a rule is broken, and what may stand there instead."""

    start: int
    end: int
    replacement: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """`text` is as it was written; `own` has the same length and only what counts, `lower` is that in lower case."""

    text: str
    own: str
    lower: str
    language: Language
    context: Context

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """Where the sentence around a stretch begins and ends."""
        first = max(self.own.rfind(sign, max(0, start - LONGEST_SENTENCE), start) for sign in _ENDS) + 1
        found = [self.own.find(sign, end, end + LONGEST_SENTENCE) for sign in _ENDS]
        last = min((place for place in found if place >= 0), default=min(len(self.own), end + LONGEST_SENTENCE))
        return max(first, start - LONGEST_SENTENCE, 0), last

    def lines(self) -> Iterator[tuple[int, str]]:
        """Every line of what counts with its offset."""
        place = 0
        for line in self.own.split("\n"):
            yield place, line
            place += len(line) + 1

    def paragraphs(self) -> Iterator[tuple[int, int]]:
        """Where each run of lines between blank ones begins and ends."""
        start: int | None = None
        for place, line in self.lines():
            if line.strip():
                start = place if start is None else start
            elif start is not None:
                yield start, place - 1
                start = None
        if start is not None:
            yield start, len(self.own)

    def words_in(self, start: int, end: int) -> int:
        """How many words stand there."""
        return len(self.own[start:end].split())
