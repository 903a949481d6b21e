"""Files that somebody waits for, from the helpdesk where they lie into the workspace.

The invariants: a file is here whole or not at all; nothing larger than `LARGEST` is taken, whatever was told of its
size; one that can't come says why, and the others go on.
"""

from collections.abc import Iterator
from threading import Event

from desk.errors import WorkspaceError
from storage import attachments
from storage.connect import Connection, writing
from storage.helpdesk import files
from storage.helpdesk.files import WantedFile
from storage.workspace import Workspace
from sync.errors import Broken, Denied
from sync.protocol import Source

LARGEST = 100 << 20
# How far a file has come is kept after each so many bytes.
STEP = 256 << 10


class _CalledOff(Exception):
    """Nobody waits for the rest of a file any more."""


class Fetching:
    """Fetches what is wanted from one source."""

    def __init__(
        self, connection: Connection, workspace: Workspace, source_id: int, source: Source, stopping: Event
    ) -> None:
        self._connection = connection
        self._workspace = workspace
        self._source_id = source_id
        self._source = source
        self._stopping = stopping

    def fetch(self) -> None:
        """Fetch everything that is wanted, one after the other; what this login may not have keeps nothing else away.

        Raises SourceError where none can be fetched now; what is wanted stays so.
        """
        while not self._stopping.is_set():
            wanted = files.next_wanted(self._connection, self._source_id)
            if wanted is None:
                return
            try:
                kept = attachments.keep_pieces(self._workspace, self._pieces(wanted))
            except _CalledOff:
                continue
            except (Broken, Denied, WorkspaceError) as error:
                with writing(self._connection):
                    files.failed(self._connection, wanted.attachment_id, f"{error.message}. {error.mend}".strip())
                continue
            with writing(self._connection):
                files.arrived(self._connection, wanted.attachment_id, *kept)

    def _pieces(self, wanted: WantedFile) -> Iterator[bytes]:
        """Its bytes, with a note of how many have come; whoever doesn't want it any more is heard meanwhile."""
        if wanted.size > LARGEST:
            raise Broken(*_too_large(wanted))
        done = noted = 0
        for piece in self._source.fetch(wanted.external_id):
            done += len(piece)
            if done > LARGEST:
                raise Broken(*_too_large(wanted))
            if done - noted >= STEP:
                noted = done
                self._note(wanted, done)
            yield piece

    def _note(self, wanted: WantedFile, done: int) -> None:
        if self._stopping.is_set() or not files.is_wanted(self._connection, wanted.attachment_id):
            raise _CalledOff
        with writing(self._connection):
            files.progress(self._connection, wanted.attachment_id, done)


def _too_large(wanted: WantedFile) -> tuple[str, str]:
    return f"{wanted.name} is larger than {LARGEST >> 20} MB", "Open the ticket in its own pages."
