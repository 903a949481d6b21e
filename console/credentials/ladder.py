"""The ladder that every secret comes down: the first rung that has it serves, and the others are told why not.

Environment, a command of one's own, the keyring, what was given for this run, a plain file; where none serves, the
person is asked, if there is one, and the answer is kept for this run alone. The invariant: nothing is ever written but
by `store` and `store_plain`, which only an explicit command calls, and by `replace`, into the place where it lay.
"""

import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from console.credentials.commands import from_command
from console.credentials.plain_files import file_of, from_file, remove_file, write_file
from console.credentials.ring import Ring, RingAbsent, RingTrouble
from console.credentials.rungs import STORE, Found, NoSecret, Passed, Rung, Served, Wanted
from console.credentials.variables import from_variable
from sync.secret import Secret

# Some commands want a finger on a key each time: reading and sending log in one after the other. In seconds.
ONE_FINGER = 60.0

# Asks the person for a source's secret; an empty answer is none.
Ask = Callable[[Wanted], Secret]


class Ladder:
    """One for a process; callable from every thread."""

    def __init__(
        self,
        folder: Path,
        ask: Ask | None = None,
        ring: Ring | None = None,
        environment: Mapping[str, str] | None = None,
        mend: str = STORE,
    ) -> None:
        """`folder` is where plain files lie, `mend` what a person is told to do where none serves (see NoSecret)."""
        self._folder = folder
        self._ask = ask
        self._ring = ring or Ring()
        self._environment = os.environ if environment is None else environment
        self._kept: dict[str, Secret] = {}
        self._printed: dict[str, tuple[float, Found]] = {}
        self._asking = threading.Lock()
        self._mend = mend

    def serve(self, wanted: Wanted) -> Served:
        """The secret, asked for where no rung has it. Raises NoSecret."""
        try:
            return self.look(wanted)
        except NoSecret:
            if self._ask is None:
                raise
        with self._asking:
            # Another thread may have asked for the same one in the meantime.
            if not self._kept.get(wanted.key):
                self.keep(wanted, self._ask(wanted))
        return self.look(wanted)

    def look(self, wanted: Wanted) -> Served:
        """The secret, asking nobody. Raises NoSecret."""
        passed: list[Passed] = []
        rungs: tuple[tuple[Rung, Callable[[], Found | Passed]], ...] = (
            (Rung.VARIABLE, lambda: from_variable(wanted, self._environment)),
            (Rung.COMMAND, lambda: self._from_command(wanted)),
            (Rung.KEYRING, lambda: self._ring.find(wanted)),
            (Rung.KEPT, lambda: self._from_memory(wanted)),
            (Rung.FILE, lambda: from_file(wanted, self._folder)),
        )
        for rung, climb in rungs:
            found = climb()
            if isinstance(found, Found):
                return Served(found.secret, rung, found.where, tuple(passed))
            passed.append(found)
        raise NoSecret(wanted, tuple(passed), self._mend)

    def keep(self, wanted: Wanted, secret: Secret) -> None:
        """Hold it in memory until this process ends."""
        self._kept[wanted.key] = secret

    def forget(self, wanted: Wanted) -> None:
        """Let go of what memory holds: it was refused, so the next one asks anew."""
        self._kept.pop(wanted.key, None)
        self._printed.pop(wanted.key, None)

    def store(self, wanted: Wanted, secret: Secret) -> str:
        """Put it into the keyring; the answer says where. Raises RingTrouble."""
        self._ring.keep(wanted, secret)
        return "the keyring"

    def store_plain(self, wanted: Wanted, secret: Secret) -> str:
        """Write it into a file that only its owner can read; the answer says where. Raises Refused."""
        return str(write_file(wanted, secret, self._folder))

    def remove(self, wanted: Wanted) -> tuple[str, ...]:
        """Take it out of keyring and file; the answer says out of which. Raises RingTrouble where one is locked."""
        self.forget(wanted)
        places: list[str] = []
        try:
            if self._ring.remove(wanted):
                places.append("the keyring")
        except RingAbsent:
            pass  # what isn't there holds nothing
        if remove_file(wanted, self._folder):
            places.append(str(file_of(wanted, self._folder)))
        return tuple(places)

    def replace(self, wanted: Wanted, served: Served, secret: Secret) -> None:
        """Put a new one where the old one lay, or into memory where nothing can be written."""
        try:
            if served.rung is Rung.KEYRING:
                self._ring.keep(wanted, secret)
            elif served.rung is Rung.FILE:
                write_file(wanted, secret, self._folder)
            else:
                self.keep(wanted, secret)
        except RingTrouble:
            self.keep(wanted, secret)

    def _from_command(self, wanted: Wanted) -> Found | Passed:
        """A token is printed anew for each login; a password once for those that follow each other at once."""
        if fresh := wanted.settings.get("token_command"):
            return from_command(fresh)
        at, known = self._printed.get(wanted.key, (0.0, None))
        if known is not None and time.monotonic() - at < ONE_FINGER:
            return known
        found = from_command(wanted.settings.get("secret_command", ""))
        if isinstance(found, Found):
            self._printed[wanted.key] = time.monotonic(), found
        return found

    def _from_memory(self, wanted: Wanted) -> Found | Passed:
        kept = self._kept.get(wanted.key)
        return Found(kept, "given for this run") if kept else Passed(Rung.KEPT, "nothing was given")
