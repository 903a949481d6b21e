"""What the live board does in a terminal among a million tickets: how soon it shows a change, and what it costs.

    python -m benchmarks.watching [--rounds 20] [--seconds 30]

The desk is that of the terminal test: a million tickets, the last forty days with messages and history. Another process
(this one) gives a ticket to somebody and takes it back, as a whole deed, and looks for the number on the terminal: the
console has to hear of it, settle it, read the board and draw it. CPU of the console's process is the system's own
count, whose steps are ten milliseconds; a console that shows the queue is beside it.
"""

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.figures import Beside, Figure, at_most, table
from benchmarks.team import cpu
from console.demo.make import make_demo
from desk.times import now
from storage.deeds.by import By
from storage.deeds.change import Change, change
from storage.engine import deed_session, engine_over
from storage.workspace import Workspace, open_to_write
from tests.terminal.desk import Desk
from tests.terminal.test_walkthrough_board import UNASSIGNED
from tests.terminal.test_walkthrough_supervisor import SHARED, says, whole
from tests.terminal.years import fill

# What the project promises of a change that another process makes, in milliseconds.
SEEN = 1000
# A busy machine reads and draws at its own pace; then nothing more comes.
CALM = 3.0
# At rest it looks every quarter of a minute whether time alone has made somebody late.
REST = 30.0


def figures(folder: Path, rounds: int, seconds: float = REST) -> Iterator[Figure]:
    """Every claim."""
    workspace = Workspace(folder / "workspace")
    make_demo(workspace.folder, seed=1, tickets=60, people=120, now=now())
    fill(workspace, now())
    with Desk(workspace, columns=80, rows=24) as desk:
        desk.wait_until_live()
        desk.wait_until_quiet(CALM)
        queue = _at_rest(desk, seconds)
        begun = time.perf_counter()
        desk.step("g", "s", then="still counting")
        desk.gone("still counting")
        yield Figure(
            "a first board among a million new tickets, until all are counted", time.perf_counter() - begun, "s"
        )
        desk.wait_until_quiet(CALM)
        seen, spent = _changes(workspace, desk, rounds)
        board = _at_rest(desk, seconds)
    yield at_most("a change by another process, until the board shows it", median(seen) * 1000, "ms", SEEN)
    yield at_most("the same, the slowest", max(seen) * 1000, "ms", SEEN)
    yield Figure("CPU of the console for each: hear, settle, read, draw", spent * 1000, "ms")
    yield Figure("the board at rest, of CPU a second", board, "ms", Beside(queue, "queue"))


def _at_rest(desk: Desk, seconds: float) -> float:
    """Milliseconds of CPU a second, while nobody does anything."""
    before, end = cpu(desk), time.perf_counter() + seconds
    while (left := end - time.perf_counter()) > 0:
        desk.read(left)
    return (cpu(desk) - before) / seconds * 1000


def _changes(workspace: Workspace, desk: Desk, rounds: int) -> tuple[list[float], float]:
    """How long each took until it was seen, and the CPU for one of them, all in seconds."""
    ticket = whole(desk, SHARED)
    seen, spent = [], []
    with closing(open_to_write(workspace)) as connection:
        for number in range(rounds):
            with deed_session(engine_over(connection)) as session:
                change(session, By(2, now()), [ticket], Change(assignee=None if number % 2 else 2))
            begun, before, wanted = time.perf_counter(), cpu(desk), says("Unassigned", whole(desk, UNASSIGNED))
            desk.wait_for(wanted)
            seen.append(desk.last_read - begun)
            desk.wait_until_quiet(0.5)
            spent.append(cpu(desk) - before)
    return seen, sum(spent) / len(spent)


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description="Watch the live board in a terminal, among a million tickets.")
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--seconds", type=float, default=REST)
    given = options.parse_args()
    os.environ.pop("HEARD_WORKSPACE", None)
    with TemporaryDirectory() as folder:
        print(table(figures(Path(folder), given.rounds, given.seconds)))


if __name__ == "__main__":
    main()
