"""How far a folder was read: what is done, what is missing, and up to where changes are known.

The invariant: every UID below `upcoming` that lies in no span of `missing` has been handed over, so that reading may
break off anywhere and go on at the newest mail that is missing.
"""

import json
from dataclasses import dataclass, replace
from typing import Self

from sync.sources.mailbox.uids import Span


@dataclass(frozen=True, slots=True)
class Cursor:
    """`upcoming`: UIDs from here on were never looked at. `changes`: the MODSEQ up to which changes are known.

    `present`: how many mails below `upcoming` there were when deletions were last looked for; -1: never.
    `missing` is ascending. `part`: how many pages of the changes beyond `changes` were handed over; it only tells one
    page from the next, since they all begin anew after a break.
    """

    validity: int = 0
    upcoming: int = 1
    missing: tuple[Span, ...] = ()
    changes: int = 0
    present: int = -1
    part: int = 0

    def reaching(self, upcoming: int) -> Self:
        """With everything below `upcoming` looked at, and what is new among it missing."""
        if upcoming <= self.upcoming:
            return self
        missing = list(self.missing)
        first = missing.pop()[0] if missing and missing[-1][1] == self.upcoming - 1 else self.upcoming
        return replace(self, upcoming=upcoming, missing=(*missing, (first, upcoming - 1)))

    def without(self, lowest: int) -> Self:
        """With everything from `lowest` on handed over."""
        kept = [(first, min(last, lowest - 1)) for first, last in self.missing if first < lowest]
        return replace(self, missing=tuple(kept))

    def text(self) -> str:
        """What the engine keeps."""
        return json.dumps(
            {
                "validity": self.validity,
                "upcoming": self.upcoming,
                "missing": self.missing,
                "changes": self.changes,
                "present": self.present,
                "part": self.part,
            }
        )


def read(text: str) -> Cursor:
    """A kept cursor. One that can't be read is as if the folder had never been read: all comes again, none is lost."""
    try:
        kept = json.loads(text)
        return Cursor(
            int(kept["validity"]),
            int(kept["upcoming"]),
            tuple((int(first), int(last)) for first, last in kept["missing"]),
            int(kept["changes"]),
            int(kept["present"]),
            int(kept["part"]),
        )
    except (ValueError, KeyError, TypeError):
        return Cursor()
