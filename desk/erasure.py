"""Taking one person's own words and names out of a text that others may go on reading. Pure.

The invariant: what is left holds none of the person's identities as they were written, and no line that they wrote.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

ERASED = "[erased]"
NAME = "Erased customer"
# Shorter lines are everybody's: "Hello", "Thank you".
SHORTEST_LINE = 12
SHORTEST_NAME = 3
_QUOTED = re.compile(r"^[\s>|]*")


@dataclass(frozen=True, slots=True)
class Traces:
    """What tells of one person: their identities as texts, and the lines that they wrote."""

    texts: tuple[str, ...]
    lines: frozenset[str] = frozenset()

    def pattern(self) -> "re.Pattern[str] | None":
        """Finds each of the texts, the longest first; None where there are none."""
        ordered = sorted({text for text in self.texts if text}, key=len, reverse=True)
        if not ordered:
            return None
        # Blanks may have become line ends, and a name is no part of another word.
        words = (r"\s+".join(map(re.escape, text.split())) for text in ordered)
        return re.compile(r"(?<!\w)(?:" + "|".join(words) + r")(?!\w)", re.IGNORECASE)


def names_of(names: Iterable[str]) -> list[str]:
    """A person's names, and each word of them that could be one."""
    whole = [name.strip() for name in names if name.strip()]
    words = [word.strip(".,;()\"'") for name in whole for word in name.split()]
    return [*whole, *(word for word in words if len(word) >= SHORTEST_NAME and "@" not in word)]


def lines_of(bodies: Iterable[str]) -> frozenset[str]:
    """The lines by which these texts are known again where others quote them."""
    return frozenset(bare for body in bodies for line in body.split("\n") if len(bare := _bare(line)) >= SHORTEST_LINE)


def without(text: str, traces: Traces) -> str:
    """A text without the person: quoted lines of theirs are gone, their names and addresses say that they are."""
    if traces.lines:
        text = "\n".join(line for line in text.split("\n") if not _theirs(line, traces.lines))
    pattern = traces.pattern()
    return pattern.sub(ERASED, text) if pattern else text


def _theirs(line: str, lines: Collection[str]) -> bool:
    bare = _bare(line)
    return len(bare) >= SHORTEST_LINE and (
        bare in lines or (line.lstrip().startswith(">") and any(bare in each for each in lines))
    )


def _bare(line: str) -> str:
    """A line without its quote marks, however its blanks were set."""
    return " ".join(_QUOTED.sub("", line, count=1).casefold().split())
