"""By how much a service's clock is ahead of ours, worked out from the Date of its answers, which knows seconds only.

The invariant: two clocks that may well agree do: what is within the error of measuring is no difference.
"""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from desk.times import SECOND, from_datetime


class Skew:
    """What is known of the difference: it lies between two bounds, which every answer draws nearer."""

    def __init__(self) -> None:
        self._least: int | None = None
        self._most = 0

    @property
    def ahead(self) -> int:
        """Microseconds; 0 where nothing is known, or where there may be no difference."""
        if self._least is None or self._least <= 0 <= self._most:
            return 0
        return (self._least + self._most) // 2

    def heed(self, headers: Mapping[str, str], asked_at: int, answered_at: int) -> None:
        """Learn from an answer that was asked for and came at these times of ours; not from one that was kept."""
        if "age" in headers:
            return
        try:
            said = from_datetime(parsedate_to_datetime(headers.get("date", "")))
        except (ValueError, OverflowError):
            return
        least, most = said - answered_at, said + SECOND - asked_at
        if self._least is None or least > self._most or most < self._least:
            # One of the clocks was set.
            self._least, self._most = least, most
        else:
            self._least, self._most = max(least, self._least), min(most, self._most)
