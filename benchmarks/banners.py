"""How soon a console whose agent is writing shows what a supervisor tells everybody: from the commit to the terminal.

    python -m benchmarks.banners [--times 10]

A key is typed every tenth of a second meanwhile, the demo team's database is used, and a terminal reads what is drawn.
"""

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, at_most, table
from console.demo.make import make_demo
from desk.banners import Banner
from desk.times import now
from storage.deeds.banners import tell_all
from storage.deeds.by import By
from storage.engine import deed_session, engine_over
from storage.workspace import Workspace, open_to_write
from tests.terminal.desk import Desk

PROMISED = 1.0
# One key in so many seconds.
PACE = 0.1


def figures(folder: Path, times: int) -> Iterator[Figure]:
    """The median and the slowest."""
    workspace = Workspace(folder / "workspace")
    make_demo(workspace.folder, seed=1, tickets=240, people=400, now=now())
    with closing(open_to_write(workspace)) as connection, Desk(workspace, agent="ben") as desk:
        (supervisor,) = connection.execute("SELECT id FROM agent WHERE handle = 'mei'").fetchone()
        engine = engine_over(connection)
        desk.wait_until_live()
        desk.step("3", then="Queue · Due next")
        desk.press("enter")
        desk.step("n", then="Internal note")
        taken = []
        for number in range(times):
            with deed_session(engine) as session:
                tell_all(session, By(supervisor, now()), Banner(f"Word {number} for all", None))
            taken.append(_until_shown(desk, f"Word {number} for all"))
    taken.sort()
    yield Figure("a banner, until a console shows it whose agent writes, median", taken[len(taken) // 2], "s")
    yield at_most("the slowest", taken[-1], "s", PROMISED)


def _until_shown(desk: Desk, words: str) -> float:
    """Seconds until it stands below the top line, while keys go on coming."""
    begun = time.perf_counter()
    typed = begun
    while words not in desk.lines[1]:
        desk.read(0.02)
        if time.perf_counter() - typed >= PACE:
            typed = time.perf_counter()
            desk.send("x")
    return time.perf_counter() - begun


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description="Measure how soon everybody is told.")
    options.add_argument("--times", type=int, default=10)
    given = options.parse_args()
    os.environ.pop("HEARD_WORKSPACE", None)
    with TemporaryDirectory() as folder:
        print(table(figures(Path(folder), given.times)))


if __name__ == "__main__":
    main()
