"""Taking things out of the console: what identifies a ticket or a customer, texts, and the files of a message.

The invariants: the notice says how it was copied, since a terminal never answers whether it took it; a file is never
opened here and never put over another one.
"""

from pathlib import Path

from textual import on

from desk.errors import Refused
from desk.ids import uid_text
from desk.lookup import IdentityKind
from desk.records import AttachmentRow
from screens.ask import Choice, Question
from screens.workspace_ticket import TicketWork
from storage.connect import Connection
from widgets.transcript import Transcript

DOWNLOADS = "~/Downloads"


class CopyWork(TicketWork):
    """What is copied from the current ticket."""

    def copy(self, what: str, text: str) -> None:
        """Copy it, beside the work, since a local tool may take its time."""
        copy = self.seat.copy
        self.seat.jobs.read("copy", lambda _: copy(text), lambda how: self.notice(what + " " + how))

    def action_copy_number(self) -> None:
        """The ticket's number."""
        row = self.queue.row if self.here is None else self.here.ticket.row
        if row is not None:
            self.copy("#" + str(row.number), "#" + str(row.number))

    def action_copy_title(self) -> None:
        """The subject."""
        row = self.queue.row if self.here is None else self.here.ticket.row
        if row is not None:
            self.copy("The subject", row.subject)

    def action_copy_address(self) -> None:
        """What `heard show` and `:` find the ticket by, on every machine."""
        row = self.queue.row if self.here is None else self.here.ticket.row
        if row is not None:
            self.copy("The address", "heard:" + uid_text(row.uid))

    def action_copy_email(self) -> None:
        """The customer's email; where there are several, which."""
        self._identity(IdentityKind.EMAIL, "The email")

    def action_copy_phone(self) -> None:
        """The customer's number; where there are several, which."""
        self._identity(IdentityKind.PHONE, "The number")

    def _identity(self, kind: IdentityKind, what: str) -> None:
        card = self.here.card if self.here else None
        values = tuple(each.value for each in card.identities if each.kind == kind) if card else ()
        if len(values) == 1:
            self.copy(what, values[0])
        elif values:
            choices = tuple(Choice(value, value) for value in values)
            self.ask(Question("Copy", lambda value: self.copy(what, value), choices=choices))

    def action_copy_text(self) -> None:
        """What the mouse selected, else the whole message."""
        selected = self.get_selected_text()
        message = self.transcript.current
        if selected:
            self.copy("The selection", selected)
            self.clear_selection()
        elif message is not None:
            self.copy("The message", message.body)

    # Files

    @on(Transcript.AttachmentChosen)
    def _file_clicked(self, event: Transcript.AttachmentChosen) -> None:
        message = self.transcript.current
        files = message.attachments if message is not None else ()
        try:
            self.seat.reach("Folders")
        except Refused as error:
            self.fail(error)
            return
        self._save(tuple(file for file in files if file.id == event.attachment_id), DOWNLOADS)

    def action_read_save_files(self, text: str) -> None:
        """Save the files of this message to a folder."""
        self.seat.reach("Folders")
        message = self.transcript.current
        files = message.attachments if message is not None else ()
        if not files:
            self.notice("This message has no files", "warning")
        elif text:
            self._save(files, text)
        else:
            names = ", ".join(file.name for file in files)
            save = Question("Save to", lambda folder: self._save(files, folder), DOWNLOADS, reading=lambda _: names)
            self.ask(save)

    def _save(self, files: tuple[AttachmentRow, ...], folder: str) -> None:
        target, workspace = Path(folder.strip()).expanduser(), self.seat.jobs.workspace

        def save(_connection: Connection) -> tuple[Path, ...]:
            from storage.attachments import save_to

            return tuple(save_to(workspace, file.digest, target, file.name) for file in files)

        def saved(paths: tuple[Path, ...]) -> None:
            self.notice("Saved " + ", ".join(str(path) for path in paths), "good")

        if files:
            self.seat.jobs.read("save", save, saved)
