"""Whether somebody has written on a ticket since an agent's words were begun, as far as a service's own list tells.

The invariant: what stands after the newest message that is known here counts, whoever wrote it; what went out from here
meanwhile doesn't.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """Something that was said on a ticket: its number, its time, and whether a customer said it."""

    number: int
    at: int
    by_customer: bool


def said_since(seen: str, said: Iterable[Word], ours: Collection[str], first: str = "") -> str:
    """What was said after the message `seen`, in words; empty where nothing was.

    `first`: the name of what a ticket begins with, where that stands in no list; what is unknown counts as said before
    all.
    """
    words = sorted(said, key=lambda word: (word.at, word.number))
    names = [str(word.number) for word in words]
    if seen in names:
        words = words[names.index(seen) + 1 :]
    elif not first or seen != first:
        words = words[-1:]
    later = [word for word in words if str(word.number) not in ours]
    if not later:
        return ""
    wrote = "The customer has" if any(word.by_customer for word in later) else "A colleague has"
    return f"{wrote} written on the ticket meanwhile."
