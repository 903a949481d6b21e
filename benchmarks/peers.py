"""What a customer is found with elsewhere: ripgrep, fzf and SQLite's LIKE over the same identities as Heard's look-up.

Asked are whole and half-typed names, addresses, numbers and codes, always the same ones. ripgrep and fzf get a file
with one identity a line, which is read once before, so that it lies in memory.
"""

import random
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median

from benchmarks.figures import Beside, Figure
from benchmarks.making import SEED
from storage.connect import Connection
from storage.search.query import Finder

ASKED = 60
# LIKE and fzf read everything for each question, so that a few say enough.
FEW = 12
LIKE = (
    "SELECT DISTINCT c.id FROM identity i JOIN customer c ON c.id = i.customer_id WHERE i.value LIKE ? "
    "ORDER BY c.recency DESC LIMIT 10"
)
WHAT = "a customer found, p50"


def figures(connection: Connection, lines: Path) -> Iterator[Figure]:
    """Heard's look-up beside each peer that is installed; `lines` is where the file for them is put."""
    questions = asked(connection)
    write_lines(connection, lines)
    finder = Finder(connection)
    heard = _middle(finder.find, questions, time.thread_time)
    like = _middle(lambda text: connection.execute(LIKE, (f"%{text}%",)).fetchall(), questions[:FEW], time.thread_time)
    yield Figure(WHAT, heard, "ms", Beside(like, "LIKE, newest first"))
    commands: tuple[tuple[str, int, Callable[[str], list[str]]], ...] = (
        ("ripgrep, first 20 lines", ASKED, lambda text: ["rg", "-i", "-F", "-m", "20", "--", text, str(lines)]),
        ("ripgrep, all lines", ASKED, lambda text: ["rg", "-i", "-F", "-c", "--", text, str(lines)]),
        ("fzf --filter", FEW, lambda text: ["fzf", "--filter", text]),
    )
    for name, count, command in commands:
        if shutil.which(command("")[0]) is not None:
            yield Figure(
                WHAT, heard, "ms", Beside(_middle(_run(command, lines), questions[:count], time.perf_counter), name)
            )


def asked(connection: Connection) -> list[str]:
    """What is typed: identities of customers from anywhere, every other one only half."""
    chance = random.Random(SEED)
    (last,) = connection.execute("SELECT max(id) FROM identity").fetchone()
    found: list[str] = []
    while len(found) < ASKED:
        row = connection.execute("SELECT value FROM identity WHERE id >= ?", (chance.randint(1, last),)).fetchone()
        found.append(row[0] if len(found) % 2 else row[0][: max(4, len(row[0]) // 2)])
    return found


def write_lines(connection: Connection, path: Path) -> None:
    """Every identity with its customer, one a line."""
    with path.open("w", encoding="utf-8") as file:
        rows = connection.execute("SELECT value, customer_id FROM identity ORDER BY id")
        file.writelines(f"{value}\t{customer}\n" for value, customer in rows)


def _run(command: Callable[[str], list[str]], lines: Path) -> Callable[[str], object]:
    """The peer as it is used: started, given the lines, read to its end. Nothing found is no error."""

    def run(text: str) -> object:
        with lines.open("rb") as file:
            return subprocess.run(command(text), stdin=file, stdout=subprocess.DEVNULL, check=False)

    return run


def _middle(work: Callable[[str], object], texts: Sequence[str], clock: Callable[[], float]) -> float:
    """The median of these questions in milliseconds, each at its best of three."""

    def cost(text: str) -> float:
        begun = clock()
        work(text)
        return clock() - begun

    return median(min(cost(text) for _ in range(3)) for text in texts) * 1000
