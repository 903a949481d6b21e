"""Behind an erasure: files that nobody else has, words in the full text's old parts, unused pages, the log.

The invariant: it can be stopped anywhere and begun again; `PENDING` goes last. Each step of it is short for whoever
waits for the database but the last, which writes the file anew.
"""

import json

from storage import attachments
from storage.connect import Connection, writing
from storage.erasing.erase import PENDING
from storage.workspace import Workspace

# What is larger is written anew by `heard erase --finish`: a console would keep others waiting for too long.
SMALL = 200 * 1024 * 1024
_FULL_TEXTS = ("message_text", "lookup", "lookup_part")
# Pages that one step of merging the full text writes at most.
STEP = 500
_USED = """
    SELECT 1 FROM attachment WHERE digest = ?1 UNION ALL SELECT 1 FROM message WHERE raw = ?1 LIMIT 1"""


def pending(connection: Connection) -> bool:
    """Whether something was erased of which traces may still lie in files."""
    return connection.execute("SELECT 1 FROM setting WHERE key = ?", (PENDING,)).fetchone() is not None


def clean_up(connection: Connection, *, whatever_size: bool = False) -> bool:
    """Clean up behind all erasures so far; False where the last step is left, for a large file or others at it."""
    found = connection.execute("SELECT value FROM setting WHERE key = ?", (PENDING,)).fetchone()
    if found is None:
        return True
    _remove_files(connection, json.loads(found[0]))
    for table in _FULL_TEXTS:
        _merge(connection, table)
    if not whatever_size and _size(connection) > SMALL:
        return False
    if not _written_anew(connection):
        return False
    with writing(connection):
        connection.execute("DELETE FROM setting WHERE key = ? AND value = ?", (PENDING, found[0]))
    return True


def _written_anew(connection: Connection) -> bool:
    """Write the file anew without its unused pages, and cut the log; False where others read just now for too long."""
    try:
        connection.execute("VACUUM")
        busy: int = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except connection.OperationalError as error:
        if "locked" not in str(error):
            raise
        return False
    return not busy


def _remove_files(connection: Connection, digests: list[str]) -> None:
    workspace: Workspace = attachments.beside(connection)
    for text in digests:
        digest = bytes.fromhex(text)
        # No mail may take the same file in between the question and its answer.
        with writing(connection):
            if connection.execute(_USED, (digest,)).fetchone() is None:
                attachments.path(workspace, digest).unlink(missing_ok=True)


def _merge(connection: Connection, table: str) -> None:
    """Bring the parts of a full-text index together, in steps: what was deleted is in none of them afterwards."""
    pages = -STEP
    while True:
        before = connection.total_changes
        with writing(connection):
            connection.execute(f"INSERT INTO {table}({table}, rank) VALUES('merge', ?)", (pages,))
        if connection.total_changes - before < 2:
            return
        pages = STEP


def _size(connection: Connection) -> int:
    pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    return int(pages) * int(size)
