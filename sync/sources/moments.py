"""Times as services write them, as whole microseconds UTC.

The invariants: a time without a zone is UTC, as every service here means it, and nothing is read by the machine's own
zone; a time that no calendar has is no time, and spoils nothing but what it stands on.
"""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BeforeValidator, Field

from desk.times import SECOND, from_datetime, to_datetime

# The years 1 to 9999.
_FIRST, _LAST = -62_135_596_800 * SECOND, 253_402_300_800 * SECOND - 1


def in_microseconds(told: object) -> object:
    """The microseconds of an ISO 8601 text; anything else as it is, to be judged by whoever reads it."""
    if not isinstance(told, str):
        return told
    moment = datetime.fromisoformat(told)
    try:
        return from_datetime(moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC))
    except OverflowError:
        raise ValueError("it lies beyond the calendar") from None


def in_seconds(at: int) -> str:
    """A time in ISO 8601 with whole seconds and a Z, for services that know nothing smaller; what is smaller is cut."""
    return to_datetime(at // SECOND * SECOND).strftime("%Y-%m-%dT%H:%M:%SZ")


Moment = Annotated[int, Field(ge=_FIRST, le=_LAST), BeforeValidator(in_microseconds)]
