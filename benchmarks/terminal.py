"""Start, keys, quit and memory of the console in a real terminal, beside neomutt, aerc and bare Textual applications.

    python -m benchmarks.terminal [--runs 9] [--tickets 1000 1000000]

Times are from the outside, over a pseudo-terminal of 120x40: from the start of the process, or from the byte of a key,
to the first or last byte of what it shows. Best and median of the runs, console and peers in turn; everything is
compiled first, as an installation does it. The list holds all tickets, and the first of them have 30 messages. A key is
pressed when nothing has come for a while, so that no byte that was on its way is taken for its answer. A cursor key's
bytes are those of the cursor alone: the ticket beside the list is drawn when the cursor rests for 80 ms. Memory is what
the system counts as resident when SQLModel is imported and tickets were read; its own is that part of it which no other
process shares.
"""

import argparse
import compileall
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.consoles import MAILS, ROOT, Desk, bare, installed, prepare
from benchmarks.figures import Beside, Figure, at_most, at_most_times, table
from tests.terminal.term import Term

TABLE_ROWS = 100_000
TABLE = f"DataTable, {TABLE_ROWS:,} rows"
# An answer is over when nothing has come for so long, and what follows when the cursor rests has not begun.
QUIET = 0.06
# All that followed a key has come when nothing has for so long.
RESTED = 0.3
# How long the first move of the cursor, a key and the way out are waited for: for as long as only a console that hangs
# takes, however busy the machine is.
PATIENCE = 30.0
# What is drawn is looked at for so long after the cursor was seen to move: it may stand there before its line is drawn.
AFTERWARDS = 0.2
# Where the first ticket stands, and the last line that is looked at for the cursor.
FIRST_LINE, LAST_LINE = 2, 20
COLUMNS = slice(30, 70)
FRAME_ENDS = b"\x1b[?2026l"
# The terminal's own cursor at the end of a frame, which stands where the list's does.
CURSOR = re.compile(rb"\x1b\[(\d+);\d+H" + re.escape(FRAME_ENDS))
MILLISECONDS = 1000
# What the console takes on the most tickets may be so many times what it takes on the fewest.
ALIKE = 1.2


@dataclass(slots=True)
class Runs:
    """One claim: the console's runs, its peer's, and the goal: `most` in its unit, or so many `times` the peer."""

    name: str
    peer: str = ""
    most: float = 0.0
    times: float = 0.0
    unit: str = "ms"
    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)

    def line(self) -> str:
        """Best and median of both."""
        return f"{self.name:<30}{_pair(self.ours):>16}{_pair(self.theirs):>16} {self.unit:<3}{self.peer}"

    @property
    def judged(self) -> bool:
        """Whether there is anything to hold the console's runs to."""
        return bool(self.theirs or self.most)

    def figure(self, of: str = "") -> Figure:
        """The best of both, judged; `of` says what it was measured on."""
        name = ", ".join(part for part in (self.name, of) if part)
        ours, peer = min(self.ours), Beside(min(self.theirs), self.peer) if self.theirs else None
        if self.times and peer is not None:
            return at_most_times(name, ours, self.unit, self.times, peer)
        return at_most(name, ours, self.unit, self.most, peer) if self.most else Figure(name, ours, self.unit, peer)


@dataclass(slots=True)
class Claims:
    """Every claim; one measured beside several peers is there several times, and its goal stands in the first."""

    rows: Runs = field(default_factory=lambda: Runs("rows visible at start", f"neomutt, {MAILS} mails", times=1.0))
    rows_most: Runs = field(default_factory=lambda: Runs("rows visible at start", f"aerc, {MAILS} mails", most=30))
    live: Runs = field(default_factory=lambda: Runs("keyboard live", "Textual list", times=1.3))
    live_table: Runs = field(default_factory=lambda: Runs("keyboard live", TABLE, most=250))
    cursor: Runs = field(default_factory=lambda: Runs("cursor key, first byte", "neomutt", most=5))
    cursor_aerc: Runs = field(default_factory=lambda: Runs("cursor key, first byte", "aerc"))
    cursor_table: Runs = field(default_factory=lambda: Runs("cursor key, first byte", TABLE))
    sent: Runs = field(default_factory=lambda: Runs("cursor key, bytes", "neomutt", most=1000, unit="B"))
    page: Runs = field(default_factory=lambda: Runs("page, first byte", "neomutt", most=12))
    end: Runs = field(default_factory=lambda: Runs("end, first byte", TABLE, most=12))
    home: Runs = field(default_factory=lambda: Runs("home, first byte", most=12))
    following: Runs = field(default_factory=lambda: Runs("next ticket, 30 messages, all of it", most=50))
    quitting: Runs = field(default_factory=lambda: Runs("quit", "Textual line", most=30))
    memory: Runs = field(default_factory=lambda: Runs("memory, warm", "Textual line", most=80, unit="MB"))
    own: Runs = field(default_factory=lambda: Runs("memory, warm, its own", "Textual line", unit="MB"))

    def __post_init__(self) -> None:
        self.rows_most.ours = self.rows.ours
        self.live_table.ours = self.live.ours
        self.cursor_aerc.ours = self.cursor_table.ours = self.cursor.ours

    @property
    def each(self) -> tuple[Runs, ...]:
        """In the order of the table."""
        return tuple(getattr(self, name) for name in self.__slots__)

    @property
    def all(self) -> tuple[Runs, ...]:
        """Those that were measured."""
        return tuple(each for each in self.each if each.ours and each.judged)


def figures(folder: Path, sizes: Sequence[int], runs: int) -> Iterator[Figure]:
    """Every claim for each size of workspace as it is measured, and whether the console is as fast on the most."""
    found: dict[int, Claims] = {}
    for size in sizes:
        found[size] = measure(prepare(folder, size), runs)
        for each in found[size].all:
            yield each.figure(f"{size:,} tickets")
    few, many = found[min(sizes)], found[max(sizes)]
    if few is many:
        return
    # A claim with several peers stands there once for each.
    pairs = {small.name: (small, large) for small, large in zip(few.each, many.each, strict=True)}
    for small, large in pairs.values():
        if small.unit == "ms" and small.ours and large.ours and small.judged and not small.name.startswith("quit"):
            beside = Beside(min(small.ours), f"with {min(sizes):,}")
            yield at_most_times(f"{small.name}, with {max(sizes):,} tickets", min(large.ours), "ms", ALIKE, beside)


def measure(desk: Desk, runs: int) -> Claims:
    """Every claim on one desk, one run after the other; what goes wrong in one run is said, and is not in the claims.

    Raises AssertionError where nothing could be measured at all.
    """
    for package in ("benchmarks", "console", "desk", "screens", "storage", "sync", "widgets"):
        compileall.compile_dir(ROOT / package, quiet=1)
    claims = Claims()
    for _ in range(runs):
        _try(_start_and_live, desk, claims)
        _try(_keys, desk, claims)
        _try(_bare, desk, claims)
        if installed("neomutt"):
            _try(_neomutt, desk, claims)
        if installed("aerc"):
            _try(_aerc, desk, claims)
    _try(_table, desk, claims)
    if not claims.all:
        raise AssertionError("no run of the console came to an end")
    return claims


def _try(step: Callable[[Desk, Claims], None], desk: Desk, claims: Claims) -> None:
    try:
        step(desk, claims)
    except AssertionError as error:
        # The picture of the terminal would follow.
        print(f"{step.__name__.strip('_')}: {str(error).partition(chr(10))[0]}", file=sys.stderr, flush=True)


def _start_and_live(desk: Desk, claims: Claims) -> None:
    """From the start to the rows, and to the first move of the cursor; keys come every 20 ms from the rows on.

    What came when is written down, and drawn afterwards: drawing takes longer than what is timed.
    """
    with desk.console() as term:
        term.wait_for_raw(desk.subject)
        claims.rows.ours.append((term.last_read - term.started) * MILLISECONDS)
        came = [(term.last_read, len(term.raw))]
        pressed, ends = 0.0, came[0][0] + PATIENCE
        while (now := time.perf_counter()) < ends:
            if now - pressed >= 0.02:
                term.press("j")
                pressed = now
            if term.read(0.005):
                came.append((term.last_read, len(term.raw)))
                if any(int(line) != FIRST_LINE + 1 for line in CURSOR.findall(term.raw)):
                    ends = min(ends, now + AFTERWARDS)
        claims.live.ours.append((_moved(term, came) - term.started) * MILLISECONDS)


def _moved(term: Term, came: list[tuple[float, int]]) -> float:
    """When the last byte had come of a frame, drawn by the application, with the cursor on another line."""
    seen = 0
    for frame in re.finditer(re.escape(FRAME_ENDS), term.raw):
        term.show(bytes(term.raw[seen : frame.end()]))
        seen = frame.end()
        if term.lines[FIRST_LINE][COLUMNS].strip() and FIRST_LINE not in _marked(term):
            return next(moment for moment, length in came if length >= seen)
    raise AssertionError(f"the cursor did not move:\n{term.text}")


def _keys(desk: Desk, claims: Claims) -> None:
    """Keys, memory and the way out of a console that has settled."""
    with desk.console() as term:
        term.wait_for_raw(b"\x1b[?2004h")
        # Warm is when what deeds need has been imported.
        term.wait_for(lambda term: "pydantic_core" in Path(f"/proc/{term.process.pid}/maps").read_text())
        term.wait_until_quiet(1.0)
        for _ in range(5):
            waited, sent, _ = _press(term, "j")
            claims.cursor.ours.append(waited)
            claims.sent.ours.append(sent)
        for key, claim in (("pagedown", claims.page), ("end", claims.end), ("home", claims.home)):
            claim.ours.append(_press(term, key)[0])
        _press(term, "enter")
        for _ in range(5):
            claims.following.ours.append(_press(term, "]")[2])
        term.wait_until_quiet(0.5)
        _remember_memory(term, claims.memory.ours, claims.own.ours)
        _press(term, "q")
        term.press("q")
        term.wait_until_quiet(QUIET)
        claims.quitting.ours.append(_time_to_exit(term, "enter"))


def _bare(_: Desk, claims: Claims) -> None:
    with bare("list") as term:
        term.wait_for_raw(b"bare and ready")
        term.press("j")
        claims.live.theirs.append(term.wait_for_raw(b"answered") * MILLISECONDS)
    with bare() as term:
        term.wait_for_raw(b"bare and ready")
        term.wait_until_quiet(0.3)
        _remember_memory(term, claims.memory.theirs, claims.own.theirs)
        claims.quitting.theirs.append(_time_to_exit(term, "q"))


def _table(_: Desk, claims: Claims) -> None:
    """Once, since Textual's table takes ten seconds to fill."""
    with bare("table", str(TABLE_ROWS)) as term:
        claims.live_table.theirs.append(term.wait_for_raw(b"bare and ready", seconds=300) * MILLISECONDS)
        claims.cursor_table.theirs += [_press(term, "j")[0] for _ in range(5)]
        claims.end.theirs += [_press(term, key)[0] for key in ("pagedown", "end")][1:]


def _neomutt(desk: Desk, claims: Claims) -> None:
    with desk.neomutt() as term:
        claims.rows.theirs.append(term.wait_for_raw(f"matter {MAILS - 1}".encode()) * MILLISECONDS)
        for _ in range(5):
            waited, sent, _ = _press(term, "j")
            claims.cursor.theirs.append(waited)
            claims.sent.theirs.append(sent)
        claims.page.theirs.append(_press(term, "pagedown")[0])


def _aerc(desk: Desk, claims: Claims) -> None:
    with desk.aerc() as term:
        claims.rows_most.theirs.append(term.wait_for_raw(b"matter") * MILLISECONDS)
        claims.cursor_aerc.theirs += [_press(term, "j")[0] for _ in range(5)]


def _press(term: Term, key: str) -> tuple[float, float, float]:
    """Milliseconds to the first byte, bytes, milliseconds to the last byte; once all has come that was drawn before."""
    term.wait_until_quiet(RESTED)
    before = len(term.raw)
    pressed = time.perf_counter()
    term.press(key)
    if not term.read(PATIENCE):
        raise AssertionError(f"{key} showed nothing")
    first = term.last_read
    term.wait_until_quiet(QUIET)
    return (first - pressed) * MILLISECONDS, len(term.raw) - before, (term.last_read - pressed) * MILLISECONDS


def _time_to_exit(term: Term, key: str) -> float:
    pressed = time.perf_counter()
    term.press(key)
    while term.process.poll() is None:
        if time.perf_counter() - pressed > PATIENCE:
            raise AssertionError(f"{key} did not end it")
        term.read(0.001)
    return (time.perf_counter() - pressed) * MILLISECONDS


def _marked(term: Term) -> set[int]:
    """The lines of the list whose ground differs from that of most: where the cursor is."""
    grounds = {}
    for line in range(FIRST_LINE, LAST_LINE):
        cells = [term.screen.buffer[line][column] for column in range(COLUMNS.start, COLUMNS.stop)]
        grounds[line] = statistics.mode((cell.bg, cell.reverse) for cell in cells)
    usual = statistics.mode(grounds.values())
    return {line for line, ground in grounds.items() if ground != usual}


def _remember_memory(term: Term, resident: list[float], own: list[float]) -> None:
    found = Path(f"/proc/{term.process.pid}/smaps_rollup").read_text(encoding="ascii")
    sizes = {name: int(size) / 1024 for name, size in re.findall(r"^(\w+):\s+(\d+) kB", found, re.MULTILINE)}
    resident.append(sizes["Rss"])
    own.append(sizes["Private_Clean"] + sizes["Private_Dirty"])


def _pair(values: list[float]) -> str:
    return f"{min(values):.1f} / {statistics.median(values):.1f}" if values else "-"


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description="Measure the console in a terminal.")
    options.add_argument("--runs", type=int, default=9)
    options.add_argument("--tickets", type=int, nargs="+", default=[1000])
    given = options.parse_args()
    for peer in ("neomutt", "aerc"):
        if not installed(peer):
            print(f"{peer} is not installed, so it is left out (apt-get install {peer})")
    with TemporaryDirectory() as temporary:
        print(table(figures(Path(temporary), given.tickets, given.runs)))


if __name__ == "__main__":
    main()
