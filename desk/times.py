"""Time as the project counts it: whole microseconds since 1970 in UTC. The clock is read here and nowhere else."""

import time
from datetime import UTC, datetime, tzinfo

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def now() -> int:
    """The present, in microseconds UTC."""
    return time.time_ns() // 1000


def from_datetime(moment: datetime) -> int:
    """Microseconds UTC of an aware datetime."""
    whole = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (whole.days * 86_400 + whole.seconds) * SECOND + whole.microseconds


def to_datetime(at: int, zone: tzinfo = UTC) -> datetime:
    """The aware datetime of a time, in `zone`; a time outside the years 1 to 9999 is brought to their border."""
    at = max(-62_135_510_400 * SECOND, min(at, 253_402_214_400 * SECOND))
    seconds, rest = divmod(at, SECOND)
    return datetime.fromtimestamp(seconds, zone).replace(microsecond=rest)


def iso(at: int | None, zone: tzinfo = UTC) -> str | None:
    """ISO 8601 with offset, as every command prints a time; None stays None."""
    return None if at is None else to_datetime(at, zone).isoformat()
