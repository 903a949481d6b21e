"""Facts about what is under the cursor, each with its label, wrapped beside it: the side pane of plain pages."""

from textual.strip import Strip

from widgets.cells import fit, harmless
from widgets.inks import Lines, Piece
from widgets.wrap import wrap

LABEL = 15
# A label, what there is to say, and its ink.
Told = tuple[str, str, str]


class FactsPane(Lines, can_focus=False):
    """What there is to say about the line under the cursor."""

    DEFAULT_CSS = "FactsPane { height: 1fr; overflow: hidden; scrollbar-gutter: auto; }"

    def __init__(self) -> None:
        super().__init__()
        self._facts: list[Told] = []

    def show(self, facts: list[Told]) -> None:
        """Say something else."""
        if facts != self._facts:
            self._facts = facts
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line."""
        width = self.size.width
        lines = laid_out(self._facts, width)
        return self.strip(lines[y] if y < len(lines) else [], width)


def laid_out(facts: list[Told], width: int) -> list[list[Piece]]:
    """The facts as lines, their words wrapped beside their labels; a line end in them begins another line."""
    lines: list[list[Piece]] = []
    for label, words, ink in facts:
        texts = [" ".join(harmless(line).split()) for line in words.split("\n")]
        parts = [text[start:end] for text in texts for start, end in wrap(text, width - LABEL - 3)]
        for number, part in enumerate(parts):
            lines.append([(" " + fit(label if number == 0 else "", LABEL) + " ", "muted"), (part, ink)])
    return lines
