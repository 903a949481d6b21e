"""What a round has done, counted for `heard sync --json` and the Sources screen."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

# One thing that happened, as `heard sync --json` prints it: {"event": …}.
Happening = Mapping[str, str | int | float | None]
Tell = Callable[[Happening], None]


@dataclass(slots=True)
class Tally:
    """Records read, operations sent, held for a person, and failed for good."""

    pulled: int = 0
    pushed: int = 0
    held: int = 0
    failed: int = 0

    def add(self, other: "Tally") -> None:
        """Count what another has counted too."""
        self.pulled += other.pulled
        self.pushed += other.pushed
        self.held += other.held
        self.failed += other.failed

    def as_json(self) -> dict[str, int]:
        """The counts by their names."""
        return asdict(self)
