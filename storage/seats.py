"""The consoles that run on a workspace, beside its database: one small file each, held by a lock of the system.

The invariants: a file whose lock is free is of a console that has ended, however it ended; what a file says never
changes, since a new one takes its place whole, with its lock held already; nothing here is a commit, so that no
console reads its lists anew because another one moves.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Lock
from time import monotonic

from desk.ids import new_uid
from desk.presence import Seated, State
from desk.times import now

FOLDER = "seats"
LONGEST = 2048
# A killed console changes no folder: the locks of the others are tried this often.
TRIED_EVERY = 2.0
# How exactly it is known when a killed console was last there.
TOUCHED_EVERY = 20.0


class Seat:
    """This console's own file, made when the console first tells something. Used by any thread."""

    def __init__(self, workspace_folder: Path) -> None:
        self.key = new_uid().hex()
        self._folder = workspace_folder / FOLDER
        self._path = self._folder / f"{self.key}.seat"
        self._held: int | None = None
        self._turn = Lock()
        self._left = False

    def tell(self, seated: Seated) -> None:
        """Let every console of the workspace see this. OSError where the folder can't be written."""
        with self._turn:
            if not self._left:
                try:
                    self._tell(seated)
                except OSError:
                    # What stands there is so no more: nobody is better than somebody at the wrong ticket.
                    self._let_go()
                    raise

    def _tell(self, seated: Seated) -> None:
        made = self._path.with_suffix(".new")
        self._folder.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(made, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.write(descriptor, _text(seated))
            # Only now it can be seen, whole and held.
            made.rename(self._path)
        except OSError:
            os.close(descriptor)
            raise
        self._let_go()
        self._held = descriptor

    def touch(self) -> None:
        """It is still there; what a killed console was last seen at."""
        with self._turn:
            if self._held is not None:
                with suppress(OSError):
                    os.utime(self._held)

    def leave(self) -> None:
        """The console has ended: its file stays, and says when."""
        self.touch()
        with self._turn:
            self._left = True
            self._let_go()

    def _let_go(self) -> None:
        if self._held is not None:
            os.close(self._held)
            self._held = None


class Others:
    """The other consoles of a workspace, looked at again and again by one thread: one call to the system each time."""

    def __init__(self, workspace_folder: Path, own: str) -> None:
        self._folder = workspace_folder / FOLDER
        self._own = own
        self._marked: object = None
        self._tried_at = 0.0
        self.seen: tuple[Seated, ...] = ()
        """What the last look found; any thread may read it."""

    def look(self) -> tuple[Seated, ...]:
        """Who is there and who was; the same tuple as before where nothing has changed."""
        try:
            marked: object = self._folder.stat().st_mtime_ns
        except OSError:
            return ()
        at = monotonic()
        if marked != self._marked or at - self._tried_at >= TRIED_EVERY:
            self._marked, self._tried_at = marked, at
            found = tuple(sorted(_read(self._folder, self._own), key=lambda seat: seat.key))
            if _apart_from_time(found) != _apart_from_time(self.seen):
                self.seen = found
        return self.seen


def seats(workspace_folder: Path) -> tuple[Seated, ...]:
    """Every console of the workspace, and those that were there last."""
    return tuple(_read(workspace_folder / FOLDER, ""))


def clear(workspace_folder: Path) -> None:
    """Forget the consoles that have ended, but for each agent's last one, which says since when they are offline."""
    folder = workspace_folder / FOLDER
    gone = sorted((seat for seat in _read(folder, "") if not seat.there), key=lambda seat: seat.seen_at or 0)
    last = {seat.agent_id: seat.key for seat in gone}
    for seat in gone:
        if last[seat.agent_id] != seat.key:
            # Nobody sits there any more, and nobody takes a seat of that name again.
            (folder / f"{seat.key}.seat").unlink(missing_ok=True)
    for left in folder.glob("*.new"):
        with suppress(OSError):
            if now() - round(left.stat().st_mtime * 1_000_000) > 3_600_000_000:
                left.unlink(missing_ok=True)


def _read(folder: Path, besides: str) -> Iterator[Seated]:
    for path in sorted(folder.glob("*.seat")):
        seated = _seated(path, path.stem) if path.stem != besides else None
        if seated is not None:
            yield seated


def _seated(path: Path, key: str) -> Seated | None:
    """What stands in a file, and whether it is held; None where it has gone or is none of ours."""
    for _ in range(3):
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            found = os.fstat(descriptor)
            seated = _parsed(os.read(descriptor, LONGEST), key)
            if seated is None:
                return None
            if _is_held(descriptor):
                return seated
            with suppress(OSError):
                if path.stat().st_ino == found.st_ino:
                    return replace(seated, seen_at=found.st_mtime_ns // 1000)
        finally:
            os.close(descriptor)
        # Another file took its place between two of these calls.
    return None


def _is_held(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False


def _text(seated: Seated) -> bytes:
    facts = {
        "agent": seated.agent_id, "state": seated.state, "since": seated.since, "words": seated.words,
        "ticket": seated.ticket_id, "writing": seated.writing,
    }  # fmt: skip
    return json.dumps(facts).encode()


def _parsed(text: bytes, key: str) -> Seated | None:
    try:
        facts = json.loads(text)
        agent, since, ticket = facts["agent"], facts["since"], facts["ticket"]
        if not (isinstance(agent, int) and isinstance(since, int) and isinstance(ticket, int | None)):
            return None
        return Seated(agent, key, State(facts["state"]), since, str(facts["words"]), ticket, str(facts["writing"]))
    except (ValueError, LookupError, TypeError, RecursionError):
        return None


def _apart_from_time(found: tuple[Seated, ...]) -> list[Seated]:
    """What is worth telling: not that an ended console's time was read a little more exactly."""
    return [replace(seat, seen_at=None if seat.there else 1) for seat in found]
