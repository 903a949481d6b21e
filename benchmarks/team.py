"""What a team in one workspace costs: a console at rest among others, a killed one, a line on the record.

    python -m benchmarks.team [--seconds 20] [--kills 5]

CPU of the console's process by the system's own count, whose steps are ten milliseconds; the rest by the clock or as
named, on the demo team.
"""

import argparse
import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Beside, Figure, at_most, table
from console.demo.make import make_demo
from desk.times import now
from storage.audit import KEPT, Wanted, looked, read
from storage.connect import Connection, writing
from storage.deeds.by import By
from storage.seats import Others
from storage.workspace import Workspace, open_to_write
from tests.terminal.desk import Desk

AGENTS = ("ana", "ben", "chiara", "dev", "mei")
SETTLED = 8.0
# What the project promises of a console that was killed, in seconds.
GONE = 3.0
LOOKS = 2000


def figures(folder: Path, seconds: float, kills: int) -> Iterator[Figure]:
    """Every claim."""
    workspace = Workspace(folder / "workspace")
    make_demo(workspace.folder, seed=1, tickets=240, people=400, now=now())
    alone, among = (_at_rest(workspace, agents, seconds) for agents in (AGENTS[:1], AGENTS))
    yield Figure("a console at rest, of CPU a second", alone, "ms")
    yield Figure("the same beside four others", among, "ms", Beside(alone, "alone"))
    yield at_most("a killed console, until the others know, the slowest", _killed(workspace, kills), "s", GONE)
    with closing(open_to_write(workspace)) as connection:
        yield from _record(connection)


def _at_rest(workspace: Workspace, agents: tuple[str, ...], seconds: float) -> float:
    """Milliseconds of CPU that the first console takes a second."""
    with ExitStack() as stack:
        desks = [stack.enter_context(Desk(workspace, agent=agent)) for agent in agents]
        for desk in desks:
            desk.wait_until_live()
        _read(desks, SETTLED)
        before = cpu(desks[0])
        _read(desks, seconds)
        return (cpu(desks[0]) - before) / seconds * 1000


def _killed(workspace: Workspace, times: int) -> float:
    """Seconds from a kill until another console's look tells of it."""
    slowest = 0.0
    for _ in range(times):
        with Desk(workspace) as desk:
            desk.wait_until_live()
            others = Others(workspace.folder, "")
            while not any(seat.there for seat in others.look()):
                desk.read(0.1)
            desk.signal(signal.SIGKILL)
            begun = time.perf_counter()
            while any(seat.there for seat in others.look()):
                # As often as the watch of a console looks.
                time.sleep(0.4)
            slowest = max(slowest, time.perf_counter() - begun)
    return slowest


def _record(connection: Connection) -> Iterator[Figure]:
    (agent,) = connection.execute("SELECT min(id) FROM agent").fetchone()
    with writing(connection):
        connection.execute("DELETE FROM audit")
        connection.executemany(
            "INSERT INTO audit(at, kind, agent_id, customer_id, words) VALUES(?, 'looked', ?, ?, '')",
            ((number, agent, number) for number in range(KEPT)),
        )
    at, begun = now(), time.process_time()
    for number in range(LOOKS):
        looked(connection, By(agent, at + number), KEPT + number)
    yield Figure(f"a look on record, {KEPT:,} lines kept, CPU", (time.process_time() - begun) / LOOKS * 1000, "ms")
    begun = time.process_time()
    read(connection, Wanted(0, at * 2))
    yield Figure("the newest 200 lines of all, CPU", (time.process_time() - begun) * 1000, "ms")


def _read(desks: list[Desk], seconds: float) -> None:
    """Take what the terminals are sent, as terminals do."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for desk in desks:
            desk.read(0.05)


def cpu(desk: Desk) -> float:
    """Seconds of CPU that a console has taken so far."""
    text = Path(f"/proc/{desk.process.pid}/stat").read_text(encoding="ascii", errors="replace")
    fields = text.rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description="Measure a team in one workspace.")
    options.add_argument("--seconds", type=float, default=20.0)
    options.add_argument("--kills", type=int, default=5)
    given = options.parse_args()
    os.environ.pop("HEARD_WORKSPACE", None)
    with TemporaryDirectory() as folder:
        print(table(figures(Path(folder), given.seconds, given.kills)))


if __name__ == "__main__":
    main()
