"""What an agent's telephone tells, on its way: into the workspace first, then to the agent's console.

The invariant: a call is in the file before anybody is told of it, and that nobody listens is no failure.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import uniform

from console.running import tell
from console.telephony import state
from console.telephony.state import WatchState
from desk.calls import CallEvent, CallState, Popped
from desk.dialled import bare, withheld
from desk.times import now
from storage import calls
from storage.callers import match
from storage.connect import Connection
from storage.deeds import calls as deeds
from storage.deeds.missed import to_queue
from storage.workspace import Workspace

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0


@dataclass(frozen=True, slots=True)
class Seat:
    """Whose telephone it is: the workspace, the agent there, and whose national numbers are understood."""

    workspace: Workspace
    agent_id: int
    handle: str
    regions: tuple[str, ...]


class Telephone:
    """One agent's telephone, whatever way it is heard of."""

    def __init__(self, connection: Connection, seat: Seat, way: str, clock: Callable[[], int] = now) -> None:
        self._connection = connection
        self._seat = seat
        self._way = way
        self._clock = clock
        self._state = WatchState(False, "", "", 0)
        self._failures = 0

    @property
    def now(self) -> int:
        """The present, for what is told without a time."""
        return self._clock()

    def hear(self, event: CallEvent, *, only_known: bool = False) -> None:
        """Keep what was told of a call, and tell the console; `only_known`: of one that rang here before.

        Of a call that nobody heard ring or be answered, no more can be said than that it was: nothing is kept of it.
        """
        known = calls.named(self._connection, event.way, event.external_id)
        if known is None and (only_known or event.kind not in ("ringing", "answered")):
            return
        number = "" if withheld(bare(event.number)) else bare(event.number)
        caller = "" if withheld(event.caller) else event.caller
        customer_id = None
        if known is None and number:
            customer_id = match(self._connection, number, self._seat.regions).customer_id
        told = CallEvent(event.way, event.external_id, event.kind, event.at, number, caller, event.direction)
        row = deeds.heard_of(self._connection, told, self._seat.agent_id, customer_id)
        self._say(self._state.ok, self._state.said, self._state.mend, heard_at=event.at)
        if row.state is CallState.MISSED:
            to_queue(self._connection, self.now)
        tell(self._seat.workspace.folder, self._seat.handle, Popped(row.number, row.caller, row.id, row.state))

    def still(self, names: frozenset[str], asked_at: int) -> None:
        """The calls that went on when that was asked; every other one of this agent's had ended unheard.

        One that began since may be missing in the answer, and is left alone.
        """
        for call in calls.unfinished(self._connection, 0):
            own = call.way == self._way and call.agent_id in (None, self._seat.agent_id)
            if (
                own
                and call.rang_at < asked_at
                and call.state is not CallState.WRAPPING
                and call.external_id not in names
            ):
                self.hear(CallEvent(self._way, call.external_id, "ended", self.now))
        self.look_after()

    def connected(self, said: str) -> None:
        """It hears of calls from now on."""
        self._failures = 0
        self._say(True, said, "")

    def lost(self, said: str, mend: str = "") -> float:
        """It hears of none; the answer is how many seconds to wait before the next try."""
        self._say(False, said, mend)
        self._failures += 1
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(self._failures, 10))
        return uniform(longest / 2, longest)

    def ended(self) -> None:
        """The watch is over."""
        self._say(False, "Nothing watches the telephone", "It is watched while a console is open.")

    def look_after(self) -> None:
        """Bring to the queue what a telephone never told the end of, and what an earlier watch left behind."""
        deeds.give_up_stale(self._connection, self.now)
        to_queue(self._connection, self.now)

    def _say(self, ok: bool, said: str, mend: str, heard_at: int | None = None) -> None:
        before = self._state
        same = (before.ok, before.said, before.mend) == (ok, said, mend)
        self._state = WatchState(ok, said, mend, before.since if same else self.now, heard_at or before.heard_at)
        if self._state != before:
            state.write(self._seat.workspace, self._seat.handle, self._state)
