"""Flags on a customer: what kind, why, since when and by whom; and how a typed line becomes one.

The invariant: `read(write(flags))` are the same flags, and a flag without a reason or a date is still a flag: those of
before 0.5 have neither.
"""

import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from desk.errors import BadInput

# What each starter kind tells a colleague; any other word is a kind too.
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "abusive": "insults or threatens; its own checklist, and U hands over to a supervisor",
        "vip": "matters more than most; look after them first",
        "vulnerable": "needs patience and plain words: ill, grieving, in debt, very young or old",
        "press": "writes for others; answers may be printed",
        "legal": "a lawyer or a court is involved; a supervisor reads along",
        "payment": "pays late or not at all; look before giving credit",
    }
)
# Offers a checklist of its own, and the way to a supervisor.
ABUSIVE = "abusive"
LONGEST_KIND = 40


class Flag(NamedTuple):
    """A flag. `at` is in microseconds UTC, None where nobody knows; `by` is the agent's name."""

    kind: str
    reason: str = ""
    at: int | None = None
    by: str = ""

    @property
    def words(self) -> str:
        """What it says: "abusive: shouted at Bo"."""
        return f"{self.kind}: {self.reason}" if self.reason else self.kind

    @property
    def telling(self) -> tuple[str, str]:
        """What makes two flags the same flag."""
        return self.kind.casefold(), self.reason.casefold()


def typed(text: str) -> Flag:
    """The flag that a line means: a kind, and after a colon the reason; a known kind needs no colon.

    Raises BadInput for an empty line.
    """
    # 3 ms, which the first frame need not wait for.
    from desk.text import clean

    line = clean(text, lines=False).strip()
    if not line:
        raise BadInput("The flag is empty", "Write a kind and why: abusive: shouted at Bo.")
    kind, colon, reason = line.partition(":")
    if colon and kind.strip() and len(kind.strip()) <= LONGEST_KIND:
        return Flag(_kind(kind), reason.strip())
    first, _, rest = line.partition(" ")
    if first.casefold() in KINDS:
        return Flag(first.casefold(), rest.strip())
    return Flag(_kind(line))


def read(text: str) -> tuple[Flag, ...]:
    """The flags that a customer's column keeps."""
    return tuple(Flag(str(row["kind"]), str(row["reason"]), row["at"], str(row["by"])) for row in json.loads(text))


def write(flags: Iterable[Flag]) -> str:
    """What the column keeps."""
    rows = [{"kind": flag.kind, "reason": flag.reason, "at": flag.at, "by": flag.by} for flag in flags]
    return json.dumps(rows, ensure_ascii=False)


def _kind(text: str) -> str:
    kind = text.strip()
    return kind.casefold() if kind.casefold() in KINDS else kind
