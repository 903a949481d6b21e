"""The caller card: drawn from what is known of who calls, without a further key."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from widgets.caller_lines import Caller, caller_lines
from widgets.customer_card import CardLine
from widgets.inks import Lines


class CallerPanel(Lines, can_focus=True, inherit_bindings=False):
    """The card, or those to pick from."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = []
    DEFAULT_CSS = "CallerPanel { height: 1fr; }"

    @dataclass
    class TicketChosen(Message):
        """A ticket of the card was clicked."""

        ticket_id: int

    def __init__(self, *, clock: Callable[[], int], zone: tzinfo) -> None:
        super().__init__()
        self._clock, self._zone = clock, zone
        self._caller: Caller | None = None
        self._lines: list[CardLine] = []

    def show(self, caller: Caller) -> None:
        """Show who calls."""
        if caller != self._caller:
            self._caller = caller
            self._lay_out()

    def scroll_lines(self, lines: int) -> None:
        """Scroll down by `lines`."""
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False, immediate=True, force=True)

    def on_resize(self) -> None:
        """Draw it for the new width."""
        self._lay_out()

    def render_line(self, y: int) -> Strip:
        """One line of the card."""
        number, cells = y + self.scroll_offset.y, self.cells
        pieces = self._lines[number].pieces if number < len(self._lines) else ()
        return self.strip([(" ", "plain"), *pieces], cells)

    def on_click(self, event: events.Click) -> None:
        """A click on a ticket opens it."""
        offset = event.get_content_offset(self)
        number = -1 if offset is None else offset.y + self.scroll_offset.y
        ticket_id = self._lines[number].ticket_id if 0 <= number < len(self._lines) else None
        if ticket_id is not None:
            self.post_message(self.TicketChosen(ticket_id))

    def _lay_out(self) -> None:
        cells = self.cells - 2
        if self._caller is not None and cells > 0:
            self._lines = caller_lines(self._caller, cells, self._clock(), self._zone)
        self.set_lines(len(self._lines))
        self.refresh()
