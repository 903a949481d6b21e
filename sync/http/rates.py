"""How often a service may be asked, as its answers tell, and the time until it may be asked again.

The invariant: what can't be understood is not heeded, and nobody is kept waiting longer than a day by a header.
"""

import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime

from sync.http.asking import Answer, Limits

LONGEST = 86_400.0
# Whoever says “at once” after having refused is not believed, and not asked forty times until a read is given up.
SHORTEST = 1.0
# A number so large is a moment since 1970, not a span.
_MOMENT = 1_000_000_000


class Rates:
    """What one service has said of its limits. `clock`: seconds that only grow."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._closed_until = 0.0
        self._spare_until = 0.0

    def heed(self, answer: Answer) -> bool:
        """Keep what an answer tells; whether it says that it was asked too often, so that nothing was done."""
        limits = self._limits
        now = self._clock()
        left = _number(answer.headers.get(limits.left, "")) if limits.left else None
        if left is not None and left <= limits.spare and limits.spare:
            self._spare_until = now + (seconds(answer.headers, limits.resets) or limits.span)
        told = next((span for name in limits.wait if (span := seconds(answer.headers, name)) is not None), None)
        if answer.status == 429 or (answer.status == 503 and told is not None):
            reset = seconds(answer.headers, limits.resets)
            span = told if told is not None else reset if reset is not None else limits.span
            self._closed_until = max(self._closed_until, now + max(SHORTEST, span))
            return True
        return False

    def closed_for(self, *, reading: bool) -> float:
        """Seconds until it may be asked again; reading leaves the last few requests to what is written."""
        until = max(self._closed_until, self._spare_until) if reading else self._closed_until
        return max(0.0, until - self._clock())


def seconds(headers: Mapping[str, str], name: str) -> float | None:
    """The span that a header tells: as seconds, or as a moment by the service's own clock; None: it tells none."""
    text = headers.get(name, "").strip() if name else ""
    span = _number(text)
    if span is not None and span < _MOMENT:
        return min(max(0.0, span), LONGEST)
    moment = span if span is not None else _moment(text)
    if moment is None:
        return None
    present = _moment(headers.get("date", ""))
    return min(max(0.0, moment - (time.time() if present is None else present)), LONGEST)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < 1e12 else None


def _moment(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError):
        return None
