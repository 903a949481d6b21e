"""Where each line of a conversation stands: layouts of messages, one below the other. Pure, without Textual.

The invariants: a layout is made once for a message, a width and a state of its folds; an anchor (message, line in it)
stays what it is, whatever is unfolded or comes in above it.
"""

import sys
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import accumulate

from desk.records import Message
from widgets.inks import Piece
from widgets.message_lines import Line, Setting, counts_down, message_lines

# Of a longer conversation the older messages wait until they are asked for.
LAID_OUT = 4_000
NARROWEST = 12


@dataclass(slots=True)
class _Block:
    """A message and its lines; `key` is what they were made for."""

    message: Message
    key: Setting | None = None
    lines: Sequence[Line] = ()


class Conversation:
    """The lines of all messages that are laid out, by number from the top."""

    def __init__(self, messages: Sequence[Message], now: int, zone: tzinfo) -> None:
        self._blocks = [_Block(message) for message in messages]
        self._by_id = {block.message.id: place for place, block in enumerate(self._blocks)}
        self._now, self._zone, self._cells = now, zone, 80
        self._first = 0
        self._tops: list[int] = [0]
        self._unfolded: set[int] = set()
        self._portions: dict[int, int] = {}
        self._read_until: int | None = None
        self._limit = LAID_OUT

    def followed_by(
        self, messages: Sequence[Message], now: int, *, again: bool, read_until: int | None
    ) -> "Conversation":
        """The same conversation with its present messages (`again`), or another one; unchanged layouts are kept."""
        other = Conversation(messages, now, self._zone)
        other._read_until = self._read_until if again else read_until
        if again:
            other._unfolded, other._portions, other._limit = self._unfolded, self._portions, self._limit
            for block in other._blocks:
                place = self._by_id.get(block.message.id)
                if place is not None and self._blocks[place].message == block.message:
                    block.key, block.lines = self._blocks[place].key, self._blocks[place].lines
        return other

    # Layout

    @property
    def height(self) -> int:
        """How many lines there are."""
        return self._tops[-1]

    @property
    def earlier(self) -> int:
        """How many older messages are not laid out yet."""
        return self._first

    def lay_out(self, cells: int) -> None:
        """Make the lines for a width, newest messages first, until enough are made."""
        self._cells = max(cells, NARROWEST)
        made = 0
        place = len(self._blocks)
        while place and made < self._limit:
            place -= 1
            made += len(self._lines(self._blocks[place]))
        self._first = place
        heights = [len(self._block_lines(number)) for number in range(place, len(self._blocks))]
        self._tops = [0, *accumulate(heights)]

    def tick(self, now: int) -> bool:
        """Take the present time; whether something shown changes with it."""
        self._now = now
        return any(counts_down(block.message) for block in self._blocks[self._first :])

    def line(self, number: int) -> tuple[int, Line]:
        """The message id and the line at a number from the top."""
        place = bisect_right(self._tops, number) - 1
        block = self._first + place
        return self._blocks[block].message.id, self._block_lines(block)[number - self._tops[place]]

    def _block_lines(self, place: int) -> Sequence[Line]:
        """A block's lines with what stands above it: the older messages not shown, the divider of what is new."""
        above: list[Line] = []
        if place == self._first and self._first:
            words = "1 earlier message" if self._first == 1 else f"{self._first} earlier messages"
            above.append(Line(((f"··· {words}", "mark"),), apart=True, target=("earlier", 0)))
        if self._divided(place):
            above.append(Line(tuple(self._divider()), apart=True))
        lines = self._lines(self._blocks[place])
        # Events stand together, apart from what comes after them.
        below = [Line(apart=True)] if self._is_event(place) and not self._is_event(place + 1) else []
        return [*above, *lines, *below] if above or below else lines

    def _is_event(self, place: int) -> bool:
        return place < len(self._blocks) and self._blocks[place].message.kind == "event"

    def _divided(self, place: int) -> bool:
        until = self._read_until
        if until is None or place == 0 or self._blocks[place].message.at <= until:
            return False
        return self._blocks[place - 1].message.at <= until

    def _divider(self) -> list[Piece]:
        word = " new "
        side = max(2, (self._cells - len(word)) // 2)
        return [("─" * side, "rule"), (word, "title"), ("─" * max(2, self._cells - side - len(word)), "rule")]

    def _lines(self, block: _Block) -> Sequence[Line]:
        message = block.message
        setting = Setting(
            cells=self._cells,
            now=self._now if counts_down(message) else 0,
            zone=self._zone,
            unfolded=message.id in self._unfolded,
            portions=self._portions.get(message.id, 1),
            subject=self._blocks[0].message.subject,
        )
        if block.key != setting:
            block.key, block.lines = setting, message_lines(message, setting._replace(now=self._now))
        return block.lines

    # Folding

    def toggle(self, message_id: int) -> None:
        """Unfold a message's quotes, or fold them; where nothing is folded, show more of it."""
        message = self.message(message_id)
        if message is not None and message.folds:
            self._unfolded ^= {message_id}
        else:
            self.show_more(message_id)

    def toggle_all(self) -> None:
        """Unfold all quotes, or fold all where every one is unfolded."""
        folded = {block.message.id for block in self._blocks if block.message.folds}
        self._unfolded = set() if folded <= self._unfolded else folded

    def show_more(self, message_id: int) -> None:
        """Show the next portion of a long message."""
        self._portions[message_id] = self._portions.get(message_id, 1) * 2

    def show_earlier(self) -> bool:
        """Lay out older messages too; False where all are."""
        if not self._first:
            return False
        self._limit += LAID_OUT
        self.lay_out(self._cells)
        return True

    def show_all(self) -> None:
        """Lay out every message; once, as each layout goes through all that came before it."""
        self._limit = sys.maxsize
        self.lay_out(self._cells)

    # Places

    def message(self, message_id: int) -> Message | None:
        """A message by its id; None where it is no more."""
        place = self._by_id.get(message_id)
        return None if place is None else self._blocks[place].message

    def readable(self, message_id: int) -> bool:
        """Whether an entry is a message that can be the current one; events can't."""
        message = self.message(message_id)
        return message is not None and message.kind != "event"

    def anchor(self, number: int) -> tuple[int, int]:
        """The message at a line, and the line's number in it."""
        if not self._blocks or not self.height:
            return 0, 0
        number = max(0, min(number, self.height - 1))
        place = bisect_right(self._tops, number) - 1
        return self._blocks[self._first + place].message.id, number - self._tops[place]

    def line_of(self, message_id: int, offset: int) -> int:
        """The line from the top of an anchor."""
        place = self._by_id.get(message_id, -1) - self._first
        if not 0 <= place < len(self._tops) - 1:
            return 0
        return min(self._tops[place] + offset, self._tops[place + 1] - 1)

    def neighbour(self, message_id: int | None, step: int) -> int | None:
        """The message after or before another one; without one, the last or the first."""
        place = self._by_id.get(message_id) if message_id is not None else None
        if place is None:
            place = self._first - 1 if step > 0 else len(self._blocks)
        place += step
        while self._first <= place < len(self._blocks):
            if self._blocks[place].message.kind != "event":
                return self._blocks[place].message.id
            place += step
        return None

    def seen(self, top: int, height: int) -> list[int]:
        """The messages whose beginning, or at least a part, is on the screen; those with a beginning first."""
        first = max(0, bisect_right(self._tops, top) - 1)
        last = max(0, bisect_right(self._tops, top + height - 1) - 1)
        places = range(first, min(last + 1, len(self._tops) - 1))
        return [
            self._blocks[self._first + place].message.id
            for place in places
            if self._blocks[self._first + place].message.kind != "event"
        ]

    def first_to_read(self) -> int | None:
        """Where reading begins: the first message that is new, else the newest that a person wrote or sent."""
        messages = [block.message for block in self._blocks if block.message.kind != "event"]
        # What we have answered by itself is no news to us.
        messages = [each for each in messages if each.kind != "outbound" or not each.automatic] or messages
        if self._read_until is not None:
            unread = [message.id for message in messages if message.at > self._read_until]
            if unread:
                return unread[0]
        return messages[-1].id if messages else None

    def opening_line(self, message_id: int, height: int) -> int:
        """The line at the top when a ticket opens: the message from its beginning, but no blank screen below it."""
        return max(0, min(self.line_of(message_id, 0), self.height - height))
