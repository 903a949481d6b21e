"""Times as services write them, as whole microseconds UTC.

The invariant: a time without a zone is UTC, as every service here means it; nothing is read by the machine's own zone.
"""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BeforeValidator

from desk.times import SECOND, from_datetime, to_datetime


def in_microseconds(told: object) -> object:
    """The microseconds of an ISO 8601 text; anything else as it is, to be judged by whoever reads it."""
    if not isinstance(told, str):
        return told
    moment = datetime.fromisoformat(told)
    return from_datetime(moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC))


def in_seconds(at: int) -> str:
    """A time in ISO 8601 with whole seconds and a Z, for services that know nothing smaller; what is smaller is cut."""
    return to_datetime(at // SECOND * SECOND).strftime("%Y-%m-%dT%H:%M:%SZ")


Moment = Annotated[int, BeforeValidator(in_microseconds)]
