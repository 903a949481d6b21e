"""Screens on which the last deed can be taken back: it is done, said, and shown as things stand then."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from screens.desk_screen import DeskScreen
from storage.deeds.by import Done

if TYPE_CHECKING:
    from sqlmodel import Session


class Undoing(DeskScreen[None]):
    """What `u` and Ctrl+R do; a deed of the screen's own goes the same way."""

    def deed(self, do: "Callable[[Session], Done]") -> None:
        """Do something, say so, and show how things stand then."""
        self.seat.jobs.deed(do, self.told)

    def told(self, done: Done) -> None:
        """A deed is on the disk."""
        if self.is_attached:
            self.notice(done.title + ".  u undoes", "good")
            self.changed()

    def action_deed_undo(self) -> None:
        """Take back the last deed."""
        from storage.deeds.undo import undo

        by = self.seat.by()
        self.seat.jobs.deed(lambda session: undo(session, by), self._undone)

    def action_deed_redo(self) -> None:
        """Do again what was taken back."""
        from storage.deeds.undo import redo

        by = self.seat.by()
        self.deed(lambda session: redo(session, by))

    def _undone(self, done: Done) -> None:
        if self.is_attached:
            self.notice(done.title + ".  Ctrl+R does it again", "good")
            self.changed()
