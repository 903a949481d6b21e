"""What is done to tickets: status, agent, time, tags and so on, to the open one or to all that are selected.

The invariants: a change of several tickets is shown line by line before it is made; what was done is said in words,
and `u` takes it back; the last change can be repeated elsewhere with one key.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from typing_extensions import override

from desk.errors import BadInput, Refused
from desk.snooze import when
from desk.statuses import Status, parse_status
from desk.times import to_datetime
from screens.action import Situation
from screens.ask import Choice, Question
from screens.confirm import ConfirmScreen
from screens.ticket_changes import Then, TicketChanges
from screens.workspace_ticket import TicketWork
from storage import people
from storage.connect import Connection
from storage.deeds.by import Done

if TYPE_CHECKING:
    from desk.snippets.macros import Actions


class DeedWork(TicketWork, TicketChanges):
    """Changes of tickets."""

    @override
    def situation(self) -> Situation:
        return super().situation()._replace(repeatable=self.last_change is not None)

    @override
    def with_targets(self, then: Callable[[tuple[int, ...]], object]) -> None:
        then(self.target_ids)

    @override
    def told(self, done: Done) -> None:
        """Say what was done, and show it."""
        self.notice(done.title + ".  u undoes", "good")
        if len(done.ticket_ids) > 1:
            self.queue.clear_selection()
        self.changed()

    # Status

    def action_status(self, name: str) -> None:
        """Set the status."""
        self._set(status=int(parse_status(name)))

    def action_ticket_resolve(self) -> None:
        """Set it to solved."""
        self._set(status=int(Status.SOLVED))

    def action_ticket_watch(self) -> None:
        """Watch it, or watch it no longer."""
        from storage.deeds.change import Change

        watching = self.here is not None and self.seat.me.name in self.here.ticket.watchers
        self.change(Change(watch=not watching))

    # Time and tags

    def action_ticket_snooze(self, text: str) -> None:
        """Away until a time in words; `back` wakes it up."""
        if not text:
            self.ask(Question("Snooze until", self.action_ticket_snooze, reading=self._read_time))
            return
        from storage.deeds.change import Change

        if text.casefold() in ("back", "now", "off"):
            self.change(Change(snoozed_until=None))
        else:
            self.change(Change(snoozed_until=when(text, self.seat.clock(), self.seat.zone)))

    def _read_time(self, text: str) -> str:
        if not text.strip():
            return "3d, 2h, tue 9am, tomorrow 14:30, next week; back wakes it up"
        if text.strip().casefold() in ("back", "now", "off"):
            return "back in the queue now"
        return to_datetime(when(text, self.seat.clock(), self.seat.zone), self.seat.zone).strftime("%a %-d %b %H:%M")

    def action_ticket_tags(self, text: str) -> None:
        """Put tags on, with a minus off."""
        if text:
            from storage.deeds.change import Change

            words = text.replace(",", " ").split()
            self.change(
                Change(
                    add_tags=tuple(word.removeprefix("+") for word in words if not word.startswith("-")),
                    remove_tags=tuple(word[1:] for word in words if word.startswith("-")),
                )
            )
            return
        row = self.here.ticket.row if self.here else self.queue.row
        has = " ".join(row.tags) if row and row.tags else "none yet"

        def ask(known: tuple[people.NamedRow, ...]) -> None:
            choices = tuple(Choice(each.name, each.name, str(each.tickets) + " open") for each in known)
            reading = "tags now: " + has + "; -tag takes one off"
            self.ask(
                Question("Tags", self.action_ticket_tags, reading=lambda _: reading, choices=choices, last_word=True)
            )

        self._look_up("tags", people.tags, ask)

    # Several fields, other tickets

    def action_ticket_set(self, text: str) -> None:
        """Set fields, written as macros are: status=open +late assignee=me."""
        if not text:
            self.ask(Question("Set", self.action_ticket_set, reading=_read_fields))
            return
        from desk.snippets.macros import parse_actions

        self.apply(parse_actions(text.replace("tags=", "")))

    def apply(self, actions: "Actions", then: Then | None = None) -> None:
        """Make the changes of a macro or of a line of fields."""
        from screens.macros import change_of

        me, now, zone = self.seat.me.id, self.seat.clock(), self.seat.zone
        self.seat.jobs.read(
            "macro",
            lambda connection: change_of(actions, connection, me, now, zone),
            lambda wanted: self.change(wanted, then),
        )

    def action_ticket_merge(self, text: str) -> None:
        """Merge into another ticket."""
        ids = self.target_ids
        if not text:
            suggested = self.here.ticket.suggested if self.here else ()
            choices = tuple(Choice(str(each), "#" + str(each), "may be the same matter") for each in suggested)
            label = "Merge " + str(len(ids)) + " into #" if len(ids) > 1 else "Merge into #"
            self.ask(Question(label, self.action_ticket_merge, choices=choices, free=True, reading=_read_number))
            return

        def find(connection: Connection) -> tuple[int, str]:
            from storage import tickets

            into = tickets.find_ticket(connection, text)
            row = tickets.ticket(connection, into).row
            return into, " ".join(("#" + str(row.number), row.subject, "·", row.customer))

        def ask(found: tuple[int, str]) -> None:
            into, words = found
            others = tuple(each for each in ids if each != into)
            if not others:
                raise Refused("A ticket can't be merged into itself", "Give another number.")
            many = str(len(others)) + " tickets" if len(others) > 1 else "this ticket"
            lines = ("into " + words, "", "Messages, tags, watchers and checklists move there.", "u takes it back.")
            question = ConfirmScreen(self.seat, "Merge " + many + "?", lines)
            self.app.push_screen(question, lambda yes: self._merge(others, into) if yes else None)

        self._look_up("merge", find, ask)

    def _merge(self, others: tuple[int, ...], into: int) -> None:
        from storage.deeds.merge import merge

        by = self.seat.by()

        def done(told: Done) -> None:
            self.told(told)
            if self.reading:
                self.open_ticket(into)

        self.seat.jobs.deed(lambda session: merge(session, by, others, into), done)

    # Again, and back

    def action_deed_repeat(self) -> None:
        """The last change once more, here."""
        if self.last_change is not None:
            self.change(self.last_change)

    def action_deed_undo(self) -> None:
        """Take back the last deed."""
        from storage.deeds.undo import undo

        by = self.seat.by()
        self.seat.jobs.deed(lambda session: undo(session, by), self.undone)

    def undone(self, done: Done) -> None:
        """Something was taken back."""
        self.notice(done.title + ".  Ctrl+R does it again", "good")
        self.changed()

    def action_deed_redo(self) -> None:
        """Do again what was taken back."""
        from storage.deeds.undo import redo

        by = self.seat.by()
        self.seat.jobs.deed(lambda session: redo(session, by), self.told)


def _read_fields(text: str) -> str:
    if not text.strip():
        return 'status=pending priority=high assignee=me snooze="tue 9am" +tag -tag'
    from desk.snippets.macros import parse_actions

    parse_actions(text.replace("tags=", ""))
    return "Enter sets this"


def _read_number(text: str) -> str:
    if text and not text.strip().lstrip("#").isalnum():
        raise BadInput("“" + text + "” is no ticket number", "Write it like 1042.")
    return "the number of the ticket that stays"
