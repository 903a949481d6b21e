"""What every number of the board can do: be read, and name the tickets behind it, whole or one part.

The invariant: a figure's `tickets` is the length of what `behind` gives for it at the same moment, and a part's that
of the part.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from desk.metrics.snapshot import Figure, Part
from storage.connect import Connection
from storage.statistics.asked import Asked

# The key of the part of those that have none.
NO_ONE = "0"
_STANDING = """
    SELECT t.id FROM json_each(?) w CROSS JOIN ticket t ON t.id = w.value WHERE t.merged_into_id IS NULL"""


class Number(Protocol):
    """One metric as storage counts it."""

    def figure(self, asked: Asked) -> Figure:
        """How it stands."""

    def behind(self, asked: Asked, part: str) -> Collection[int]:
        """The tickets that it counts, all of them or those of one part."""


@dataclass(frozen=True, slots=True)
class Spans:
    """What some spans come to; they are sorted."""

    n: int
    mean: float | None
    p50: int | None
    p90: int | None


def spans(ordered: Sequence[int]) -> Spans:
    """Mean, median and 90th percentile by nearest rank, as desk.service.spread, of spans that are in order already."""
    n = len(ordered)
    if not n:
        return Spans(0, None, None, None)
    return Spans(n, sum(ordered) / n, ordered[(n - 1) // 2], ordered[-(-n * 9 // 10) - 1])


def share(part: float, whole: int) -> float | None:
    """A share, None of nothing."""
    return part / whole if whole else None


def standing(connection: Connection, tickets: Iterable[int | None]) -> set[int]:
    """Of these tickets, those that are in a list: what was merged isn't."""
    wanted = sorted({ticket for ticket in tickets if ticket is not None})
    return {row[0] for row in connection.execute(_STANDING, (json.dumps(wanted),))} if wanted else set()


def named(names: Mapping[int, str], key: int | None, otherwise: str) -> tuple[str, str]:
    """The key and the label of a part that is about somebody or something; or about none."""
    if key is None:
        return NO_ONE, otherwise
    return str(key), names.get(key, otherwise)


def largest_first(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The parts as people look for them: the one with the most cases first."""
    return tuple(sorted(parts, key=lambda part: (-part.n, part.label, part.key)))
