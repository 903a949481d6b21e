"""The ticket: shown beside the list while the cursor moves, opened in its place, read message by message.

The invariant: an answer about a ticket is only shown while that ticket is still the one under the cursor.
"""

from collections.abc import Callable

from textual import on
from textual.timer import Timer
from typing_extensions import override

from screens.keymap import shown
from screens.reading import Opened, opened
from screens.workspace_queue import QueueWork
from storage.deeds.open import opened as mark_opened
from widgets.customer_card import CustomerPanel
from widgets.rows import LineList
from widgets.views import ViewList

# A ticket is read, and shown beside the list, when the cursor rests this long: drawing it sends ten times as much as
# moving the cursor does, and whoever holds a key down sees none of what they pass.
REST = 0.08


class TicketWork(QueueWork):
    """What is done with one ticket."""

    _once_here: Callable[[], object] | None = None
    resting: Timer | None = None
    """Runs while the ticket under the cursor waits to be read."""

    # What is shown beside the cursor

    @on(LineList.CursorMoved, "#queue")
    def _cursor_moved(self, event: LineList.CursorMoved) -> None:
        if self.reading or event.key != self.queue.cursor_id:
            return
        if event.key is None:
            self.opened = None
            self.show_opened()
        else:
            if self.resting is not None:
                self.resting.stop()
            self.resting = self.set_timer(REST, self.read_ticket)

    def read_ticket(self) -> None:
        """Read the current ticket and show it."""
        if self.resting is not None:
            self.resting.stop()
            self.resting = None
        ticket_id, now, zone = self.current_id, self.seat.clock(), self.seat.zone
        if ticket_id is not None:
            self.seat.jobs.read(
                "ticket", lambda connection: opened(connection, ticket_id, now, zone), self._ticket_read
            )

    def _ticket_read(self, found: Opened) -> None:
        if found.id == self.current_id:
            if found != self.opened:
                self.opened = found
                self.show_opened()
            then, self._once_here = self._once_here, None
            if then is not None:
                then()

    def once_here(self, then: Callable[[], object]) -> None:
        """Call it when the current ticket has been read; another ticket's opening forgets it."""
        self._once_here = then
        if self.resting is not None:
            self.read_ticket()

    def show_opened(self) -> None:
        """Draw the ticket and what stands around it."""
        found = self.opened
        if found is None:
            self.transcript.clear()
            self.card.clear()
        else:
            self.transcript.show(found.id, found.conversation)
            if found.card is not None:
                self.card.show(found.card)
            else:
                self.card.clear()
        self._show_facts()
        self._show_checklist()
        self.draw_frame()
        self.show_header()
        self.show_hints()

    def _show_facts(self) -> None:
        if self.furnished:
            self.facts.show(None if self.opened is None else self.opened.ticket)

    def _show_checklist(self) -> None:
        found = self.opened
        if not self.furnished:
            return
        if found is None:
            self.checklist.show(())
            return
        self.checklist.show(found.runs, suggestion=self._suggested(found))

    def _suggested(self, found: Opened) -> str:
        """The checklist that suits, in words; beside one that has begun only where the customer got angry."""
        begun = {template.key for template, _ in found.runs}
        wanted = next((each for each in found.templates if each.key == found.suggestion), None)
        if wanted is None or wanted.key in begun or (begun and not wanted.angry):
            return ""
        keys = self.seat.keymap.of["checklist.begin"]
        return wanted.title + " suggested" + (": " + shown(keys[0]) + " begins it" if keys else "")

    @override
    def furnish(self) -> None:
        super().furnish()
        self._show_facts()
        self._show_checklist()

    @override
    def changed(self) -> None:
        super().changed()
        self.read_ticket()

    # Opening and closing

    def open_ticket(self, ticket_id: int) -> None:
        """Open a ticket in the list's place; it need not be in the list."""
        self.close_composer()
        self._once_here = None
        self.reading_id = ticket_id
        self.queue.go_to(ticket_id)
        by = self.seat.by()
        self.seat.jobs.keep(lambda connection: mark_opened(connection, by, ticket_id))
        self.read_ticket()
        if self.pane != "side":
            self.pane = "main"
        self.lay_out()
        self.focus_pane()
        self.show_header()
        self.show_hints()

    def close_composer(self) -> None:
        """Leave the composer; what is written in it is kept."""

    @override
    def close_ticket(self) -> None:
        if self.reading_id is None:
            return
        self.close_composer()
        self.reading_id = None
        self.pane = "main"
        self.lay_out()
        self.focus_pane()
        self.read_ticket()
        self.show_header()
        self.show_hints()

    @on(LineList.Opened, "#queue")
    def _row_opened(self, event: LineList.Opened) -> None:
        # An `r` right behind Enter has opened it already, and writes.
        if isinstance(event.key, int) and event.key != self.reading_id:
            self.open_ticket(event.key)

    @on(CustomerPanel.TicketChosen)
    def _contact_chosen(self, event: CustomerPanel.TicketChosen) -> None:
        self.open_ticket(event.ticket_id)

    def action_move_open(self) -> None:
        """Open what the cursor is on: a view, or a ticket. At once: the next key is meant for what it opens."""
        key = self._list.cursor_id
        if not isinstance(key, int):
            return
        if self.pane == "views":
            self.choose_view(key)
        else:
            self.open_ticket(key)

    def action_move_next_ticket(self) -> None:
        """The next ticket of the list, open."""
        self._step_ticket(1)

    def action_move_previous_ticket(self) -> None:
        """The ticket before, open."""
        self._step_ticket(-1)

    def _step_ticket(self, step: int) -> None:
        before = self.queue.cursor_id
        self.queue.move(step)
        ticket_id = self.queue.cursor_id
        if ticket_id == before and self.reading:
            self.notice("This is the last one of the list" if step > 0 else "This is the first one of the list")
        elif isinstance(ticket_id, int):
            self.open_ticket(ticket_id)

    # Moving in whatever has the keys

    def action_move_down(self) -> None:
        """One line down."""
        self._move(1)

    def action_move_up(self) -> None:
        """One line up."""
        self._move(-1)

    def _move(self, lines: int) -> None:
        if self.pane == "side":
            self.checklist.move(lines)
        elif self.pane == "main" and self.reading:
            self.transcript.scroll_lines(lines)
        else:
            self._list.move(lines)

    @property
    def _list(self) -> "ViewList | LineList[object]":
        return self.view_list if self.pane == "views" else self.queue  # type: ignore[return-value]  # any list moves alike

    def action_move_top(self) -> None:
        """To the first line."""
        if self.reading and self.pane == "main":
            self.transcript.home()
        else:
            self._list.home()

    def action_move_bottom(self) -> None:
        """To the last line."""
        if self.reading and self.pane == "main":
            self.transcript.end()
        else:
            self._list.end()

    def action_move_half_down(self) -> None:
        """Half a page down."""
        self._half(1)

    def action_move_half_up(self) -> None:
        """Half a page up."""
        self._half(-1)

    def _half(self, step: int) -> None:
        if self.reading and self.pane == "main":
            self.transcript.half_page(step)
        elif self.pane == "side":
            self.checklist.move(3 * step)
        else:
            self._list.half_page(step)

    # Reading

    def action_read_next_message(self) -> None:
        """To the next message."""
        self.transcript.next_message(1)

    def action_read_previous_message(self) -> None:
        """To the message before."""
        self.transcript.next_message(-1)

    def action_read_quotes(self) -> None:
        """Unfold or fold the quotes of this message."""
        self.transcript.toggle_quotes()

    def action_read_all_quotes(self) -> None:
        """Unfold or fold every quote."""
        self.transcript.toggle_all_quotes()
