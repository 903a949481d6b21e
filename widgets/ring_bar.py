"""Who rings, over whatever else is on the screen: one line for each call, and the key that takes it.

The invariants: it is drawn over what stands below the top line and moves nothing, so that the clock of the agent's own
call stays in sight; it never has the focus; a maybe never looks like something known.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.strip import Strip

from desk.calls import TWO_RINGS, clock
from desk.times import SECOND
from widgets.cells import fit, harmless, width
from widgets.customer_card import KNOWN, MAYBE
from widgets.inks import Lines, Piece, both_ends, pieces_width

MOST = 3


@dataclass(frozen=True, slots=True)
class RingFacts:
    """One who rings. `known` is None where nobody is known by the number; `state` says what rings or what is open.

    `words` are what is most worth knowing of them, the most important first; `key` takes the call.
    """

    title: str
    number: str
    known: bool | None
    words: tuple[str, ...]
    since: int
    key: str
    state: str = "rings"


def ring_line(facts: RingFacts, cells: int, now: int, key_words: str) -> list[Piece]:
    """One ring in a line: how long, who, and as much of the rest as fits. Pure."""
    waited = now - facts.since
    left: list[Piece] = [
        (" ☎ ", "title"),
        (f"{facts.state} {clock(waited // SECOND)}  ", "late" if waited > TWO_RINGS else "due"),
        (fit(harmless(facts.title), min(30, width(harmless(facts.title)))) + "  ", "unread"),
    ]
    right: list[Piece] = [(" " + facts.key, "key"), (f" {key_words} ", "strong")] if facts.key else []
    room = cells - pieces_width(left) - pieces_width(right) - 1
    if facts.known is not None:
        left.append((KNOWN + " ", "good") if facts.known else (MAYBE + " maybe  ", "due"))
        room -= pieces_width(left[-1:])
    for text in (facts.number, *facts.words):
        words = harmless(text)
        if not words or width(words) + 3 > room:
            continue
        left += [(words, "plain"), (" · ", "faint")]
        room -= width(words) + 3
    if left[-1] == (" · ", "faint"):
        left.pop()
    return both_ends(left, right, cells)


class RingBar(Lines, can_focus=False, inherit_bindings=False):
    """The banner; hidden while nobody rings."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    RingBar {
        layer: above; dock: top; margin: 1 0 0 0; display: none; height: 1; overflow: hidden; scrollbar-gutter: auto;
        background: $selected;
    }
    """

    def __init__(self, *, clock: Callable[[], int]) -> None:
        super().__init__()
        self._clock = clock
        self._rings: tuple[RingFacts, ...] = ()

    @property
    def rings(self) -> tuple[RingFacts, ...]:
        """What it shows."""
        return self._rings

    def show(self, rings: Sequence[RingFacts]) -> None:
        """Show who rings; nothing where nobody does."""
        self._rings = tuple(rings)
        lines = min(len(self._rings), MOST)
        self.display = lines > 0
        self.styles.height = max(lines, 1)
        self.refresh()

    def tick(self) -> None:
        """A second has passed."""
        if self.display:
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One of them; the last line counts those that have none."""
        cells = self.cells
        if y >= len(self._rings):
            return self.strip([], cells, "selected")
        facts = self._rings[y]
        left_out = len(self._rings) - MOST
        more = f" and {left_out} more " if y == MOST - 1 and left_out > 0 else ""
        words = "take it" if facts.state == "rings" else "go on"
        pieces = ring_line(facts, cells - len(more), self._clock(), words)
        return self.strip([*pieces, (more, "strong")], cells, "selected")
