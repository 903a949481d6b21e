"""The console and the team's alerts: one console of a workspace looks at the numbers, all that are to hear it ring.

The invariants: a team without alerts pays nothing; the console that looks holds a lock that ends with it, and another
goes on from what is written down; nothing that an alert starts keeps a key waiting.
"""

from contextlib import ExitStack
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from console.company import Attending
from desk.errors import HeardError, Refused
from desk.times import now
from screens.desk_screen import DeskScreen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.telling import Tellings
    from desk.alerts import Told
    from storage.alerts import Heard
    from storage.connect import Connection
    from storage.statistics.asked import Kept

TURN = "alerts.lock"
# How often the numbers are looked at, and how often another console looks whether it is its turn.
LOOKED_EVERY = 20.0
TURN_EVERY = 5.0


class Alerting(Attending, inherit_bindings=False):
    """What the app does about alerts."""

    def __init__(self) -> None:
        super().__init__()
        self._heard: Heard | None = None
        self._turn = ExitStack()
        self._has_turn = False
        self._next_look = 0.0
        self._kept: Kept | None = None
        self._tellings: Tellings | None = None
        self._wrong: set[str] = set()

    def read_alerts(self) -> None:
        """Other alerts hold, or something was told."""
        agent_id = self.seat.me.id

        def ask(connection: "Connection") -> "Heard | None":
            from storage import rules  # nobody needs it before the first frame

            if not rules.is_own(connection, "alerts"):
                return None
            from storage.alerts import heard  # nor this in a team without alerts

            return heard(connection, agent_id)

        self.jobs.read("heard alerts", ask, self._alerts_heard)

    def attend_alerts(self) -> None:
        """A second has passed."""
        if self._tellings is not None:
            for words in self._tellings.attend():
                self._say_wrong(words)
        if self._heard is None or not self._heard.rules.alerts or monotonic() < self._next_look:
            return
        self._next_look = monotonic() + (LOOKED_EVERY if self._has_turn else TURN_EVERY)
        if self._has_turn:
            self._look()
        else:
            self.jobs.read("alerts' turn", lambda _: self._take_turn(), self._turn_taken)

    def leave_alerts(self) -> None:
        """The console ends; another takes its turn."""
        self._turn.close()
        if self._tellings is not None:
            self._tellings.leave()

    def _alerts_heard(self, found: "Heard | None") -> None:
        before, self._heard = self._heard, found
        if found is None or before is None or found.at == before.at or not found.rings:
            return
        self.bell()
        if isinstance(self.screen, DeskScreen):
            self.screen.notice(found.words, "warning")

    def _take_turn(self) -> bool:
        from sync import lock

        if self._has_turn or lock.is_held(self.jobs.workspace, TURN):
            return self._has_turn
        try:
            self._turn.enter_context(lock.only_one(self.jobs.workspace, TURN))
        except (Refused, OSError):
            return False
        return True

    def _turn_taken(self, taken: bool) -> None:
        self._has_turn = taken
        if taken:
            self._next_look = 0.0

    def _look(self) -> None:
        """Settle what has changed, read the numbers, write down how it stands: each where it belongs."""
        from storage.statistics.asked import Kept
        from storage.statistics.settling import settle_some

        self._kept = self._kept or Kept()
        at = now()
        self.jobs.keep(lambda connection: settle_some(connection, at), lambda _: self._read_values(at))

    def _read_values(self, at: int) -> None:
        heard, zone, kept = self._heard, self.seat.zone, self._kept
        if heard is None:
            return

        def ask(connection: "Connection") -> "Mapping[str, float | None]":
            from storage.alerts import values

            return values(connection, heard.rules, at, zone, kept)

        self.jobs.read("alert values", ask, partial(self._values_read, at))

    def _values_read(self, at: int, values: "Mapping[str, float | None]") -> None:
        heard, zone = self._heard, self.seat.zone
        if heard is None:
            return
        from storage.alerts import take_in

        self.jobs.keep(lambda connection: take_in(connection, heard.rules, values, at, zone), partial(self._tell, at))

    def _tell(self, at: int, lines: "tuple[Told, ...]") -> None:
        if not lines or self._heard is None:
            return
        from console.telling import Tellings, document, ways

        self._tellings = self._tellings or Tellings()
        text = document(self.jobs.workspace.folder, lines, at)
        for command, seconds in ways(self._heard.rules):
            try:
                self._tellings.start(command, seconds, text)
            except OSError as error:
                self._say_wrong(f"{command[0]} can't be started: {error.strerror or error}")

    def _say_wrong(self, words: str) -> None:
        """Once each: a desktop that isn't there isn't there the next time either."""
        if words not in self._wrong:
            self._wrong.add(words)
            if isinstance(self.screen, DeskScreen):
                self.screen.fail(HeardError("An alert was told by the bell alone: " + words, "`heard alerts try`."))
