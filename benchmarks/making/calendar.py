"""When everything in a made workspace happens, and keys in the order of time."""

from desk.times import DAY, MINUTE

NOW = 1_772_442_000_000_000  # 2026-03-02 09:00 UTC
# Tickets come one a minute, the last one now; customers were known before the first of a million.
BETWEEN = MINUTE
SPAN = 1000 * DAY


def uid(at: int, number: int, kind: int) -> bytes:
    """A UUIDv7 of that moment, different for each number of a kind (0 to 15)."""
    version, variant = 0x7 << 76, 0b10 << 62
    return ((at // 1000) << 80 | version | kind << 64 | variant | number).to_bytes(16, "big")
