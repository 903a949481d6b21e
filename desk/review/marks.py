"""What a review is asked, and what it answers."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class Kind(StrEnum):
    """What the draft will be."""

    REPLY = "reply"
    NOTE = "note"
    FORWARD = "forward"


@dataclass(frozen=True, slots=True)
class Context:
    """What is known beside the text; whatever isn't known switches off what depends on it.

    `language` is a pack's key, empty where it is to be guessed. `names` are the customer's, `others` the full names of
    other customers, whose presence would be a mistake. `customer_text` is what the customer wrote last.
    """

    kind: Kind = Kind.REPLY
    language: str = ""
    channel: str = ""
    names: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    attachments: int = 0
    customer_text: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the text that breaks a rule, why, and one way out; offsets count characters.

    `replacement` can be put in its place as it is; None where only a person can mend it. `asks`: it stops the sending
    once, to ask; every other mark only speaks.
    """

    rule: str
    start: int
    end: int
    text: str
    reason: str
    suggestion: str
    replacement: str | None = None
    asks: bool = False


def moved(marks: Iterable[Mark], start: int, end: int, length: int) -> tuple[Mark, ...]:
    """The marks of a text in which `start` to `end` became `length` characters: what was touched is gone."""
    if start == end and not length:
        return tuple(marks)
    shift = length - (end - start)
    kept: list[Mark] = []
    for mark in marks:
        if mark.end <= start:
            kept.append(mark)
        elif mark.start >= end:
            kept.append(replace(mark, start=mark.start + shift, end=mark.end + shift))
    return tuple(kept)
