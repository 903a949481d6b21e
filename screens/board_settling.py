"""Settling what has changed, before the board's numbers are read: by the writer, a short transaction at a time.

The invariants: a change that comes while this goes on is settled too before the numbers are read for the last time;
after a first import, when there is a lot, numbers are read in between, and deeds have their turn between transactions.
"""

from collections.abc import Callable

from desk.errors import HeardError
from desk.times import SECOND
from screens.jobs import Jobs
from storage.connect import Connection

READ_EVERY = SECOND


class Settling:
    """`then` is called when all is settled, and each second until then; `failed` where it can't be."""

    def __init__(
        self, jobs: Jobs, clock: Callable[[], int], then: Callable[[], object], failed: Callable[[HeardError], object]
    ) -> None:
        self._jobs, self._clock, self._then, self._failed = jobs, clock, then, failed
        self._goes_on = False
        self._asked_again = False
        self._read_at = 0
        self.ended = False

    def ask(self) -> None:
        """Somebody committed something, or time has passed."""
        if self._jobs.workspace.read_only:
            # Whoever serves a board that only reads settles for it.
            self._then()
            return
        if self._goes_on:
            self._asked_again = True
            return
        self._goes_on, self._read_at = True, self._clock()
        self._step()

    def _step(self) -> None:
        now = self._clock()

        def settle(connection: Connection) -> bool:
            from storage.statistics.settling import settle_some

            return settle_some(connection, now)

        self._jobs.keep(settle, self._settled, self._not_settled)

    def _settled(self, more: bool) -> None:
        if self.ended:
            return
        if more or self._asked_again:
            self._asked_again = False
            if self._clock() - self._read_at >= READ_EVERY:
                self._read_at = self._clock()
                self._then()
            self._step()
            return
        self._goes_on = False
        self._then()

    def _not_settled(self, error: HeardError) -> None:
        self._goes_on = self._asked_again = False
        if not self.ended:
            self._failed(error)
            self._then()
