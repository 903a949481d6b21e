"""How far a Redmine was read, as the text that the workspace keeps.

The invariant: what is known by a cursor was handed over with the page that it came with, or before.
"""

import json
from collections.abc import Iterable, Set
from dataclasses import dataclass, field, replace

from desk.times import MINUTE
from sync.sources.redmine.answers import Listed

# Redmine tells times in whole seconds, and those of several servers needn't agree.
OVERLAP = 2 * MINUTE


@dataclass(frozen=True, slots=True)
class News:
    """All that was touched before `since` is known, and of what was touched later, `known`: by number, when."""

    since: int = 0
    known: dict[int, int] = field(default_factory=dict)

    @staticmethod
    def read(text: str) -> "News":
        """The cursor of a text; the beginning of all where it is empty."""
        if not text:
            return News()
        told = json.loads(text)
        return News(told["since"], {int(number): at for number, at in told["known"].items()})

    def write(self) -> str:
        """The text of it."""
        return json.dumps({"since": self.since, "known": self.known})

    def with_these(self, issues: Iterable[Listed]) -> "News":
        """These were handed over."""
        return replace(self, known={**self.known, **{each.id: each.updated_on for each in issues}})

    def moved_to(self, since: int) -> "News":
        """All that was touched before is known."""
        kept = {number: at for number, at in self.known.items() if at >= since - OVERLAP}
        return News(max(self.since, since), kept)

    def sure(self, until: int) -> "News":
        """The end of a round: what was touched at `until` or later may be touched again within the same second."""
        return replace(self, known={number: at for number, at in self.known.items() if at < until})


@dataclass(frozen=True, slots=True)
class Past:
    """All issues from this number on were read; 0: all of them."""

    below: int | None = None

    @staticmethod
    def read(text: str) -> "Past":
        """The cursor of a text."""
        return Past(int(text)) if text else Past()

    def write(self) -> str:
        """The text of it."""
        return "" if self.below is None else str(self.below)


@dataclass(frozen=True, slots=True)
class Watched:
    """Which issues were open when that was asked last, `at`; 0: never."""

    at: int = 0
    standing: Set[int] = frozenset()

    @staticmethod
    def read(text: str) -> "Watched":
        """The cursor of a text."""
        if not text:
            return Watched()
        told = json.loads(text)
        return Watched(told["at"], frozenset(told["open"]))

    def write(self) -> str:
        """The text of it."""
        return json.dumps({"at": self.at, "open": sorted(self.standing)})
