"""Every benchmark in one run and one table: what Heard takes, peers, limits, goals.

    python -m benchmarks.everything [--full] [--only queue] [--write docs/performance.md] [--runs 3]

Each part runs in a process of its own and sends its figures as it finds them: a part that crashes or hangs is said to
have done so, and takes nobody else's figures along. The exit code is 1 where one did, and 0 where a goal is missed.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.circumstances import data, machine, versions
from benchmarks.figures import Figure
from benchmarks.making import Wanted, kept
from benchmarks.page import Circumstances, Measured, misses, needless, omitted, page, read_reasons, table_of
from benchmarks.parts import PARTS, Part, Scale

SMALL = Wanted(100_000, 100_000, 300_000)
FULL = Wanted(1_000_000, 1_000_000, 3_000_000)
# Each page names the other.
OTHER = {
    False: "With a million of everything: [performance-full.md](performance-full.md).",
    True: "With a tenth of everything, in minutes: [performance.md](performance.md).",
}
# A part that has said nothing for so long is taken to hang, in seconds; making the million takes five minutes.
PATIENCE = 1800.0


def run(parts: Sequence[Part], scale: Scale, patience: float = PATIENCE) -> list[Measured]:
    """What each part found, one after the other, once the data are there."""
    found = []
    if any(part.made for part in parts):
        begun = time.monotonic()
        kept(scale.wanted)
        print(f"data: there after {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    for part in parts:
        if why := _lacking(part):
            found.append(Measured(part.title, part.note, left_out=why))
            continue
        begun = time.monotonic()
        measured = replace(measure(part, scale, patience), seconds=time.monotonic() - begun)
        print(f"{part.key}: {measured.crashed or 'done'}, {measured.seconds:.0f} s", file=sys.stderr, flush=True)
        found.append(measured)
    return found


def _lacking(part: Part) -> str:
    """Why the part can't be measured here; empty where it can."""
    if part.needed is not None and not part.needed.exists():
        return f"it needs {part.needed.name}, which is not there"
    return part.missing()


def measure(part: Part, scale: Scale, patience: float) -> Measured:
    """What one part finds in a process of its own, up to where it ends, however it ends."""
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(sender, part, scale))
    process.start()
    sender.close()
    figures: list[Figure] = []
    crashed = ""
    with receiver:
        while True:
            if not receiver.poll(patience):
                crashed = f"nothing came for {patience:.0f} s"
                process.kill()
                break
            try:
                message = receiver.recv()
            except EOFError:
                process.join()
                crashed = f"ended by itself with code {process.exitcode}"
                break
            if message is None:
                break
            if isinstance(message, str):
                crashed = message
                break
            figures.append(message)
    process.join()
    return Measured(part.title, part.note, tuple(figures), crashed=crashed)


def _send(sender: Connection, part: Part, scale: Scale) -> None:
    """In the part's own process: its figures one by one, then None, or else what went wrong as text."""
    try:
        for figure in part.measure(scale):
            sender.send(figure)
        sender.send(None)
    # The border of a process: whatever it was, the other parts go on and the table names it.
    except Exception as error:
        # What a terminal showed may follow; the table has room for a line.
        sender.send(f"{type(error).__name__}: {error}".partition("\n")[0])
        raise


def text_of(found: Sequence[Measured]) -> str:
    """The table, and what is to be said with it in a terminal."""
    reasons = read_reasons()
    pieces = [table_of(found)]
    for title, text in (("What misses", misses(found, reasons)), ("What was left out", omitted(found))):
        if text:
            pieces.append(f"{title}:\n{text}")
    pieces += [f"reasons.toml explains what is met now: {what}" for what in needless(found, reasons)]
    return "\n\n".join(pieces)


def main() -> int:
    """Print the table; write the page where that was asked for."""
    options = argparse.ArgumentParser(description="Run every benchmark.")
    options.add_argument("--full", action="store_true", help="a million customers and tickets instead of 100,000")
    options.add_argument("--messages", type=int, help="how many messages instead of three a ticket")
    options.add_argument("--only", action="append", choices=[part.key for part in PARTS], help="this part alone")
    options.add_argument("--runs", type=int, default=3, help="how often whatever runs in a terminal is started")
    options.add_argument("--write", type=Path, help="put the page into this file too")
    given = options.parse_args()
    if given.only and given.write:
        options.error("a page has all parts: --only and --write don't go together")
    wanted = FULL if given.full else SMALL
    scale = Scale(replace(wanted, messages=given.messages or wanted.messages), given.runs)
    machine_now, begun = machine(), time.monotonic()
    found = run([part for part in PARTS if not given.only or part.key in given.only], scale)
    print(text_of(found))
    if given.write:
        run_of = Circumstances(
            " with a million" if given.full else "", "make bench-full" if given.full else "make bench",
            machine_now, versions(), data(scale.wanted), (time.monotonic() - begun) / 60, OTHER[given.full],
        )  # fmt: skip
        given.write.write_text(page(found, run_of, read_reasons()), encoding="utf-8")
    return int(any(part.crashed for part in found))


if __name__ == "__main__":
    sys.exit(main())
