"""Promises on the workspace: asked about behind a sent reply, kept with one key, made by hand, withdrawn.

The invariants: the question takes no keys and no line of the screen, and ignoring it does nothing; what `Y` keeps is
what stands in the notice line, never something that was asked before.
"""

from typing import TYPE_CHECKING

from typing_extensions import override

from desk.errors import Refused
from desk.snooze import EXAMPLES, by, until, when
from desk.times import to_datetime
from screens.action import Situation
from screens.ask import Choice, Question
from screens.keymap import shown
from screens.workspace_clocks import ClockWork
from screens.workspace_writing import WritingWork
from storage.connect import Connection
from storage.deeds.by import Done

if TYPE_CHECKING:
    from desk.records import PromiseRow
    from storage.deeds.promises import Said

OFF = frozenset({"off", "withdraw", "none"})


class PromiseWork(ClockWork, WritingWork):
    """What is done with promises. `_found`: those of the last reply that nobody has decided about, and its ticket."""

    _found: "tuple[int, tuple[tuple[Said, int], ...]] | None" = None

    @override
    def situation(self) -> Situation:
        asked = self._found is not None and bool(self.notices.question)
        return super().situation()._replace(promised=asked)

    @override
    def sent(self, done: Done) -> None:
        super().sent(done)
        self.look_for_promises(done)

    def look_for_promises(self, done: Done) -> None:
        """Ask about what the message that this deed wrote promises."""
        zone, (ticket_id, *_) = self.seat.zone, done.ticket_ids

        def look(connection: Connection) -> "tuple[tuple[Said, int], ...]":
            from storage.clocks import targets
            from storage.sent_promises import said_in

            rule = targets(connection)
            found = said_in(connection, done.deed, zone)
            return tuple((said, rule.inner_target(said.made_at, said.due_at)) for said in found)

        def found(said: "tuple[tuple[Said, int], ...]") -> None:
            self._found = (ticket_id, said) if said else None
            self._ask_about_found()

        self.seat.jobs.read("promises", look, found)

    def _ask_about_found(self) -> None:
        keys = self.seat.keymap.of["promise.keep"]
        if self._found is None or not keys:
            return
        (said, target_at), *others = self._found[1]
        now, zone = self.seat.clock(), self.seat.zone
        more = " (1 of " + str(len(others) + 1) + ")" if others else ""
        words = "keeps it: promised " + by(said.due_at, now, zone) + ", aim " + until(target_at, now, zone)
        self.notices.ask(" ".join((shown(keys[0]), words)) + more)

    def action_promise_keep(self) -> None:
        """Keep the promise that is asked about."""
        if self._found is None:
            return
        ticket_id, ((said, target_at), *others) = self._found
        self._found = (ticket_id, tuple(others)) if others else None
        # Until the next one is asked about, a second key has nothing to keep.
        self.notices.ask("")
        self._promise(ticket_id, said, target_at)

    def _promise(self, ticket_id: int, said: "Said", target_at: int) -> None:
        from storage.deeds.promises import promise

        writer, now, zone = self.seat.by(), self.seat.clock(), self.seat.zone

        def done(told: Done) -> None:
            words = " ".join((told.title, by(said.due_at, now, zone) + ", aim", until(target_at, now, zone)))
            self.told(told._replace(title=words))
            self._ask_about_found()

        self.seat.jobs.deed(lambda session: promise(session, writer, ticket_id, said), done)

    def action_promise_make(self, text: str) -> None:
        """Promise something by a time in words; `off` withdraws what was promised."""
        if not text:
            self.ask(Question("Promise by", self.action_promise_make, reading=self._read_promise))
            return
        ticket_id, now, zone = self.current_id, self.seat.clock(), self.seat.zone
        if ticket_id is None:
            return
        if text.casefold() in OFF:
            self._withdraw_one()
            return
        due_at = when(text, now, zone)

        def read(connection: Connection) -> int:
            from storage.clocks import targets

            return targets(connection).inner_target(now, due_at)

        def keep(target_at: int) -> None:
            from storage.deeds.promises import Said

            self._promise(ticket_id, Said("by " + text.removeprefix("by "), now, due_at), target_at)

        self._look_up("promise", read, keep)

    def _read_promise(self, text: str) -> str:
        promises = self.here.ticket.promises if self.here else ()
        if not text.strip():
            withdraws = "; off withdraws “" + promises[0].words + "”" if promises else ""
            return EXAMPLES + withdraws
        if text.strip().casefold() in OFF:
            return "withdraw a promise of this ticket" if promises else "nothing is promised on this ticket"
        return to_datetime(when(text, self.seat.clock(), self.seat.zone), self.seat.zone).strftime("%a %-d %b %H:%M")

    def _withdraw_one(self) -> None:
        ticket_id = self.current_id or 0

        def read(connection: Connection) -> "tuple[PromiseRow, ...]":
            from storage.promises import of_ticket

            return tuple(each for each in of_ticket(connection, ticket_id) if each.state == "open")

        def ask(found: "tuple[PromiseRow, ...]") -> None:
            if not found:
                raise Refused("Nothing is promised on this ticket", "")
            if len(found) == 1:
                self._withdraw(str(found[0].id))
                return
            now, zone = self.seat.clock(), self.seat.zone
            choices = tuple(Choice(str(each.id), each.words, until(each.due_at, now, zone)) for each in found)
            self.ask(Question("Withdraw", self._withdraw, choices=choices))

        self._look_up("promises of a ticket", read, ask)

    def _withdraw(self, promise_id: str) -> None:
        from storage.deeds.promises import withdraw

        writer = self.seat.by()
        self.seat.jobs.deed(lambda session: withdraw(session, writer, int(promise_id)), self.told)
