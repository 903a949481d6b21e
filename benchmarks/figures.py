"""One figure of a benchmark: what Heard takes, what a peer and the bare limit take in the same run, and the goal."""

from collections.abc import Iterable
from dataclasses import dataclass

COLUMNS = ("what", "Heard", "peer", "limit", "ratio", "goal", "met")


@dataclass(frozen=True, slots=True)
class Beside:
    """What the same thing takes elsewhere, in the figure's unit, and where."""

    value: float
    name: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A claim. `ratio` is to the peer, else to the limit; `met` is None where there is no goal."""

    what: str
    heard: float
    unit: str
    peer: Beside | None = None
    limit: Beside | None = None
    goal: str = ""
    met: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """The figure as a line of the table."""
        beside = self.peer or self.limit
        return (
            self.what,
            f"{number(self.heard)} {self.unit}",
            self._beside(self.peer),
            self._beside(self.limit),
            number(self.heard / beside.value) if beside and beside.value else "",
            self.goal,
            "" if self.met is None else "yes" if self.met else "NO",
        )

    def _beside(self, beside: Beside | None) -> str:
        return f"{number(beside.value)} {beside.name}" if beside else ""


def at_most(
    what: str, heard: float, unit: str, most: float, peer: Beside | None = None, limit: Beside | None = None
) -> Figure:
    """A figure that may not be above `most`."""
    return Figure(what, heard, unit, peer, limit, f"at most {number(most)}", heard <= most)


def at_least(
    what: str, heard: float, unit: str, least: float, peer: Beside | None = None, limit: Beside | None = None
) -> Figure:
    """A figure that may not be below `least`."""
    return Figure(what, heard, unit, peer, limit, f"at least {number(least)}", heard >= least)


def at_most_times(what: str, heard: float, unit: str, times: float, peer: Beside) -> Figure:
    """A figure that may not be more than `times` the peer's."""
    return Figure(what, heard, unit, peer, None, f"at most {times:g} × peer", heard <= times * peer.value)


def table(figures: Iterable[Figure]) -> str:
    """The figures as a table in Markdown."""
    return drawn([figure.cells for figure in figures])


def drawn(lines: list[tuple[str, ...]]) -> str:
    """Lines of cells under the names of the columns, in Markdown. A pipe in a cell doesn't end it."""
    lines = [tuple(cell.replace("|", "\\|") for cell in line) for line in (COLUMNS, *lines)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(COLUMNS))]
    padded = [[cell.ljust(size) for cell, size in zip(line, widths, strict=True)] for line in lines]
    rows = [f"| {' | '.join(cells)} |" for cells in padded]
    rule = "|" + "|".join("-" * (size + 2) for size in widths) + "|"
    return "\n".join((rows[0], rule, *rows[1:]))


def number(value: float) -> str:
    """Three digits that say something, whatever the size."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 or value == 0 else f"{value:.2g}"
