"""The conversation of a ticket: messages, notes, calls and events in one line of time, drawn line by line.

The invariants: another ticket is drawn, not built, so that 30 messages are on the screen within 30 ms; what the agent
reads stays where it is when something new comes in; of a very long conversation only its newer part is laid out until
the agent goes further back.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from itertools import pairwise
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message as Announcement
from textual.selection import Selection
from textual.strip import Strip

from desk.records import Message
from widgets.conversation import Conversation
from widgets.inks import Lines, Piece, piece_at
from widgets.message_lines import GUTTER, TEXT_WIDTH, Line

CURSOR_BAR, NOTE_BAR = "▌", "┃"


class Transcript(Lines, can_focus=True, inherit_bindings=False):
    """Messages to read; the current one is marked by a bar at its left."""

    ALLOW_SELECT = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_lines(-1)", show=False),
        Binding("down", "scroll_lines(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "home", show=False),
        Binding("end", "end", show=False),
    ]

    @dataclass
    class MessageReached(Announcement):
        """Another message is the current one."""

        message_id: int

    @dataclass
    class AttachmentChosen(Announcement):
        """A file was clicked."""

        attachment_id: int

    @dataclass
    class LinkChosen(Announcement):
        """A web address was clicked."""

        url: str

    def __init__(
        self, *, clock: Callable[[], int], zone: tzinfo = UTC, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._clock, self._zone = clock, zone
        self._ticket: int | None = None
        self._conversation = Conversation((), clock(), zone)
        self._current: int | None = None
        self._opening = False
        self._room = 0

    # What it shows

    def show(self, ticket_id: int, messages: Sequence[Message], *, read_until: int | None = None) -> None:
        """Show a conversation, oldest first; the same ticket again keeps its place, another one begins at what is new.

        Messages after `read_until` (microseconds) stand behind a divider.
        """
        again = ticket_id == self._ticket
        anchor = self._conversation.anchor(self.scroll_offset.y) if again else None
        self._ticket = ticket_id
        self._conversation = self._conversation.followed_by(messages, self._clock(), again=again, read_until=read_until)
        if not again or self.current is None:
            self._set_current(self._conversation.first_to_read())
            self._opening = not again
        self._lay_out()
        if anchor is not None:
            self._scroll(self._conversation.line_of(*anchor))

    def clear(self) -> None:
        """Show nothing."""
        self._ticket, self._current = None, None
        self._conversation = Conversation((), self._clock(), self._zone)
        self._lay_out()

    def tick(self) -> None:
        """Let countdowns go on."""
        if self._conversation.tick(self._clock()):
            self._lay_out()

    # Where the agent reads

    @property
    def current(self) -> Message | None:
        """The message that deeds on a message are about."""
        return None if self._current is None else self._conversation.message(self._current)

    def scroll_lines(self, lines: int) -> None:
        """Scroll down by `lines`."""
        if lines < 0 and self.scroll_offset.y == 0:
            self._go_further_back()
        self._scroll(self.scroll_offset.y + lines)

    def half_page(self, halves: int) -> None:
        """Scroll by halves of the screen."""
        self.scroll_lines(halves * max(1, self.size.height // 2))

    def page(self, pages: int) -> None:
        """Scroll by whole screens, two lines of overlap."""
        self.scroll_lines(pages * max(1, self.size.height - 2))

    def home(self) -> None:
        """Go to the very first message."""
        if self._conversation.earlier:
            self._conversation.show_all()
            self._lay_out()
        self._scroll(0)
        self._set_current(self._conversation.neighbour(None, 1))

    def end(self) -> None:
        """Go to the last line."""
        self._scroll(self._conversation.height)
        self._set_current(self._conversation.neighbour(None, -1))

    def show_newest(self) -> None:
        """Bring the newest message into sight, from its beginning where it is long."""
        newest = self._conversation.neighbour(None, -1)
        if newest is not None:
            self._scroll(self._conversation.opening_line(newest, self.size.height))

    def next_message(self, step: int) -> None:
        """Go to the message after (1) or before (-1) the current one; events are passed over."""
        following = self._conversation.neighbour(self._current, step)
        if following is None and step < 0 and self._conversation.earlier:
            self._go_further_back()
            following = self._conversation.neighbour(self._current, step)
        if following is not None:
            self.go_to(following)

    def go_to(self, message_id: int) -> None:
        """Make a message the current one and bring its beginning to the top."""
        self._set_current(message_id)
        self._scroll(self._conversation.line_of(message_id, 0))

    def toggle_quotes(self) -> None:
        """Unfold the quotes of the current message, or fold them again."""
        if self._current is not None:
            self._unfold(self._current)

    def toggle_all_quotes(self) -> None:
        """Unfold every quote, or fold all again."""
        anchor = self._conversation.anchor(self.scroll_offset.y)
        self._conversation.toggle_all()
        self._lay_out()
        self._scroll(self._conversation.line_of(*anchor))

    # How it is drawn

    def render_line(self, y: int) -> Strip:
        """One line of the screen, with the marks that select text by the mouse."""
        number = y + self.scroll_offset.y
        cells = self.cells
        if number >= self._conversation.height:
            return self.strip([], cells)
        message_id, line = self._conversation.line(number)
        strip = self.strip([*self._gutter(message_id, line), *line.pieces], cells, line.ground)
        selection = self.text_selection
        span = None if selection is None else selection.get_span(number)
        if span is not None:
            strip = _highlighted(strip, span, self.screen.get_component_rich_style("screen--selection"))
        return strip.apply_offsets(0, number)

    def _gutter(self, message_id: int, line: Line) -> list[Piece]:
        bar = CURSOR_BAR if message_id == self._current and not line.apart else " "
        return [(bar, "mark"), (NOTE_BAR if line.ground == "note" else " ", "note"), (" ", "plain")]

    # Text selected by the mouse

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text as it was written: without the gutter, and unbroken where a line was only wrapped."""
        first = 0 if selection.start is None else selection.start.y
        last = self._conversation.height - 1 if selection.end is None else selection.end.y
        text = ""
        for number in range(max(first, 0), min(last + 1, self._conversation.height)):
            _, line = self._conversation.line(number)
            whole = " " * GUTTER + "".join(piece for piece, _ in line.pieces)
            span = selection.get_span(number) or (0, -1)
            start, end = span[0], len(whole) if span[1] == -1 else span[1]
            if number > first:
                text += " " if line.joins else "\n"
            text += whole[max(start, GUTTER) : end].rstrip()
        return (text, "\n") if text else None

    # How it moves and what the mouse does

    action_scroll_lines, action_page, action_home, action_end = scroll_lines, page, home, end

    def on_resize(self) -> None:
        """Break the lines anew, with the same line at the top; a composer covers no message that is being answered."""
        opening, anchor = self._opening, self._conversation.anchor(self.scroll_offset.y)
        lower = self.size.height < self._room
        self._room = self.size.height
        self._lay_out()
        if opening:
            return
        top = self._conversation.line_of(*anchor)
        if lower and self._current is not None and self._conversation.line_of(self._current, 0) > top:
            top = max(top, self._conversation.opening_line(self._current, self._room))
        self._scroll(top)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or self.text_selection is not None:
            return
        number = offset.y + self.scroll_offset.y
        if number >= self._conversation.height:
            return
        message_id, line = self._conversation.line(number)
        if self._conversation.readable(message_id):
            self._set_current(message_id)
        self._clicked(line, offset.x - GUTTER)

    def _clicked(self, line: Line, x: int) -> None:
        kind, number = line.target or ("", 0)
        if kind == "fold":
            self._unfold(number)
        elif kind == "more":
            self._conversation.show_more(number)
            self._lay_out()
        elif kind == "earlier":
            self._go_further_back()
        elif kind == "attachment":
            self.post_message(self.AttachmentChosen(number))
        place = piece_at(line.pieces, x)
        if place is not None and line.pieces[place][1] == "link":
            before = sum(ink == "link" for _, ink in line.pieces[:place])
            self.post_message(self.LinkChosen(line.urls[before]))

    def _unfold(self, message_id: int) -> None:
        """Unfold quotes, or show the next part where the message is longer than what is shown."""
        self._conversation.toggle(message_id)
        self._lay_out()

    def _go_further_back(self) -> None:
        anchor = self._conversation.anchor(self.scroll_offset.y)
        if self._conversation.show_earlier():
            self._lay_out()
            self._scroll(self._conversation.line_of(*anchor))

    def _lay_out(self) -> None:
        cells = self.cells
        if not cells:
            return
        self._conversation.lay_out(min(cells - GUTTER - 1, TEXT_WIDTH))
        self.set_lines(self._conversation.height)
        if self._opening and self._current is not None:
            self._opening = False
            self._scroll(self._conversation.opening_line(self._current, self.size.height))
        self.refresh()

    def _scroll(self, line: int) -> None:
        self.scroll_to(y=max(0, line), animate=False, immediate=True, force=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The current message is one that can be seen: where its own lines have gone, the first on the screen is it."""
        super().watch_scroll_y(old_value, new_value)
        seen = self._conversation.seen(self.scroll_offset.y, self.size.height)
        if seen and self._current not in seen:
            self._set_current(seen[0])

    def _set_current(self, message_id: int | None) -> None:
        if message_id != self._current:
            self._current = message_id
            self.refresh()
            if message_id is not None:
                self.post_message(self.MessageReached(message_id))


def _highlighted(strip: Strip, span: tuple[int, int], style: object) -> Strip:
    """`strip` with the characters of `span` in a style; an end of -1 is the line's end."""
    from rich.style import Style

    assert isinstance(style, Style)
    first, last = span[0], len(strip.text) if span[1] == -1 else span[1]
    segments: list[Segment] = []
    place = 0
    for text, base, _ in strip:
        cuts = sorted({0, len(text), *(min(max(edge - place, 0), len(text)) for edge in (first, last))})
        for start, end in pairwise(cuts):
            inside = first <= place + start < last
            segments.append(Segment(text[start:end], (base + style if base else style) if inside else base))
        place += len(text)
    return Strip(segments, strip.cell_length)
