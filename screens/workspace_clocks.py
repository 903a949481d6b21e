"""Before it is too late: one line when tickets of one's own are about to miss their time, and promises that wake them.

The invariants: each due time is told once, several at once in one line, and never over a countdown or a question; a
promise that comes due brings its ticket back from a snooze, whoever snoozed it; tickets that a crash left behind the
team's new targets are brought up to them.
"""

from typing import TYPE_CHECKING

from typing_extensions import override

from desk.ages import due
from desk.times import SECOND
from screens.workspace_ticket import TicketWork
from storage.connect import Connection

if TYPE_CHECKING:
    from storage.warnings import Warned

# How often it is looked for what comes due.
EVERY = 20 * SECOND
Told = tuple[int, int]


class ClockWork(TicketWork):
    """What the clocks of tickets do by themselves."""

    _looked_for_warnings: int | None = None
    _warned: frozenset[Told] = frozenset()

    @override
    def tick(self) -> None:
        super().tick()
        now = self.seat.clock()
        if self._looked_for_warnings is None:
            # The first frames have other work.
            self._looked_for_warnings = now
        elif now - self._looked_for_warnings >= EVERY:
            self._looked_for_warnings = now
            self.look_for_warnings()

    def look_for_warnings(self) -> None:
        """Read what of mine is about to be late, whether a promise wakes its ticket, and whether any is left behind."""
        me, now = self.seat.me.id, self.seat.clock()

        def look(connection: Connection) -> "tuple[tuple[Warned, ...], bool, bool]":
            from storage.clocks import behind
            from storage.warnings import any_asleep, warned

            return warned(connection, me, now), any_asleep(connection, now), behind(connection)

        def found(answer: "tuple[tuple[Warned, ...], bool, bool]") -> None:
            warnings, asleep, left_behind = answer
            self._tell(warnings)
            if asleep:
                self._wake(now)
            if left_behind:
                self._catch_up()

        self.seat.jobs.read("warnings", look, found)

    def _tell(self, found: "tuple[Warned, ...]") -> None:
        """Say what is new of it; where the line is taken, the next look says it."""
        new = [each for each in found if (each.ticket_id, each.due_at) not in self._warned]
        if not new or self.notices.busy:
            return
        self._warned = frozenset((each.ticket_id, each.due_at) for each in found)
        first = new[0]
        left = due(first.due_at, self.seat.clock()).removeprefix("due ")
        words = " ".join(("#" + str(first.number), first.customer, "is due in", left))
        if len(new) > 1:
            words += ", and " + str(len(new) - 1) + " more of yours soon after"
        self.notice(words, "warning")

    def _wake(self, now: int) -> None:
        from storage.warnings import wake

        self.seat.jobs.keep(lambda connection: wake(connection, now), lambda _: self.changed())

    def _catch_up(self) -> None:
        """A batch at a time, so that deeds get their turn between."""
        from storage.clocks import catch_up_some

        self.seat.jobs.keep(catch_up_some, lambda more: self._catch_up() if more else self.changed())
