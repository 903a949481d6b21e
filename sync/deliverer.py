"""The way out to one source: what waits for it leaves, each row in its ticket's order.

The invariant: what may have arrived is looked for before anything else leaves, so that nothing overtakes it and nothing
goes twice.
"""

from collections.abc import Callable
from threading import Event

from storage import delivery
from storage.connect import Connection, writing
from sync.dealing import Dealing
from sync.tally import Tally


class Deliverer:
    """Sends what waits for one source."""

    def __init__(self, connection: Connection, source_id: int, dealing: Dealing, clock: Callable[[], int]) -> None:
        self._connection = connection
        self._source_id = source_id
        self._dealing = dealing
        self._clock = clock

    def deliver(self, stopping: Event, tally: Tally) -> None:
        """Send everything that may leave now, and count it.

        Raises SourceError where the source can't be reached, by which nothing is lost.
        """
        with writing(self._connection):
            delivery.release(self._connection, self._clock())
            delivery.take_back_begun(self._connection, self._source_id)
        for job in delivery.unclear_jobs(self._connection, self._source_id):
            self._dealing.look_for(job, tally)
        while not stopping.is_set():
            waiting = delivery.next_job(self._connection, self._source_id, self._clock())
            if waiting is None:
                break
            self._dealing.send(waiting, tally)
