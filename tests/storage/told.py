"""What may be said and done on a made-up ticket, for tests that recount it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Told:
    """One message of a made-up conversation: when, which kind, and whether a machine sent it or it never left."""

    at: int
    kind: str
    automatic: bool
    dropped: bool


@dataclass(frozen=True)
class Turned:
    """One change of a made-up ticket's status; `undone` ones never were."""

    at: int
    before: int
    after: int
    undone: bool
