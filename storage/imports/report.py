"""What an import did, counted as it goes, so that a stopped one has its numbers too."""

from collections.abc import Callable
from dataclasses import dataclass, field

from storage.library import Outcome


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that went wrong: where (file, and line or place), and what."""

    where: str
    what: str


@dataclass(slots=True)
class Report:
    """Counts of records. `read` is the sum of added, updated, skipped and unparsed; problems may be fewer or more.

    Skipped records were there already. Unparsed ones were kept with their raw bytes (mails) or left out (rows of a
    table); each of them is named in `problems`.
    """

    read: int = 0
    added: int = 0
    updated: int = 0
    skipped: int = 0
    unparsed: int = 0
    problems: list[Problem] = field(default_factory=list)

    def count(self, outcome: Outcome) -> None:
        """One more record that was added, updated or skipped."""
        match outcome:
            case "added":
                self.added += 1
            case "updated":
                self.updated += 1
            case "skipped":
                self.skipped += 1


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is with the file of that name: bytes done and in all, or lines where it is a table."""

    name: str
    done: int
    total: int


Watch = Callable[[Progress], None]


def unwatched(progress: Progress) -> None:
    """For an import that nobody looks at."""
    del progress
