"""Numbers of mails as IMAP writes them: `1:4,7,9:12`. Spans are inclusive; a mailbox may use any of 4 billion numbers.

The invariant: nothing here takes memory for numbers that no mail has; only `numbers`, which reads a server's own list
of mails that are there, unfolds spans.
"""

from array import array
from collections.abc import Iterable, Iterator
from itertools import pairwise

from sync.errors import Broken

Span = tuple[int, int]
HIGHEST = 2**32 - 1
# A server that names more mails than this as present does not tell the truth.
MOST = 20_000_000


def spans(text: bytes) -> list[Span]:
    """The spans of a set; Broken where it is none."""
    found = []
    for part in text.replace(b" ", b"").split(b","):
        first, _, last = part.partition(b":")
        try:
            low, high = int(first), int(last or first)
        except ValueError:
            raise Broken("The mail server named mails by something that is no number") from None
        found.append((min(low, high), max(low, high)))
    return found


def numbers(found: Iterable[Span]) -> "array[int]":
    """Every number of some spans, ascending and once."""
    unfolded: array[int] = array("I")
    for first, last in sorted(found):
        first = max(first, unfolded[-1] + 1 if unfolded else 1)
        if last - first + len(unfolded) > MOST or last > HIGHEST:
            raise Broken("The mail server named more mails than there can be")
        unfolded.extend(range(first, last + 1))
    return unfolded


def folded(ascending: Iterable[int]) -> Iterator[Span]:
    """Numbers as the fewest spans."""
    first = last = 0
    for number in ascending:
        if number == last + 1 and first:
            last = number
            continue
        if first:
            yield first, last
        first = last = number
    if first:
        yield first, last


def written(found: Iterable[Span]) -> str:
    """Spans as IMAP wants them."""
    return ",".join(f"{first}" if first == last else f"{first}:{last}" for first, last in found)


def between(ascending: "array[int]", end: int) -> Iterator[Span]:
    """The spans below `end` in which no number of these lies."""
    inside = [number for number in ascending if number < end]
    for low, high in pairwise([0, *inside, end]):
        if high - low > 1:
            yield low + 1, high - 1


def within(number: int, found: Iterable[Span]) -> bool:
    """Whether a number lies in one of the spans."""
    return any(first <= number <= last for first, last in found)
