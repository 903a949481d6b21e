"""What a supervisor tells everybody, below the top line of every screen, until it is put away or its time is over.

The invariants: it hides nothing, since it takes lines of its own, and never has the focus; it has `MOST` lines at most,
however long it is; whose words they are stands in front of them.
"""

from dataclasses import dataclass

from textual import events
from textual.strip import Strip

from widgets.cells import harmless, shorten, width
from widgets.inks import Lines, Piece, both_ends
from widgets.wrap import wrap

MOST = 3
INDENT = "   "


@dataclass(frozen=True, slots=True)
class BannerFacts:
    """One line for everybody: whose it is, until when it stands, how many more there are, and the key that ends it."""

    words: str
    agent: str
    until: str = ""
    more: int = 0
    key: str = ""


def banner_lines(facts: BannerFacts, cells: int) -> list[list[Piece]]:
    """The lines of a banner, each `cells` wide. Pure."""
    who = shorten(harmless(facts.agent) or "Heard", 20)
    left: list[Piece] = [(" ◆ ", "title"), (who + ": ", "agent")]
    told = " · ".join(part for part in (facts.until, f"and {facts.more} more" if facts.more else "") if part)
    right: list[Piece] = [("  " + told + "  ", "muted")] if told and cells >= 60 else [("  ", "plain")]
    if facts.key:
        right += [(facts.key, "key"), (" noted ", "muted")]
    taken = sum(width(text) for text, _ in (*left, *right))
    words = " ".join(harmless(facts.words).split())
    # What stands at both ends has a blank between.
    first = wrap(words, cells - taken - 1)[0][1]
    lines = [both_ends([*left, (words[:first], "strong")], right, cells)]
    rest = words[first:].strip()
    parts = [rest[start:end] for start, end in wrap(rest, cells - len(INDENT) - 1)] if rest else []
    if len(parts) >= MOST:
        parts = [*parts[: MOST - 2], " ".join(parts[MOST - 2 :])]
    # A last line that is too long ends with an ellipsis.
    room = cells - len(INDENT) - 1
    lines += [both_ends([(INDENT, "plain"), (shorten(part, room), "strong")], [], cells) for part in parts]
    return lines


class BannerBar(Lines, can_focus=False, inherit_bindings=False):
    """The banner; takes no line while nothing is told."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    BannerBar {
        display: none; height: 1; overflow: hidden; scrollbar-size: 0 0; scrollbar-gutter: auto; background: $selected;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._facts: BannerFacts | None = None

    @property
    def facts(self) -> BannerFacts | None:
        """What it shows; None for nothing."""
        return self._facts

    def lines_at(self, cells: int) -> int:
        """How many lines it takes on a screen of that width."""
        return 0 if self._facts is None else len(banner_lines(self._facts, cells))

    def show(self, facts: BannerFacts | None, cells: int) -> None:
        """Show a banner, or none, on a screen of that width."""
        if facts != self._facts:
            self._facts = facts
            self.display = facts is not None
            self.styles.height = max(self.lines_at(cells), 1)
            self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        """Another width, other lines."""
        self.styles.height = max(self.lines_at(event.size.width), 1)

    def render_line(self, y: int) -> Strip:
        """One of its lines."""
        cells = self.size.width
        lines = banner_lines(self._facts, cells) if self._facts is not None else []
        return self.strip(lines[y] if y < len(lines) else [], cells, "selected")
