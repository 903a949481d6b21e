"""Start, keys, quit and memory of the console in a real terminal, beside neomutt and bare Textual applications.

    python -m benchmarks.terminal [--runs 9] [--tickets 1000] [--folder FOLDER]

Times are from the outside, over a pseudo-terminal of 120x40: from the start of the process, or from the byte of a key,
to the first or last byte of what it shows. Best and median of the runs,
console and peer in turn; everything is compiled first, as an installation does it. A cursor key's bytes are those
that come while it is held down: the ticket beside the list is drawn when the cursor rests for 80 ms.
"""

import argparse
import compileall
import mailbox
import shutil
import statistics
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Beside, Figure, at_most, at_most_times, table
from benchmarks.making import NOW, Wanted, copy, kept
from desk.filters import parse
from storage.first_page import remember
from storage.queue import Scope, ids_query, rows
from storage.workspace import Workspace, open_to_write
from tests.terminal.term import Term

HEARD = Path(sys.executable).with_name("heard")
ROOT = Path(__file__).parents[1]
MAILS = 1000
QUIET = 0.06
# How long keys are pressed for the first move of the cursor.
LIVE_SECONDS = 0.8
# Where the first ticket stands.
FIRST_LINE = 2
MILLISECONDS = 1000


@dataclass(slots=True)
class Runs:
    """One claim: the console's runs, its peer's, and the goal: `most` in its unit, or so many `times` the peer."""

    name: str
    peer: str
    most: float = 0.0
    times: float = 0.0
    unit: str = "ms"
    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)

    def line(self) -> str:
        """Best and median of both."""
        return f"{self.name:<26}{_pair(self.ours):>16}{_pair(self.theirs):>16} {self.unit:<3}{self.peer}"

    def figure(self) -> Figure:
        """The best of both, judged."""
        ours, peer = min(self.ours), Beside(min(self.theirs), self.peer) if self.theirs else None
        if self.times and peer is not None:
            return at_most_times(self.name, ours, self.unit, self.times, peer)
        return (
            at_most(self.name, ours, self.unit, self.most, peer)
            if self.most
            else Figure(self.name, ours, self.unit, peer)
        )


@dataclass(frozen=True, slots=True)
class Desk:
    """What the runs work on: a workspace, the subject of its first ticket, a mailbox and its newest subject."""

    workspace: Workspace
    subject: bytes
    mailbox: Path

    def console(self) -> Term:
        """The console, just started."""
        environment = {"HEARD_WORKSPACE": str(self.workspace.folder), "HEARD_CONFIG": ""}
        return Term([HEARD], columns=120, rows=40, environment=environment, draw=False)

    def neomutt(self) -> Term:
        """The peer, just started."""
        settings = self.mailbox.with_suffix(".muttrc")
        settings.write_text(f"set folder={self.mailbox.parent}\nset sort=reverse-mailbox-order\n", encoding="utf-8")
        return Term(["neomutt", "-n", "-F", settings, "-R", "-f", self.mailbox], columns=120, rows=40, draw=False)


def measure(desk: Desk, runs: int) -> tuple[Runs, ...]:
    """Every figure, one after the other."""
    rows_visible = Runs("rows visible at start", f"neomutt, {MAILS} mails", times=1.0)
    live = Runs("keyboard live", "Textual list", times=1.3)
    live_bare = Runs("keyboard live", "Textual line", ours=live.ours)
    first_byte = Runs("cursor key, first byte", "neomutt", most=5)
    bytes_sent = Runs("cursor key, bytes", "neomutt", most=1000, unit="B")
    following = Runs("next ticket, all of it", "", most=50)
    quitting = Runs("quit", "Textual line", most=30)
    memory = Runs("memory, warm", "Textual line", most=80, unit="MB")
    mutt = shutil.which("neomutt") is not None
    for _ in range(runs):
        _start_and_live(desk, rows_visible, live)
        _keys(desk, first_byte, bytes_sent, following, memory, quitting)
        _bare(live_bare, memory, quitting)
        _listed(live)
        if mutt:
            _neomutt(desk, rows_visible, first_byte, bytes_sent)
    return rows_visible, live, live_bare, first_byte, bytes_sent, following, quitting, memory


def _start_and_live(desk: Desk, rows_visible: Runs, live: Runs) -> None:
    """From the start to the rows, and to the first move of the cursor; keys come every 20 ms from the rows on.

    What came when is written down, and drawn afterwards: drawing takes longer than what is timed.
    """
    with desk.console() as term:
        term.wait_for_raw(desk.subject)
        rows_visible.ours.append((term.last_read - term.started) * MILLISECONDS)
        came = [(term.last_read, len(term.raw))]
        pressed = 0.0
        while (now := time.perf_counter()) - came[0][0] < LIVE_SECONDS:
            if now - pressed >= 0.02:
                term.press("j")
                pressed = now
            if term.read(0.005):
                came.append((term.last_read, len(term.raw)))
        live.ours.append((_moved(term, came) - term.started) * MILLISECONDS)


def _moved(term: Term, came: list[tuple[float, int]]) -> float:
    """When what had come showed the cursor on another line, drawn by the application."""
    seen = 0
    for moment, length in came:
        term.show(bytes(term.raw[seen:length]))
        seen = length
        if b"\x1b[?2004h" in term.raw[:length] and _marked(term) - {FIRST_LINE}:
            return moment
    raise AssertionError(f"the cursor did not move:\n{term.text}")


def _keys(desk: Desk, first_byte: Runs, bytes_sent: Runs, following: Runs, memory: Runs, quitting: Runs) -> None:
    """Keys, memory and the way out of a console that has settled."""
    with desk.console() as term:
        term.wait_for_raw(b"\x1b[?2004h")
        # Warm is when what deeds need has been imported.
        term.wait_for(lambda term: "pydantic_core" in Path(f"/proc/{term.process.pid}/maps").read_text())
        term.wait_until_quiet(1.0)
        for _ in range(5):
            waited, sent, _ = _press(term, "j")
            first_byte.ours.append(waited)
            bytes_sent.ours.append(sent)
        _press(term, "enter")
        for _ in range(5):
            following.ours.append(_press(term, "]")[2])
        memory.ours.append(_megabytes(term))
        _press(term, "q")
        term.press("q")
        term.wait_until_quiet(QUIET)
        quitting.ours.append(_time_to_exit(term, "enter"))


def _listed(live: Runs) -> None:
    with Term([sys.executable, "-m", "benchmarks.bare", "list"], columns=120, rows=40, folder=ROOT, draw=False) as term:
        term.wait_for_raw(b"bare and ready")
        term.press("j")
        live.theirs.append(term.wait_for_raw(b"answered") * MILLISECONDS)


def _bare(live: Runs, memory: Runs, quitting: Runs) -> None:
    with Term([sys.executable, "-m", "benchmarks.bare"], columns=120, rows=40, folder=ROOT, draw=False) as term:
        term.wait_for_raw(b"bare and ready")
        term.press("j")
        live.theirs.append(term.wait_for_raw(b"answered") * MILLISECONDS)
        term.wait_until_quiet(0.3)
        memory.theirs.append(_megabytes(term))
        quitting.theirs.append(_time_to_exit(term, "q"))


def _neomutt(desk: Desk, rows_visible: Runs, first_byte: Runs, bytes_sent: Runs) -> None:
    with desk.neomutt() as term:
        rows_visible.theirs.append(term.wait_for_raw(f"matter {MAILS - 1}".encode()) * MILLISECONDS)
        term.wait_until_quiet(0.2)
        for key in "jjjjj":
            waited, sent, _ = _press(term, key)
            first_byte.theirs.append(waited)
            bytes_sent.theirs.append(sent)


def _press(term: Term, key: str) -> tuple[float, float, float]:
    """Milliseconds to the first byte, bytes, milliseconds to the last byte."""
    before = len(term.raw)
    pressed = time.perf_counter()
    term.press(key)
    if not term.read(2.0):
        raise AssertionError(f"{key} showed nothing")
    first = term.last_read
    term.wait_until_quiet(QUIET)
    return (first - pressed) * MILLISECONDS, len(term.raw) - before, (term.last_read - pressed) * MILLISECONDS


def _time_to_exit(term: Term, key: str) -> float:
    pressed = time.perf_counter()
    term.press(key)
    while term.process.poll() is None:
        if time.perf_counter() - pressed > 10:
            raise AssertionError(f"{key} did not end it")
        term.read(0.001)
    return (time.perf_counter() - pressed) * MILLISECONDS


def _marked(term: Term) -> set[int]:
    """The lines of the list whose ground differs from that of most: where the cursor is."""
    grounds = {}
    for line in range(FIRST_LINE, 20):
        cells = [term.screen.buffer[line][column] for column in range(30, 70)]
        grounds[line] = statistics.mode((cell.bg, cell.reverse) for cell in cells)
    usual = statistics.mode(grounds.values())
    return {line for line, ground in grounds.items() if ground != usual}


def _megabytes(term: Term) -> float:
    for line in Path(f"/proc/{term.process.pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("the system doesn't say how much memory a process had")


def prepare(folder: Path, tickets: int) -> Desk:
    """The workspace with its first page remembered, as a console leaves it, and a mailbox for the peer."""
    for package in ("benchmarks", "console", "desk", "screens", "storage", "sync", "widgets"):
        compileall.compile_dir(ROOT / package, quiet=1)
    workspace = copy(kept(Wanted(tickets, tickets, tickets * 3)), folder / "workspace")
    with closing(open_to_write(workspace)) as connection:
        scope = Scope(parse("status:active"), "due", None, NOW, UTC)
        query, parameters = ids_query(connection, scope)
        view = connection.execute("SELECT id FROM view WHERE query = 'status:active' LIMIT 1").fetchone()[0]
        remember(
            connection, view_id=view, title="All open", ids_query=query, parameters=parameters, counts={}, footer=""
        )
        first = connection.execute(f"{query} LIMIT 1", parameters).fetchone()[0]
        (row,) = rows(connection, [first])
    return Desk(workspace, row.subject.split(" ")[0].encode(), _mailbox(folder / "peer.mbox"))


def _mailbox(path: Path) -> Path:
    if not path.exists():
        box = mailbox.mbox(path)
        for number in range(MAILS):
            mail = EmailMessage()
            mail["From"], mail["To"] = f"Customer {number} <c{number}@example.com>", "help@example.com"
            mail["Subject"], mail["Date"] = f"matter {number}", f"Mon, 02 Mar 2026 {number % 24:02}:00:00 +0000"
            mail.set_content("A parcel has not come, and the shop does not answer.\n" * 12)
            box.add(mail)
        box.close()
    return path


def _pair(values: list[float]) -> str:
    return f"{min(values):.1f} / {statistics.median(values):.1f}" if values else "-"


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description="Measure the console in a terminal.")
    options.add_argument("--runs", type=int, default=9)
    options.add_argument("--tickets", type=int, default=1000)
    options.add_argument("--folder", type=Path, help="keep the made-up data there")
    given = options.parse_args()
    with TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        desk = prepare(folder, given.tickets)
        if shutil.which("neomutt") is None:
            print("neomutt is not installed, so its column is empty (apt-get install neomutt)")
        found = measure(desk, given.runs)
        print(f"{'best / median':<26}{'heard':>16}{'peer':>16}")
        for runs in found:
            print(runs.line())
        print(table(runs.figure() for runs in found))


if __name__ == "__main__":
    main()
