"""The files of a message: saved where an agent says, and first fetched where their bytes lie at a helpdesk.

The invariants: nothing is fetched before somebody asks for it; a file is never opened here, and never put over another
one.
"""

from pathlib import Path

from textual import on
from typing_extensions import override

from desk.errors import Refused
from desk.records import AttachmentRow
from screens.ask import Choice, Question
from screens.workspace_ticket import TicketWork
from storage.connect import Connection, writing
from widgets.cells import harmless
from widgets.transcript import Transcript

DOWNLOADS = "~/Downloads"


def ask_for(connection: Connection, files: tuple[int, ...], at: int) -> None:
    """Wish for these files."""
    from storage.helpdesk.files import ask

    with writing(connection):
        for each in files:
            ask(connection, each, at)


def call_off(connection: Connection, files: tuple[int, ...]) -> None:
    """Wish for them no more."""
    from storage.helpdesk import files as wishes

    with writing(connection):
        for each in files:
            wishes.call_off(connection, each)


class FileWork(TicketWork):
    """What is done with the files of the current message."""

    @override
    def tick(self) -> None:
        """While a file of this ticket is on its way, say each second how far it is."""
        super().tick()
        entries = self.here.conversation if self.here is not None else ()
        if any(file.asked for entry in entries for file in entry.attachments):
            self.read_ticket()

    @on(Transcript.AttachmentChosen)
    def _file_clicked(self, event: Transcript.AttachmentChosen) -> None:
        message = self.transcript.current
        files = message.attachments if message is not None else ()
        try:
            self.seat.reach("Folders")
            self._take(tuple(file for file in files if file.id == event.attachment_id), DOWNLOADS)
        except Refused as error:
            self.fail(error)

    def action_read_save_files(self, text: str) -> None:
        """Save the files of this message to a folder; those that lie at its helpdesk are fetched first."""
        self.seat.reach("Folders")
        message = self.transcript.current
        files = message.attachments if message is not None else ()
        if not files:
            self.notice("This message has no files", "warning")
        else:
            self._take(files, text)

    def _take(self, files: tuple[AttachmentRow, ...], folder: str) -> None:
        """Fetch what isn't here, ask about what is on its way, or save."""
        away = tuple(file for file in files if file.away)
        if any(not file.asked for file in away):
            self._fetch(tuple(file for file in away if not file.asked))
        elif away:
            self._ask_about(away)
        else:
            self._save_to(files, folder)

    def _fetch(self, files: tuple[AttachmentRow, ...]) -> None:
        ids, at, names = tuple(file.id for file in files), self.seat.clock(), _names(files)

        def asked(_: None) -> None:
            self.notice("Fetching " + names + ": once it is here, the same key saves it")
            self.changed()

        self.seat.jobs.keep(lambda connection: ask_for(connection, ids, at), asked)

    def _ask_about(self, files: tuple[AttachmentRow, ...]) -> None:
        """They are on their way: wait on, or let it be."""
        ids = tuple(file.id for file in files)

        def answered(answer: str) -> None:
            if answer == "off":
                self.seat.jobs.keep(lambda connection: call_off(connection, ids), lambda _: self.changed())

        choices = (Choice("wait", "Wait for it"), Choice("off", "Let it be", "it can be fetched again"))
        self.ask(Question(_names(files) + " is on its way", answered, choices=choices))

    def _save_to(self, files: tuple[AttachmentRow, ...], folder: str) -> None:
        if folder:
            self._save(files, folder)
            return
        names = _names(files)
        self.ask(Question("Save to", lambda folder: self._save(files, folder), DOWNLOADS, reading=lambda _: names))

    def _save(self, files: tuple[AttachmentRow, ...], folder: str) -> None:
        target, workspace = Path(folder.strip()).expanduser(), self.seat.jobs.workspace

        def save(_connection: Connection) -> tuple[Path, ...]:
            from storage.attachments import save_to

            return tuple(save_to(workspace, file.digest, target, file.name) for file in files)

        def saved(paths: tuple[Path, ...]) -> None:
            self.notice("Saved " + ", ".join(str(path) for path in paths), "good")

        self.seat.jobs.read("save", save, saved)


def _names(files: tuple[AttachmentRow, ...]) -> str:
    return ", ".join(harmless(file.name) for file in files)
