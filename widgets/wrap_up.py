"""The wrap-up: what became of the call, one digit each, and the ticket that it is written on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType
from textual.strip import Strip

from desk.records import TicketRow
from widgets.cells import fit, harmless
from widgets.columns import CHANNEL_MARKS, SOLVED, STATUS_MARKS
from widgets.inks import Lines, Piece, both_ends

COLUMN = 18


@dataclass(frozen=True, slots=True)
class WrapUpFacts:
    """`outcomes` are (key, words); `tickets` those to choose from, and `chosen` the place of one, None for a new one.

    `when` is what the time that was given means, `keys` what chooses the next ticket and gives the time.
    """

    outcomes: tuple[tuple[str, str], ...]
    tickets: tuple[TicketRow, ...]
    chosen: int | None
    talked: str
    when: str
    keys: tuple[str, str]


def wrap_up_lines(facts: WrapUpFacts, cells: int) -> list[list[Piece]]:
    """All of it, in lines of at most `cells`. Pure."""
    columns = max(1, min(3, (cells - 1) // COLUMN))
    lines: list[list[Piece]] = [[("What became of it?", "title"), ("  " + facts.talked, "muted")]]
    rows = -(-len(facts.outcomes) // columns)
    for row in range(rows):
        pieces: list[Piece] = []
        for key, words in facts.outcomes[row::rows]:
            pieces += [(key + " ", "key"), (fit(words, COLUMN - 2), "plain")]
        lines.append(pieces)
    choose, when = facts.keys
    lines += [
        [
            (when + " ", "key"),
            ("when: " if facts.when else "says when to follow up", "muted"),
            (facts.when, "promised"),
        ],
        [],
        [("Written on", "title"), ("  " + choose, "key"), (" another", "muted")],
        *(_ticket(row, place == facts.chosen, cells) for place, row in enumerate(facts.tickets)),
        _choice([("+ ", "mark"), ("a new ticket", "plain")], facts.chosen is None),
    ]
    return lines


def _ticket(row: TicketRow, here: bool, cells: int) -> list[Piece]:
    mark = STATUS_MARKS[row.status] if row.status < min(SOLVED + 2, len(STATUS_MARKS)) else "?"
    left: list[Piece] = [
        (f"{mark} {CHANNEL_MARKS.get(row.channel, '?')} ", "mark"),
        (f"#{row.number} ", "muted"),
        (" ".join(harmless(row.subject).split()) or "(no subject)", "plain"),
    ]
    return both_ends(_choice(left, here), [], cells)


def _choice(pieces: list[Piece], here: bool) -> list[Piece]:
    """A line of the choice; the chosen one has its sign and is strong."""
    if not here:
        return [("  ", "plain"), *pieces]
    return [("▸ ", "key"), *((text, "strong" if ink == "plain" else ink) for text, ink in pieces)]


class WrapUpPanel(Lines, can_focus=True, inherit_bindings=False):
    """The lines, while a call is to be written down."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = []
    DEFAULT_CSS = "WrapUpPanel { height: auto; overflow: hidden; scrollbar-gutter: auto; }"

    def __init__(self) -> None:
        super().__init__()
        self._facts: WrapUpFacts | None = None
        self._lines: Sequence[list[Piece]] = ()

    def show(self, facts: WrapUpFacts) -> None:
        """Show what can be chosen."""
        if facts != self._facts:
            self._facts = facts
            self._lay_out()

    def on_resize(self) -> None:
        """Break it for the new width."""
        self._lay_out()

    def render_line(self, y: int) -> Strip:
        """One line."""
        pieces = self._lines[y] if y < len(self._lines) else []
        return self.strip([(" ", "plain"), *pieces], self.size.width)

    def _lay_out(self) -> None:
        if self._facts is not None and self.size.width > 4:
            self._lines = wrap_up_lines(self._facts, self.size.width - 2)
            self.styles.height = len(self._lines) + 1
            self.refresh()
