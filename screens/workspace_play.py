"""Serving: resolve and get the next one, play a whole view, skip with a reason.

The invariant: a ticket that was skipped is not served again while the view is played, and why stands on it as a note.
"""

from typing_extensions import override

from desk.statuses import Status
from screens.action import Situation
from screens.ask import Choice, Question
from screens.workspace_deeds import DeedWork

REASONS = ("waits for someone else", "needs a colleague who knows it", "not enough time now")


class PlayWork(DeedWork):
    """What is done to work a view ticket by ticket. `played` is None while no view is played."""

    played: set[int] | None = None

    @override
    def situation(self) -> Situation:
        return super().situation()._replace(playing=self.played is not None)

    def action_ticket_resolve_next(self) -> None:
        """Resolve, and serve the next ticket."""
        from storage.deeds.change import Change

        following = self._following()
        self.change(Change(status=int(Status.SOLVED)), lambda _: self._serve(following))

    def action_play_start(self) -> None:
        """Serve this view's tickets one by one, from its top."""
        self.close_ticket()
        self.played = set()
        self.queue.home()
        first = self.queue.cursor_id
        if isinstance(first, int):
            self.notice("Playing " + self.list_title + ": E resolves and serves the next, S skips, Esc ends it")
            self.open_ticket(first)

    def action_play_skip(self, text: str) -> None:
        """The next one instead; why stands on this one as a note."""
        if not text:
            choices = tuple(Choice(reason, reason) for reason in REASONS)
            self.ask(Question("Skip because", self.action_play_skip, choices=choices, free=True))
            return
        ticket_id, following = self.current_id, self._following()
        if ticket_id is None or self.played is None:
            return
        self.played.add(ticket_id)
        from storage.deeds.write import Outgoing, write

        by, note = self.seat.by(), Outgoing("note", "Skipped: " + text)
        self.seat.jobs.deed(lambda session: write(session, by, ticket_id, note), lambda _: self._serve(following))

    @override
    def close_ticket(self) -> None:
        if self.played is not None and self.reading:
            self.played = None
        super().close_ticket()

    def _following(self) -> int | None:
        """The ticket after the current one in the list, else the first before it; skipped ones are passed over."""
        listing, current = self._listing, self.current_id
        if listing is None:
            return None
        ids = listing.ids
        place = ids.index(current) if current is not None and current in ids else -1
        passed = {*(self.played or ()), *self.target_ids}
        return next((each for each in (*ids[place + 1 :], *ids[: max(place, 0)]) if each not in passed), None)

    def _serve(self, ticket_id: int | None) -> None:
        if ticket_id is not None:
            self.open_ticket(ticket_id)
            return
        self.close_ticket()
        self.played = None
        self.notice("Nothing is left in " + self.list_title, "good")
