"""The page that a run of all benchmarks becomes: the one table, what misses and why, what was left out.

Why something misses is written by hand in `reasons.toml`, by the figure's name, so that making the page anew keeps it.
A reason is only shown while its figure misses; one that no figure needs any more is named, to be taken out.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figures import COLUMNS, Figure, drawn

REASONS = Path(__file__).with_name("reasons.toml")
UNEXPLAINED = "not explained yet"

HEAD = """# Performance{size}

Made by `{command}` on {date}, in {minutes:.0f} minutes. Everything in the table was measured in that one run.
{other}

- **Machine**: {machine}
- **Versions**: {versions}
- **Data**: {data}, made up with a fixed seed (`benchmarks/making/`)

A *peer* is what does the same thing elsewhere. A *limit* is what can't be beaten with the same storage: the bare SQL
statement without ranking, joining or making records, a bare `executemany`, reading without storing. The *ratio* is
Heard to the peer, where there is none to the limit. *p50* and *p99* are the middle one and the hundredth worst of many
runs. The goals are those set for a million of everything. A row that misses its goal says **NO**.

"""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a part of the run found: its title, a word on how it measures, its figures, and what ended it early."""

    title: str
    note: str
    figures: tuple[Figure, ...] = ()
    left_out: str = ""
    crashed: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Where and how a run was made; `other` says where the page of the other size is."""

    size: str
    command: str
    machine: str
    versions: str
    data: str
    minutes: float
    other: str


def table_of(parts: Sequence[Measured]) -> str:
    """All figures in one table, under the title of their part."""
    lines: list[tuple[str, ...]] = []
    for part in parts:
        if part.figures or part.crashed:
            lines.append((f"**{part.title}**", *[""] * (len(COLUMNS) - 1)))
        lines.extend(figure.cells for figure in part.figures)
        if part.crashed:
            lines.append((f"crashed: {part.crashed}", *[""] * (len(COLUMNS) - 2), "NO"))
    return drawn(lines)


def misses(parts: Sequence[Measured], reasons: Mapping[str, str]) -> str:
    """Each figure that misses its goal, with the reason; empty where all are met."""
    missed = [figure for part in parts for figure in part.figures if figure.met is False]
    lines = [
        f"- **{figure.what}**, {figure.cells[1]}, {figure.goal}: {reasons.get(figure.what, UNEXPLAINED)}"
        for figure in missed
    ]
    return "\n".join(lines)


def needless(parts: Sequence[Measured], reasons: Mapping[str, str]) -> list[str]:
    """Reasons whose figure was measured and meets its goal."""
    met = {figure.what for part in parts for figure in part.figures if figure.met is not False}
    missed = {figure.what for part in parts for figure in part.figures if figure.met is False}
    return [what for what in reasons if what in met - missed]


def omitted(parts: Sequence[Measured]) -> str:
    """What isn't in the table, and why."""
    lines = [f"- **{part.title}**: {part.left_out}" for part in parts if part.left_out]
    lines += [f"- **{part.title}**, what comes after the crash: {part.crashed}" for part in parts if part.crashed]
    return "\n".join(lines)


def page(parts: Sequence[Measured], run: Circumstances, reasons: Mapping[str, str]) -> str:
    """The whole page."""
    date = datetime.now(UTC).strftime("%-d %B %Y")
    head = HEAD.format(
        size=run.size, command=run.command, date=date, minutes=run.minutes,
        machine=run.machine, versions=run.versions, data=run.data, other=run.other,
    )  # fmt: skip
    sections = [
        ("", table_of(parts)),
        (
            "How it is measured",
            "\n".join(f"- **{part.title}**: {' '.join(part.note.split())}" for part in parts if part.figures),
        ),
        ("What misses, and why", misses(parts, reasons)),
        ("What was left out", omitted(parts)),
    ]
    body = "\n\n".join(f"## {title}\n\n{text}" if title else text for title, text in sections if text)
    return f"{head}{body}\n"


def read_reasons(path: Path = REASONS) -> dict[str, str]:
    """Why figures miss their goals, by their names; each one a text on one line."""
    with path.open("rb") as file:
        return {what: " ".join(str(why).split()) for what, why in tomllib.load(file).items()}
