"""The reports that can be asked for, by their kind: each is one module here with `read(connection, asked) -> Report`.

A kind is listed from the day on that its module is there, and its module is imported only when it is asked for.
"""

from dataclasses import dataclass
from datetime import tzinfo
from importlib import import_module
from typing import Protocol, cast

from desk.reports.period import Period
from desk.reports.report import Report
from storage.connect import Connection

# Kind → (its module, what it tells).
KINDS: dict[str, tuple[str, str]] = {
    "checklists": (
        "checklists",
        "how far conversations came, step by step, and which skipped step goes with reopening",
    ),
    "gestures": ("gestures", "what was given away, what is left of the budgets, and what followed"),
    "known-answers": (
        "known_answers",
        "which answers were given most often, by snippet or by hand, and what that cost",
    ),
    "promises": ("promises", "what customers were told, kept, broken or still open, and by how much it was beaten"),
    "ratings": ("ratings", "how customers rated the answers, and on how many bad ones somebody acted"),
    "service": ("service", "how soon customers were answered, what came, was solved, came back and waits, calls"),
}
# Kinds that have to read on in what was sent before they count (`catch_up_all`), which takes a connection that writes.
CATCHING_UP = frozenset({"known-answers"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is asked for: its time, the present, and the zone of whoever reads it."""

    period: Period
    now: int
    zone: tzinfo


class Kind(Protocol):
    """What a module of a report offers."""

    def read(self, connection: Connection, asked: Asked) -> Report:
        """The report; reads only."""


def read(connection: Connection, kind: str, asked: Asked) -> Report:
    """The report of that kind, one of KINDS."""
    module = cast(Kind, import_module(f"storage.reports.{KINDS[kind][0]}"))
    return module.read(connection, asked)
