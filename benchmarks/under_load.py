"""Keys in the console while another process takes in mails at full speed, beside the same keys when nothing else runs.

    python -m benchmarks.under_load [--tickets 1000] [--keys 600]

Over a pseudo-terminal of 120x40, 30 keys a second move the cursor of the list that the new tickets come into. A key is
answered when the frame has come whose own cursor stands on another line than before: what the console draws for the
mails that come in is no answer. The import writes into the same workspace, and is still at it when a key that
counts is answered.
"""

import argparse
import os
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from benchmarks.consoles import HEARD, Desk, prepare
from benchmarks.figures import Beside, Figure, at_most, table
from tests.terminal.term import Term

KEYS = 600
RATE = 30
MOST = 16.0
# More than any import takes in while the keys are pressed.
MAILS = 150_000
WITHIN = 2.0
# Of so many keys that were answered beside the import a percentile is one.
FEWEST = 100
MILLISECONDS = 1000
# Between these lines of the terminal a move down or up never scrolls the list.
FIRST, LAST = 6, 14
CURSOR = re.compile(rb"\x1b\[(\d+);\d+H\x1b\[\?2026l")
WORDS = ("parcel", "refund", "invoice", "kettle", "window", "order", "late", "broken", "again", "please", "thanks")


@dataclass(slots=True)
class Walk:
    """A cursor that is led up and down the list; `line` is where it stands on the terminal."""

    term: Term
    line: int = 0
    down: bool = True
    _read: int = 0

    def press(self) -> float | None:
        """Press one key; milliseconds until it was answered, None where it wasn't within `WITHIN`."""
        self._see()
        self.down = self.line < FIRST or (self.down and self.line < LAST)
        before, pressed = self.line, time.perf_counter()
        self.term.press("j" if self.down else "k")
        while (left := pressed + WITHIN - time.perf_counter()) > 0:
            if self.term.read(left) and self._see() != before:
                return (self.term.last_read - pressed) * MILLISECONDS
        return None

    def pause(self, until: float) -> None:
        """Read what else the console draws, until a moment."""
        while (left := until - time.perf_counter()) > 0:
            self.term.read(left)

    def _see(self) -> int:
        """The line at the end of the newest frame."""
        for found in CURSOR.finditer(self.term.raw, self._read):
            self.line, self._read = int(found.group(1)), found.end()
        return self.line


def figures(folder: Path, tickets: int, keys: int = KEYS) -> Iterator[Figure]:
    """The 99th percentile and the median, idle and beside an import, of one console."""
    desk = prepare(folder, tickets)
    box = _mailbox(folder / "many.mbox")
    name = f"{tickets:,} tickets"
    with desk.console() as term:
        term.wait_for(lambda term: "pydantic_core" in Path(f"/proc/{term.process.pid}/maps").read_text())
        term.wait_until_quiet(1.0)
        walk = Walk(term)
        for _ in pressed(walk, 2 * RATE):
            continue
        idle = list(pressed(walk, keys))
        yield at_most(f"a key at 30 a second, p99, {name}", p99(idle), "ms", MOST)
        with _importing(desk, box) as importing:
            # The import begins with its own start, and the first of its transactions.
            before = _mails(desk)
            while _mails(desk) == before and importing.poll() is None:
                walk.pause(time.perf_counter() + 0.1)
            before, began = _mails(desk), time.perf_counter()
            busy = list(takewhile(lambda _: importing.poll() is None, pressed(walk, keys)))
            rate = (_mails(desk) - before) / (time.perf_counter() - began)
            importing.terminate()
    if len(busy) < FEWEST:
        raise AssertionError(f"the import ended after {len(busy)} keys")
    yield at_most(f"the same beside an import, p99, {name}", p99(busy), "ms", MOST, Beside(p99(idle), "idle"))
    yield Figure(f"the same beside an import, p50, {name}", median(busy), "ms", Beside(median(idle), "idle"))
    yield Figure(f"the same beside an import, slowest, {name}", max(busy), "ms", Beside(max(idle), "idle"))
    yield Figure("mails that came in meanwhile", rate, "mails/s")


def pressed(walk: Walk, keys: int) -> Iterator[float]:
    """Milliseconds from each key to its answer; keys come at their times, however long an answer takes."""
    following = time.perf_counter()
    for _ in range(keys):
        following += 1 / RATE
        walk.pause(following)
        answer = walk.press()
        yield WITHIN * MILLISECONDS if answer is None else answer


def p99(answers: list[float]) -> float:
    return quantiles(answers, n=100)[98]


def _importing(desk: Desk, box: Path) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "HEARD_WORKSPACE": str(desk.workspace.folder)}
    command: list[str | Path] = [HEARD, "import", box]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _mails(desk: Desk) -> int:
    from contextlib import closing

    from storage.workspace import open_to_read

    with closing(open_to_read(desk.workspace)) as connection:
        number: int = connection.execute("SELECT ifnull(max(id), 0) FROM message").fetchone()[0]
    return number


def _mailbox(path: Path) -> Path:
    """Mails of many customers, a conversation of three each."""
    with path.open("w", encoding="ascii") as box:
        for number in range(MAILS):
            matter, turn = divmod(number, 3)
            words = " ".join(WORDS[(number * 7 + place * place) % len(WORDS)] for place in range(60))
            refers = f"In-Reply-To: <{number - 1}@load.example>\n" if turn else ""
            box.write(
                f"From c{matter}@load.example Mon Mar  2 09:00:00 2026\n"
                f"From: Customer {matter} <c{matter}@load.example>\nTo: help@example.com\n"
                f"Message-ID: <{number}@load.example>\n{refers}Subject: matter {matter}\n"
                f"Date: Mon, 02 Mar 2026 {number % 24:02}:{number % 60:02}:00 +0000\n\n{words}\n\n"
            )
    return path


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description="Press keys in the console beside an import at full speed.")
    options.add_argument("--tickets", type=int, default=1000)
    options.add_argument("--keys", type=int, default=KEYS)
    given = options.parse_args()
    with TemporaryDirectory() as folder:
        print(table(figures(Path(folder), given.tickets, given.keys)))


if __name__ == "__main__":
    main()
