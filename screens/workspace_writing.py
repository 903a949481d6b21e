"""Replies, notes and forwards: written in the composer, kept as typed, sent with time to take them back.

The invariants: what is typed is on the disk within a second, and also when the ticket, the composer or the console is
left; a draft that can't be kept stays on the screen and the agent is told; nothing is sent without Ctrl+S.
"""

import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from textual.timer import Timer
from typing_extensions import override

from desk.errors import BadInput, HeardError, Refused
from desk.records import DraftRow
from desk.statuses import Status
from desk.times import SECOND
from screens.ask import Question
from screens.confirm import ConfirmScreen
from screens.workspace_review import ReviewWork
from storage import drafts
from storage.connect import Connection, raw
from storage.deeds.by import Done
from storage.sources import takes

if TYPE_CHECKING:
    from sqlmodel import Session

    from desk.snippets.macros import Actions
    from widgets.composer import Composer, Written

# How long after the first unsaved key the draft is saved; within a second it is on the disk.
SAVE_AFTER = 0.5
AFTER_SENDING = (None, Status.PENDING, Status.SOLVED, Status.HOLD)


class WritingWork(ReviewWork):
    """The composer on the open ticket."""

    actions_after: "Actions | None" = None
    last_sent: tuple[int, str] | None = None
    _writing_on: int | None = None
    _seen_inbound: int | None = None
    _saving: Timer | None = None
    _drafts_on_their_way = 0
    _kept: "Written | None" = None
    _once_writing: Callable[[], object] | None = None

    # Beginning

    def action_write_reply(self) -> None:
        """Reply to everyone."""
        self.write("reply_all")

    def action_write_reply_one(self) -> None:
        """Reply to the sender alone."""
        self.write("reply")

    def action_write_note(self) -> None:
        """An internal note."""
        self.write("note")

    def action_write_forward(self) -> None:
        """Forward the current message."""
        self.write("forward")

    def _refuse_untaken(self, kind: str) -> None:
        """Refuse what its source wouldn't take, before it is written; a note can stay in this workspace."""
        row = self.queue.row if self.here is None else self.here.ticket.row
        source = next((each for each in self.seat.sources if row is not None and each.id == row.source_id), None)
        operation = "forward" if kind == "forward" else "reply"
        if source is not None and kind != "note" and not takes(source.kind, source.settings, operation, ()):
            raise Refused(f"{source.name} can't {operation} for Heard", "O opens the ticket there.")

    def write(self, kind: str, then: Callable[[], object] | None = None) -> None:
        """Open the composer, with the draft that there is or a new one; `then` is called once it is open."""
        ticket_id, me = self.current_id, self.seat.me.id
        if ticket_id is None:
            return
        self._refuse_untaken(kind)
        self._once_writing = then
        if self.reading_id != ticket_id:
            self.open_ticket(ticket_id)
        self.save_draft()
        self.hold_keys()

        def load(connection: Connection) -> DraftRow | None:
            return drafts.load(connection, ticket_id, me, kind)

        def begin(draft: DraftRow | None) -> None:
            self._begin_writing(ticket_id, kind, draft)

        if self._drafts_on_their_way:
            # Behind them: read beside them, a draft that was just left would be missing, and be written over.
            self.seat.jobs.keep(load, begin)
        else:
            self.seat.jobs.read("draft", load, begin)

    def _begin_writing(self, ticket_id: int, kind: str, draft: DraftRow | None) -> None:
        from screens.writing import answered, forwarded, note, title_of, written_of

        if self.reading_id != ticket_id:
            self.release_keys()
            return
        here = self.here
        if here is None:
            self.once_here(lambda: self._begin_writing(ticket_id, kind, draft))
            return
        if not (self.furnished and self.composer.is_mounted):
            self.call_after_refresh(self._begin_writing, ticket_id, kind, draft)
            return
        if draft is not None:
            written = written_of(draft)
        elif kind == "note":
            written = note()
        elif kind == "forward":
            written = forwarded(here, self.transcript.current, self.seat.zone)
        else:
            written = answered(here, self.transcript.current, everyone=kind == "reply_all")
        self.writing, self._writing_on = True, ticket_id
        self._seen_inbound = draft.seen_inbound_id if draft else here.newest_inbound.id if here.newest_inbound else None
        self.actions_after = None
        self.composer.open(written, title=title_of(here, kind))
        self._kept = self.composer.written
        self.pane = "main"
        self.lay_out()
        self.composer.focus_text()
        self.review_now()
        if draft is not None:
            self.notice("Your draft, as you left it")
        self.show_hints()
        then, self._once_writing = self._once_writing, None
        if then is not None:
            then()

    # Keeping

    def on_composer_changed(self) -> None:
        """Something was typed: it is saved soon."""
        if self._saving is None and self.writing:
            self._saving = self.set_timer(SAVE_AFTER, self.save_draft)
        if self.writing:
            self.review_soon()

    def save_draft(self) -> None:
        """Bring what is written to the disk now, where something is."""
        from screens.writing import draft_of

        if self._saving is not None:
            self._saving.stop()
            self._saving = None
        ticket_id, me = self._writing_on, self.seat.me.id
        if ticket_id is None or self.composer.written == self._kept:
            return
        written = self._kept = self.composer.written
        if self.composer.empty:
            self._bring(lambda connection: drafts.forget(connection, ticket_id, me, written.kind))
            return
        draft = draft_of(written, ticket_id, me, self._seen_inbound, self.seat.clock())
        self._bring(lambda connection: drafts.save(connection, draft))

    def _bring(self, change: Callable[[Connection], None]) -> None:
        """Bring a change of drafts to the disk."""

        def brought(_: None) -> None:
            self._drafts_on_their_way -= 1

        self._drafts_on_their_way += 1
        self.seat.jobs.keep(change, brought, self._not_saved)

    def _not_saved(self, error: HeardError) -> None:
        self._drafts_on_their_way -= 1
        self._kept = None
        self.notice("The draft is not saved, but still here: " + str(error), "error")

    @override
    def close_composer(self) -> None:
        self.save_draft()
        self.stop_reviewing()
        if self.writing:
            self.writing, self._writing_on = False, None
            self.lay_out()

    def action_composer_leave(self) -> None:
        """Back to the conversation; the draft is kept."""
        kept = not self.composer.empty
        self.close_composer()
        self.focus_pane()
        if kept:
            self.notice("The draft is kept")
        self.show_hints()

    def action_composer_discard(self) -> None:
        """Throw the draft away, after a question."""
        ticket_id, me, kind = self._writing_on, self.seat.me.id, self.composer.written.kind
        if ticket_id is None:
            return

        def discard(yes: bool | None) -> None:
            if not yes:
                return
            self._forget_typing()
            self._bring(lambda connection: drafts.forget(connection, ticket_id, me, kind))
            self.focus_pane()
            self.notice("The draft is gone")

        self.app.push_screen(ConfirmScreen(self.seat, "Throw this draft away?", final=True), discard)

    def _forget_typing(self) -> None:
        if self._saving is not None:
            self._saving.stop()
            self._saving = None
        self.stop_reviewing()
        self.writing, self._writing_on = False, None
        self.lay_out()
        self.show_hints()

    # Sending

    def action_composer_send(self) -> None:
        """Send the reply, or save the note; what is unfilled or unclear asks once."""
        self.composer.send()

    def on_composer_send_asked(self, event: "Composer.SendAsked") -> None:
        """A reply is ready; what would surprise the customer asks once."""
        written = event.written
        if not written.recipients.strip():
            self.fail(BadInput("Nobody stands in To", "Write an address there."))
            return
        if self.composer.empty:
            self.fail(BadInput("Nothing is written yet"))
            return
        self.review_first(written, lambda: self._send(written))

    def on_composer_note_saved(self, event: "Composer.NoteSaved") -> None:
        """A note is ready."""
        if self.composer.empty:
            self.fail(BadInput("Nothing is written yet"))
        else:
            self.review_first(event.written, lambda: self._send(event.written))

    def _send(self, written: "Written") -> None:
        from screens.macros import change_of
        from screens.writing import outgoing_of
        from storage.deeds.change import Change
        from storage.deeds.write import write

        ticket_id, by, zone, actions = self._writing_on, self.seat.by(), self.seat.zone, self.actions_after
        if ticket_id is None:
            self.release_all_keys()
            return

        def deed(session: "Session") -> Done:
            after = change_of(actions, raw(session), by.agent_id or 0, by.at, zone) if actions else Change()
            return write(session, by, ticket_id, outgoing_of(written, after))

        def done(told: Done) -> None:
            self.last_sent = (ticket_id, written.kind)
            if self._writing_on == ticket_id:
                self._forget_typing()
                self.focus_pane()
                if self.reading_id == ticket_id:
                    self.once_here(self.transcript.show_newest)
            self.release_all_keys()
            if written.kind == "note":
                self.told(told)
            else:
                self.changed()
                self.notices.count_down(told.title, by.at + by.undo_seconds * SECOND)
                self.sent(told)

        # The draft goes in the deed's own transaction; until that is done it stays on the screen.
        self.save_draft()
        self.hold_all_keys()
        self.seat.jobs.deed(deed, done, self._not_sent)

    def sent(self, done: Done) -> None:
        """A reply or a forward is on its way."""

    def _not_sent(self, error: HeardError) -> None:
        self.notice("Not sent, and still here: " + str(error), "error")
        self.release_all_keys()

    @override
    def undone(self, done: Done) -> None:
        super().undone(done)
        if self.last_sent is not None and done.ticket_ids == (self.last_sent[0],):
            ticket_id, kind = self.last_sent
            self.last_sent = None
            me = self.seat.me.id

            def again(draft: DraftRow | None) -> None:
                if draft is not None:
                    self.open_ticket(ticket_id)
                    self.write(kind)

            self.seat.jobs.read("draft", lambda connection: drafts.load(connection, ticket_id, me, kind), again)

    def action_composer_status(self) -> None:
        """What the ticket becomes once this is sent: as it is, pending, solved, on hold."""
        from desk.snippets.macros import Actions

        actions = self.actions_after or Actions()
        place = AFTER_SENDING.index(actions.status) if actions.status in AFTER_SENDING else 0
        self.set_after_sending(replace(actions, status=AFTER_SENDING[(place + 1) % len(AFTER_SENDING)]))

    def set_after_sending(self, actions: "Actions") -> None:
        """What changes once this is sent, in the same deed; of two macros the later one counts."""
        self.actions_after = actions
        self.composer.set_status_after(actions.status.label.lower() if actions.status is not None else "")

    # Files and the editor

    def action_composer_attach(self, text: str) -> None:
        """Attach a file by its path."""
        self.seat.reach("Files")
        if not text:
            self.ask(Question("Attach", self.action_composer_attach, reading=_read_path))
            return
        self.composer.attach(str(_file(text)))
        self.composer.focus_text()

    @override
    def asked(self) -> None:
        if self.writing:
            self.composer.focus_text()
        else:
            super().asked()

    def action_composer_editor(self) -> None:
        """Write in the agent's own editor; the console steps aside meanwhile."""
        self.seat.reach("Your editor")
        if not self.writing:
            return
        self.save_draft()
        with tempfile.TemporaryDirectory(prefix="heard-") as folder:
            file = Path(folder) / "reply.txt"
            file.write_text(self.composer.written.body, encoding="utf-8")
            try:
                with self.app.suspend():
                    ended = subprocess.run((*self.seat.editor, str(file)), check=False)
            except OSError as error:
                raise BadInput("The editor can't be started: " + str(error.strerror), "Set $EDITOR.") from error
            if ended.returncode == 0:
                self.composer.set_text(file.read_text(encoding="utf-8", errors="replace").rstrip("\n"))
        self.composer.focus_text()


def _file(text: str) -> Path:
    path = Path(text.strip()).expanduser()
    if not path.is_file():
        raise BadInput("There is no file at “" + text.strip() + "”", "Write its whole path, ~ is your home.")
    return path


def _read_path(text: str) -> str:
    return "a file by its path" if not text.strip() else str(_file(text).stat().st_size) + " bytes"
