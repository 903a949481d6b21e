"""Settling what has changed, for boards that only read: the front may write, what hears the keys may not.

The invariants: it works only while a board is open, in a thread of its own, and writes nothing but what numbers are
counted from; what goes wrong is said once, and tried again.
"""

import logging
import threading
from contextlib import closing

from desk.errors import HeardError
from desk.times import now
from storage.connect import Connection, driver
from storage.statistics.settling import settle_some
from storage.workspace import Workspace, open_to_write

LOOK_SECONDS = 0.3
# After so many looks days are counted away, though nobody has committed anything.
LOOKS = 200
LOG = logging.getLogger("heard.serve")


class Settler:
    """`begin` and `end` are called with each board that opens and closes."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._boards = 0
        self._ending: threading.Event | None = None

    def begin(self) -> None:
        """A board opens."""
        self._boards += 1
        if self._ending is None:
            self._ending = threading.Event()
            threading.Thread(target=self._run, args=(self._ending,), name="heard settler", daemon=True).start()

    def end(self) -> None:
        """A board has closed."""
        self._boards -= 1
        if not self._boards and self._ending is not None:
            self._ending.set()
            self._ending = None

    def _run(self, ending: threading.Event) -> None:
        told = False
        while not ending.is_set():
            try:
                with closing(open_to_write(self._workspace)) as connection:
                    settle_until(connection, ending)
            except (HeardError, driver().Error) as error:
                if not told:
                    LOG.error("The board's numbers can't be counted: %s", error)
                    told = True
                ending.wait(LOOK_SECONDS)


def settle_until(connection: Connection, ending: threading.Event) -> None:
    """Settle whatever is committed, until the end."""
    version: object = None
    looks = 0
    while not ending.is_set():
        newer = connection.execute("PRAGMA data_version").fetchone()
        looks += 1
        if newer != version or looks >= LOOKS:
            version, looks = newer, 0
            while not ending.is_set() and settle_some(connection, now()):
                # Deeds have their turn between two of these.
                ending.wait(0.001)
        ending.wait(LOOK_SECONDS)
