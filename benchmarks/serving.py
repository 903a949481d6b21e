"""How the console in a browser feels: its start, a key, a change from elsewhere, what a tab costs.

    python -m benchmarks.serving [--tickets 1000] [--rounds 20]

By the clock, from outside, with `heard serve` on loopback and a tab that speaks as the page does but draws nothing:
what Chromium adds, for its own start and for painting, isn't in it. Beside it a console in a pseudo-terminal of the
same size, on the same demo team. Medians.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.figures import Beside, Figure, at_most, table
from console.demo.make import make_demo
from desk.times import now
from storage.connect import connect, writing
from storage.workspace import Workspace
from tests.browser.served import Served, Tab
from tests.browser.test_board import unassigned
from tests.browser.test_tab import mine
from tests.terminal.desk import Desk

# What the project promises of a change that another process makes, in milliseconds.
SEEN = 2000
COLUMNS, ROWS = 120, 36
TOUCH = "UPDATE ticket SET updated_at = (SELECT max(updated_at) + 1 FROM ticket) WHERE id = ?"
# What nobody has goes to Ana, and then back.
NOBODYS = "SELECT id FROM ticket WHERE status = 0 AND assignee_id IS NULL AND merged_into_id IS NULL LIMIT 1"
TAKEN = "SELECT id FROM ticket WHERE status = 0 AND assignee_id IS NOT NULL ORDER BY updated_at DESC LIMIT 1"
GIVE = "UPDATE ticket SET assignee_id = (SELECT id FROM agent WHERE handle = ?) WHERE id = ?"


def figures(folder: Path, tickets: int, rounds: int) -> Iterator[Figure]:
    """Every claim."""
    workspace = Workspace(folder / "workspace")
    make_demo(workspace.folder, seed=1, tickets=tickets, people=tickets, now=now())
    begun = time.perf_counter()
    with Served(workspace) as served:
        start = time.perf_counter() - begun
        opened = [_opened(served) for _ in range(5)]
        with served.tab(columns=COLUMNS, rows=ROWS) as tab:
            tab.wait_until_live()
            _calm(tab)
            keys = [_key(tab, "j" if number % 2 else "k") for number in range(2 * rounds)]
            changes = [_change(workspace, tab, number, mine) for number in range(rounds)]
            memory = _memory(served.consoles()[0])
    with Desk(workspace, columns=COLUMNS, rows=ROWS) as desk:
        desk.wait_until_live()
        desk.wait_until_quiet(1.0)
        beside = [_terminal_key(desk, "j" if number % 2 else "k") for number in range(2 * rounds)]
    with Served(workspace, "--board") as served, served.tab(columns=COLUMNS, rows=ROWS) as tab:
        tab.wait_for("Unassigned")
        _calm(tab)
        board = [_change(workspace, tab, number, unassigned) for number in range(rounds)]
        small = _memory(served.consoles()[0])
    yield Figure("heard serve, from the command to its address", start * 1000, "ms")
    yield Figure("a tab, from its opening to the list and its keys", _milliseconds(opened), "ms")
    yield Figure(
        "a key, until the tab has what to draw", _milliseconds(keys), "ms", Beside(_milliseconds(beside), "terminal")
    )
    yield at_most("a change by another process, until a tab shows it", _milliseconds(changes), "ms", SEEN)
    yield Figure("the same, the slowest", max(changes) * 1000, "ms")
    yield at_most("a change by another process, until a board shows it", _milliseconds(board), "ms", SEEN)
    yield Figure("the same, the slowest", max(board) * 1000, "ms")
    yield Figure("a tab's process, resident", memory, "MB")
    yield Figure("the process of a board", small, "MB")


def _milliseconds(seconds: list[float]) -> float:
    return median(seconds) * 1000


def _opened(served: Served) -> float:
    begun = time.perf_counter()
    with served.tab(columns=COLUMNS, rows=ROWS) as tab:
        tab.wait_until_live()
        return time.perf_counter() - begun


def _calm(tab: Tab) -> None:
    """Until nothing has come for a second."""
    before = -1
    while before != len(tab.raw):
        before = len(tab.raw)
        tab.read(1.0)


def _key(tab: Tab, key: str) -> float:
    before, begun = len(tab.raw), time.perf_counter()
    tab.press(key)
    while len(tab.raw) == before:
        tab.read(1.0)
    took = time.perf_counter() - begun
    while len(tab.raw) != before:
        before = len(tab.raw)
        tab.read(0.1)
    return took


def _terminal_key(desk: Desk, key: str) -> float:
    before, begun = len(desk.raw), time.perf_counter()
    desk.press(key)
    while len(desk.raw) == before:
        desk.read(1.0)
    took = time.perf_counter() - begun
    desk.wait_until_quiet(0.1)
    return took


def _change(workspace: Workspace, tab: Tab, number: int, shown: Callable[[Tab], int]) -> float:
    """Seconds from a commit until the number that it changes is drawn."""
    before = shown(tab)
    with closing(connect(workspace.database)) as connection, writing(connection):
        (ticket,) = connection.execute(TAKEN if number % 2 else NOBODYS).fetchone()
        connection.execute(GIVE, (None if number % 2 else "ana", ticket))
        connection.execute(TOUCH, (ticket,))
    begun = time.perf_counter()
    while shown(tab) == before:
        tab.read(0.05)
    took = time.perf_counter() - begun
    _calm(tab)
    return took


def _memory(process: int) -> float:
    """Megabytes that a process holds."""
    text = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(text.partition("VmRSS:")[2].split()[0]) / 1024


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description="Measure the console in a browser.")
    options.add_argument("--tickets", type=int, default=1000)
    options.add_argument("--rounds", type=int, default=20)
    given = options.parse_args()
    os.environ.pop("HEARD_WORKSPACE", None)
    sys.stdout.flush()
    with TemporaryDirectory() as folder:
        print(table(figures(Path(folder), given.tickets, given.rounds)))


if __name__ == "__main__":
    main()
