"""The alarm of incidents: when an update that was promised to customers comes due, on every console of the workspace.

The invariant: each sounds once when its time comes and again after `AGAIN`, however many consoles and screens there
are and however often the workspace changes; what stands in the banner needs no repetition.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from desk.times import MINUTE

if TYPE_CHECKING:
    from storage.incidents import Alarm

AGAIN = 10 * MINUTE


class AlarmBell:
    """Which alarms have sounded here, and when."""

    def __init__(self) -> None:
        self._rung: dict[tuple[int, int], int] = {}

    def ring(self, alarms: "Sequence[Alarm]", now: int) -> bool:
        """Whether the bell sounds now: something has come due, or is still due after so long."""
        due = {(each.id, each.at) for each in alarms if each.at <= now}
        self._rung = {key: at for key, at in self._rung.items() if key in due}
        fresh = [key for key in due if now - self._rung.get(key, now - AGAIN) >= AGAIN]
        self._rung |= dict.fromkeys(fresh, now)
        return bool(fresh)
