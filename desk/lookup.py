"""What a look-up of customers answers: who was found, by which identity, and how sure that is."""

from enum import IntEnum
from typing import Literal, NamedTuple

from desk.errors import HeardError

Match = Literal["exact", "prefix", "word", "digits", "substring", "typo"]


class IdentityKind(IntEnum):
    """What an identity is. TICKET is only ever an answer ("found by ticket #1042"); it is never stored."""

    NAME = 1
    EMAIL = 2
    PHONE = 3
    ACCOUNT = 4
    ORDER = 5
    COMPANY = 6
    HANDLE = 7
    TICKET = 8


class Hit(NamedTuple):
    """One customer found. `identity_value` is what matched, as it was given to us; `known` is False for a maybe.

    `score` falls from hit to hit; only its order means something. `contacted_at` is in microseconds UTC.
    """

    customer_id: int
    uid: bytes
    name: str
    organization: str
    plan: str
    contacted_at: int | None
    match: Match
    identity_kind: IdentityKind
    identity_value: str
    known: bool
    score: float


class Interrupted(HeardError):
    """A newer question ended this look-up before its answer was there."""
