"""The console among the others of its workspace: it tells who sits here and at which ticket, and hears of the rest.

The invariants: nothing of it is a commit, and none of it touches the disk on the event loop; where the folder can't be
written the console goes on, says once that nobody sees it, and tries again.
"""

from dataclasses import replace
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from console.calls import Calls
from desk.errors import HeardError
from screens.desk_screen import DeskScreen
from screens.jobs import Jobs

if TYPE_CHECKING:
    from desk.presence import Attendance, Seated
    from storage.connect import Connection
    from storage.seats import Others, Seat

LONGEST_WORDS = 60


class Attending(Calls, inherit_bindings=False):
    """What the app does about who is there."""

    jobs: Jobs

    def __init__(self) -> None:
        super().__init__()
        self._place: Seat | None = None
        self._others: Others | None = None
        self._told: Seated | None = None
        self._touched_at = 0.0
        self._had_call = False
        self._unseen = False
        self._again_at = 0.0

    def look_around(self) -> object:
        """What the other consoles tell; called in the watching thread."""
        return () if self._others is None else self._others.look()

    def attend(self) -> None:
        """A second has passed: tell the others what has changed here."""
        if not self.seat.me.id or monotonic() < self._again_at:
            return
        # Nobody needs these before the first frame.
        from storage.seats import TOUCHED_EVERY

        place, own = self._sit()
        has_call = self.seat.phone.call is not None
        if self._had_call and not has_call:
            # What was said before the call holds again, from now on.
            own = replace(own, since=self.seat.clock())
        self._had_call = has_call
        workspace = self.workspace
        writing = workspace.composer.written.kind if workspace.writing else ""
        own = replace(own, ticket_id=workspace.reading_id, writing=writing)
        if own != self._told:
            told = self._told
            news = told is None or replace(told, ticket_id=own.ticket_id, writing=own.writing) != own
            self._told, self._touched_at = own, monotonic()
            self._show(own)
            if news:
                # Pages that tell of everyone tell of whoever sits here too.
                self.read_company()
            self.jobs.read("own place", partial(_told, place, own), _nothing, self._not_told)
        elif monotonic() - self._touched_at >= TOUCHED_EVERY:
            self._touched_at = monotonic()
            self.jobs.read("own place", lambda _: place.touch(), _nothing, self._not_told)

    def read_company(self) -> None:
        """Somebody came, left, or is at another ticket."""
        company = self.seat.company
        if company is None or self._others is None:
            return
        others = self._others.seen

        def ask(connection: "Connection") -> "tuple[Attendance, ...]":
            from storage.presence import team

            return team(connection, (*others, company.own))

        self.jobs.read("company", ask, partial(self._company_read, others))

    def action_presence_away(self, text: str) -> None:
        """Away for a while, or back; with words always away."""
        from desk.presence import State
        from desk.text import clean

        if not self.seat.me.id:
            return
        _, own = self._sit()
        words = clean(text, lines=False).strip()[:LONGEST_WORDS]
        back = own.state is State.AWAY and not words
        state = State.AVAILABLE if back else State.AWAY
        self._show(replace(own, state=state, since=self.seat.clock(), words=words))
        front = self.screen
        if isinstance(front, DeskScreen):
            front.notice("You are back" if back else "You are away; the same key says that you are back", "good")
            front.tick()
        self.attend()

    def leave_company(self) -> None:
        """The console ends."""
        if self._place is not None:
            self._place.leave()

    def _sit(self) -> "tuple[Seat, Seated]":
        """This console's place, and what it tells; made with the first look."""
        from desk.presence import Seated
        from screens.company import Company
        from storage.seats import Others, Seat, clear

        folder, me = self.jobs.workspace.folder, self.seat.me.id
        if self._place is None:
            self._place = Seat(folder)
            self._others = Others(folder, self._place.key)
            self.jobs.read("places", lambda _: clear(folder), _nothing, _nothing)
        if self.seat.company is None or self.seat.company.own.agent_id != me:
            self.seat.company = Company(Seated(me, self._place.key, since=self.seat.clock()))
        return self._place, self.seat.company.own

    def _show(self, own: "Seated") -> None:
        if self.seat.company is not None:
            self.seat.company = replace(self.seat.company, own=own)

    def _company_read(self, others: "tuple[Seated, ...]", team: "tuple[Attendance, ...]") -> None:
        from desk.presence import said
        from screens.company import Company

        company = self.seat.company
        if company is None:
            return
        own = company.own
        elsewhere = said(seat for seat in others if seat.agent_id == own.agent_id)
        if elsewhere is not None and elsewhere.since > own.since:
            # One person is one presence, at however many consoles.
            own = replace(own, state=elsewhere.state, since=elsewhere.since, words=elsewhere.words)
        self.seat.company = Company(own, others, team)
        for screen in self.screen_stack:
            if isinstance(screen, DeskScreen):
                screen.company_changed()

    def _not_told(self, error: HeardError) -> None:
        from storage.seats import TOUCHED_EVERY

        self._told, self._again_at = None, monotonic() + TOUCHED_EVERY
        if not self._unseen:
            self._unseen = True
            if isinstance(self.screen, DeskScreen):
                self.screen.fail(HeardError("Colleagues can't see that you are here", error.message))


def _told(place: "Seat", own: "Seated", _connection: "Connection") -> None:
    from desk.errors import WorkspaceError

    try:
        place.tell(own)
    except OSError as error:
        raise WorkspaceError("The workspace's folder can't be written", error.strerror or str(error)) from error


def _nothing(_: object) -> None:
    """Nobody waits for an answer."""
