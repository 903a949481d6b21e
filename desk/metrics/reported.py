"""What sources themselves report of a ticket, found among its details, so that it can stand beside our own counting.

The invariant: what isn't plainly a length of time is left out; nothing is guessed.
"""

from collections.abc import Mapping

from desk.times import MINUTE, SECOND

# The names under which helpdesks report how long the first response took, and their unit.
_FIRST_RESPONSE: Mapping[str, int] = {
    "first_response_seconds": SECOND,
    "first_response_time_in_seconds": SECOND,
    "first_response_minutes": MINUTE,
    "first_response_time_in_minutes": MINUTE,
    "first_reply_time_in_minutes": MINUTE,
    "reply_time_in_minutes": MINUTE,
}
_LONGEST = 10**9


def first_response(details: Mapping[str, object]) -> int | None:
    """How long the first response took in the source's own words, in microseconds; None where it doesn't say."""
    for name, unit in _FIRST_RESPONSE.items():
        text = str(details.get(name, "")).strip()
        if text.isascii() and text.isdigit() and int(text) <= _LONGEST:
            return int(text) * unit
    return None
