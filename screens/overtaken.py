"""A held reply and what its customer wrote meanwhile, both in full: side by side where there is room.

The invariant: the newest words of the customer's are on it whatever its height, since they are what the agent has to
judge the reply by.
"""

from collections.abc import Callable
from datetime import tzinfo
from itertools import chain, zip_longest

from textual.strip import Strip

from storage.outbox import Overtaken
from widgets.cells import cut, fit, harmless
from widgets.inks import Lines, Piece
from widgets.moments import moment
from widgets.wrap import one_line, wrap

BESIDE_FROM = 76


class BothTexts(Lines, can_focus=False):
    """The two texts."""

    DEFAULT_CSS = "BothTexts { height: 1fr; overflow: hidden; scrollbar-gutter: auto; display: none; }"

    def __init__(self, *, clock: Callable[[], int], zone: tzinfo) -> None:
        super().__init__()
        self._clock, self._zone = clock, zone
        self._found: Overtaken | None = None

    def show(self, found: Overtaken | None) -> None:
        """Show another one, or nothing."""
        if found != self._found:
            self._found = found
            self.display = found is not None
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line."""
        width = self.size.width
        if self._found is None:
            return self.strip([], width)
        lines = both_texts(self._found, width, self.size.height, self._clock(), self._zone)
        return self.strip(lines[y] if y < len(lines) else [], width)


def both_texts(found: Overtaken, width: int, height: int, now: int, zone: tzinfo) -> list[list[Piece]]:
    """The lines of both, in so many cells and lines."""
    beside = width >= BESIDE_FROM
    room = (width - 5) // 2 if beside else width - 2
    # Below each other, each has half of the lines.
    lines = height if beside else height // 2
    heard: list[Piece] = []
    for message in reversed(found.heard):
        heard += _text(message.sender + " wrote " + moment(message.at, now, zone), message.body, room)
    written = _text("Held reply, of " + moment(found.written_at, now, zone), found.body, room)
    heard, written = _shortened(heard, lines, room), _shortened(written, lines, room)
    if not beside:
        return [[(" ", "plain"), piece] for piece in chain(heard, written)]
    blank: Piece = ("", "plain")
    return [
        [(" ", "plain"), (fit(left[0], room), left[1]), (" │ ", "rule"), right]
        for left, right in zip_longest(heard, written, fillvalue=blank)
    ]


def _text(title: str, body: str, room: int) -> list[Piece]:
    lines: list[Piece] = [(cut(harmless(title), room), "title")]
    for line in body.splitlines():
        text = one_line(line)
        lines += [(text[start:end], "plain") for start, end in wrap(text, room)]
    return [*lines, ("", "plain")]


def _shortened(lines: list[Piece], most: int, room: int) -> list[Piece]:
    """As many as there is room for; where that isn't all, the last one says so."""
    if len(lines) <= most:
        return lines
    return [*lines[: max(0, most - 1)], (cut("… more of it on the ticket: Enter", room), "muted")]
