"""How the call stands, in the line over its panes: the clock, who is on the line, and the ticket that it goes on."""

from dataclasses import dataclass

from typing_extensions import override

from desk.calls import CallState
from widgets.bars import Bar
from widgets.cells import harmless
from widgets.inks import Piece, both_ends

_INKS = {
    CallState.RINGING: "due", CallState.TALKING: "good", CallState.HELD: "due", CallState.WRAPPING: "late",
    CallState.MISSED: "late", CallState.DONE: "muted",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What the line tells: `stands` in words with the clock, `called` who called whom, `ticket` where it goes."""

    state: CallState
    stands: str
    title: str
    number: str
    called: str
    ticket: str


class CallBar(Bar):
    """The line."""

    DEFAULT_CSS = "CallBar { background: $selected; }"

    def __init__(self) -> None:
        super().__init__()
        self.ground = "selected"
        self._facts: CallFacts | None = None

    def show(self, facts: CallFacts) -> None:
        """Take what is true now."""
        if facts != self._facts:
            self._facts = facts
            self.refresh()

    @override
    def pieces(self, cells: int) -> list[Piece]:
        """Clock and caller, and at the right where it goes, cut before the caller is."""
        facts = self._facts
        if facts is None:
            return []
        left: list[Piece] = [
            (" ☎ ", "title"),
            (facts.stands + "  ", _INKS[facts.state]),
            (harmless(facts.title), "unread"),
            (" " + facts.called + " ", "muted"),
            (harmless(facts.number), "plain"),
        ]
        used = sum(len(text) for text, _ in left)
        right: list[Piece] = [(harmless(facts.ticket) + " ", "muted")] if cells - used > 16 else []
        if right and len(right[0][0]) > cells - used - 2:
            right = [(right[0][0][: cells - used - 3].rstrip() + "… ", "muted")]
        return both_ends(left, right, cells)
