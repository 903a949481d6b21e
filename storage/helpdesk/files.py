"""Files that lie at a helpdesk until somebody wants them: who asked, how far one has come, and why one can't.

The invariant: an attachment has a digest, and its bytes lie here whole, or it has a row in remote_file, never both.
Every function works in the caller's transaction.
"""

from dataclasses import dataclass

from desk.errors import Refused
from storage.connect import Connection

_ONE = "SELECT attachment_id FROM remote_file WHERE attachment_id = ?"
# A wish that failed is made anew.
_ASK = "UPDATE remote_file SET asked_at = ?, done = 0, said = '' WHERE attachment_id = ?"
_CALL_OFF = "UPDATE remote_file SET asked_at = NULL, done = 0, said = '' WHERE attachment_id = ?"
_NEXT = """
    SELECT r.attachment_id, r.external_id, a.name, a.size FROM remote_file r JOIN attachment a ON a.id = r.attachment_id
     WHERE r.source_id = ? AND r.asked_at IS NOT NULL AND r.said='' ORDER BY r.asked_at, r.attachment_id LIMIT 1"""
_STILL = "SELECT 1 FROM remote_file WHERE attachment_id = ? AND asked_at IS NOT NULL"
_DONE = "UPDATE remote_file SET done = ? WHERE attachment_id = ?"
_SAID = "UPDATE remote_file SET said = ?, done = 0 WHERE attachment_id = ?"
_HERE = "UPDATE attachment SET digest = ?, size = ? WHERE id = ?"
_FORGET = "DELETE FROM remote_file WHERE attachment_id = ?"


@dataclass(frozen=True, slots=True)
class WantedFile:
    """A file that somebody waits for. `size` is what the helpdesk told, 0 where it didn't."""

    attachment_id: int
    external_id: str
    name: str
    size: int


def ask(connection: Connection, attachment_id: int, now: int) -> None:
    """Wish for a file; Refused where its bytes are here already, or lie nowhere."""
    if connection.execute(_ONE, (attachment_id,)).fetchone() is None:
        raise Refused("This file doesn't lie at a helpdesk", "Save it: it is here.")
    connection.execute(_ASK, (now, attachment_id))


def call_off(connection: Connection, attachment_id: int) -> None:
    """Wish for it no more; what has come of it is dropped by whoever fetches."""
    connection.execute(_CALL_OFF, (attachment_id,))


def next_wanted(connection: Connection, source_id: int) -> WantedFile | None:
    """What is fetched next from a source, in the order in which it was asked for."""
    row = connection.execute(_NEXT, (source_id,)).fetchone()
    return None if row is None else WantedFile(*row)


def is_wanted(connection: Connection, attachment_id: int) -> bool:
    """Whether somebody still waits for it."""
    return connection.execute(_STILL, (attachment_id,)).fetchone() is not None


def progress(connection: Connection, attachment_id: int, done: int) -> None:
    """So many of its bytes have come."""
    connection.execute(_DONE, (done, attachment_id))


def arrived(connection: Connection, attachment_id: int, digest: bytes, size: int) -> None:
    """Its bytes lie here now, whole, under that digest."""
    connection.execute(_HERE, (digest, size, attachment_id))
    connection.execute(_FORGET, (attachment_id,))


def failed(connection: Connection, attachment_id: int, why: str) -> None:
    """It can't come, and isn't tried again before somebody asks anew."""
    connection.execute(_SAID, (why, attachment_id))
