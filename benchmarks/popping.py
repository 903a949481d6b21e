"""How soon a caller is on the screen: `heard pop` beside a bare Python that does nothing but start.

    python -m benchmarks.popping [--tickets 1000] [--rounds 20]

By the clock, from outside, with a console that runs in a pseudo-terminal of 120x40: from the start of the command to
its end, which is when the console has heard it, and to the caller's page on the screen; and from the request alone,
which a telephone's watch sends without starting anything. Each number is another customer's. Medians.
"""

import argparse
import compileall
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.consoles import HEARD, ROOT, Desk, prepare
from benchmarks.figures import Beside, Figure, at_most, table
from console.config import Config
from console.running import consoles, tell
from desk.calls import Popped
from storage.connect import connect
from tests.servers.processes import until
from tests.terminal.term import Term

MILLISECONDS = 1000
# What the project promises of reaching the console, and of any command that answers from a cold process.
REACHED, COMMAND = 100, 150
BARE = (sys.executable, "-c", "import argparse, json, socket")


class Caller(NamedTuple):
    """A number, and the one who has it."""

    number: str
    name: str


def figures(folder: Path, tickets: int, rounds: int) -> Iterator[Figure]:
    """Every claim, one console for all."""
    for package in ("console", "desk", "screens", "storage", "sync", "widgets"):
        compileall.compile_dir(ROOT / package, quiet=1)
    desk = prepare(folder, tickets)
    handle = Config().agent_handle
    callers = _callers(desk, 3 * rounds)
    bare = Beside(_median([_seconds(BARE, desk) for _ in range(rounds)]), "Python")
    cards = [_seconds((HEARD, "pop", caller.number), desk) for caller in callers[:rounds]]
    with desk.console() as term:
        term.wait_for_raw(b"\x1b[?2004h")
        until(lambda: term.read(0.05) is None or bool(consoles(desk.workspace.folder, handle)), "the console's socket")
        term.wait_until_quiet(1.0)
        commands, pages = zip(*(_popped(term, desk, caller) for caller in callers[rounds : 2 * rounds]), strict=True)
        asked, later = zip(*(_asked(term, desk, handle, caller) for caller in callers[2 * rounds :]), strict=True)
    of = f"{tickets:,} tickets"
    yield at_most(f"a request until the console has heard it, {of}", _median(asked), "ms", REACHED)
    yield Figure("the same, the slowest", max(asked) * MILLISECONDS, "ms")
    yield Figure("the same, until the caller's page is drawn", _median(later), "ms")
    yield at_most("heard pop, until the console has heard it", _median(commands), "ms", REACHED, bare)
    yield Figure("the same, until the caller's page is drawn", _median(pages), "ms", bare)
    yield at_most("heard pop where no console runs, the card", _median(cards), "ms", COMMAND, bare)


def _median(seconds: Sequence[float]) -> float:
    return median(seconds) * MILLISECONDS


def _callers(desk: Desk, count: int) -> list[Caller]:
    """Numbers, each of one customer alone, and that customer's name."""
    with closing(connect(desk.workspace.database, read_only=True)) as connection:
        found = connection.execute(
            "SELECT i.normal, c.name FROM identity i JOIN customer c ON c.id = i.customer_id WHERE i.kind = 3 "
            "AND i.normal LIKE '+%' AND i.normal NOT LIKE '%x%' GROUP BY i.normal HAVING count(*) = 1 LIMIT ?",
            (count,),
        ).fetchall()
    return [Caller(*row) for row in found]


def _environment(desk: Desk) -> dict[str, str]:
    return {**os.environ, "HEARD_WORKSPACE": str(desk.workspace.folder), "HEARD_CONFIG": ""}


def _seconds(command: tuple[str | Path, ...], desk: Desk) -> float:
    begun = time.perf_counter()
    subprocess.run(command, env=_environment(desk), stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun


def _popped(term: Term, desk: Desk, caller: Caller) -> tuple[float, float]:
    """Seconds to the end of the command, and to the name on the screen; what followed is let come to its end."""
    seen, begun = len(term.raw), time.perf_counter()
    ended = _seconds((HEARD, "pop", caller.number), desk)
    term.wait_for_raw(caller.name.encode(), seen)
    shown = term.last_read - begun
    term.press("escape")
    term.wait_until_quiet(0.3)
    return ended, shown


def _asked(term: Term, desk: Desk, handle: str, caller: Caller) -> tuple[float, float]:
    """Seconds until the console has heard a request, and to the name on the screen."""
    seen, begun = len(term.raw), time.perf_counter()
    tell(desk.workspace.folder, handle, Popped(caller.number))
    heard = time.perf_counter() - begun
    term.wait_for_raw(caller.name.encode(), seen)
    shown = term.last_read - begun
    term.press("escape")
    term.wait_until_quiet(0.3)
    return heard, shown


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description="Measure how soon a caller is on the screen.")
    options.add_argument("--tickets", type=int, default=1000)
    options.add_argument("--rounds", type=int, default=20)
    given = options.parse_args()
    with TemporaryDirectory() as folder:
        print(table(figures(Path(folder), given.tickets, given.rounds)))


if __name__ == "__main__":
    main()
