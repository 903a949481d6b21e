"""A real Request Tracker with 2,000 tickets: how it is read, beside a bare loop, and how soon one can work with it.

    python -m benchmarks.rt ARCHIVE

The archive holds a database of RT's (`db/rt.sqlite`) and what logs in (`run.json`). The server does nearly all of the
work, so that its processor time and the number of requests say more than the clock does on a busy machine.
"""

import argparse
import json
import os
import ssl
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from benchmarks.consoles import ROOT
from benchmarks.figures import Beside, Figure, at_most, at_most_times, table
from benchmarks.rt_bare import Fetched, fetch_all
from desk.times import now
from storage import sources
from storage.connect import Connection, writing
from storage.workspace import Workspace, open_to_read, open_to_write
from sync.kinds import Account
from sync.secret import Secret
from sync.sources.rt import KIND
from sync.sources.rt.source import NEWS, PAST, RequestTracker, line
from sync.tickets import MessageNews, TicketNews
from tests.servers.rt import RtServer

Done = TypeVar("Done")

NAME, VARIABLE = "rt", "HEARD_RT_TOKEN"
# What the people of the archive have called the field that keys go into.
KEY = "Client key"
MOST_REQUESTS, MOST_OF_CHANGES, CHANGED = 500, 6, 20
TIMES, SOON, USABLE = 1.15, 1.0, 3.0
PATIENCE = 1800.0


@dataclass(frozen=True, slots=True)
class Cost:
    """What something took: seconds, seconds of the server's processors, requests."""

    seconds: float
    server: float
    requests: int


def figures(archive: Path, folder: Path) -> Iterator[Figure]:
    """All figures, of the database in that archive; `folder` is for a workspace."""
    with RtServer(archive=archive) as server:
        bare, there = _costs(server, lambda: fetch_all(server.url, server.agent("ana").token))
        pulls = {}
        for lines in (2, 1, 4):
            pulls[lines], told = _costs(server, partial(_look, server, lines))
            _must_be_all(told, there)
        ours = pulls[2]
        name = f"{there.tickets:,} tickets"
        yield at_most(f"{name} read, requests", ours.requests, "", MOST_REQUESTS, Beside(bare.requests, "bare loop"))
        yield at_most_times(f"{name} read", ours.seconds, "s", TIMES, Beside(bare.seconds, "bare loop"))
        yield at_most_times(
            f"{name} read, processor time of the server", ours.server, "s", TIMES, Beside(bare.server, "bare loop")
        )
        for lines in (1, 4):
            yield Figure(f"the same over {lines} connection{'s' * (lines > 1)}", pulls[lines].seconds, "s",
                         Beside(ours.seconds, "over 2"))  # fmt: skip
            yield Figure(f"the same over {lines}, processor time of the server", pulls[lines].server, "s",
                         Beside(ours.server, "over 2"))  # fmt: skip
        yield from _stored(server, folder, bare, there)
        yield from _changes(server)


def _stored(server: RtServer, folder: Path, bare: Cost, there: Fetched) -> Iterator[Figure]:
    """The first sync of a new workspace, by the process that an open console starts."""
    workspace = Workspace(folder / "workspace")
    with closing(open_to_write(workspace)) as connection, writing(connection):
        settings = {"url": server.url, "key": KEY, sources.TAKES: " ".join(sorted(KIND.takes))}
        sources.add(connection, "rt", NAME, settings, now())
    usable = 0.0

    def sync() -> None:
        nonlocal usable
        began = time.perf_counter()
        environment = {**os.environ, VARIABLE: server.agent("ana").token, "HEARD_WORKSPACE": str(workspace.folder)}
        process = subprocess.Popen(
            [sys.executable, "-m", "console", "sync", "--json"], env=environment, cwd=ROOT, stdout=subprocess.PIPE
        )
        with closing(open_to_read(workspace)) as connection:
            while not _count(connection, "ticket") and process.poll() is None:
                time.sleep(0.01)
            usable = time.perf_counter() - began
        said, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, json.loads(said.splitlines()[-1])

    cost, _ = _costs(server, sync)
    with closing(open_to_read(workspace)) as connection:
        assert _count(connection, "ticket") == there.tickets
    yield at_most("the newest open tickets in the queue, from the start of the sync", usable, "s", USABLE)
    yield at_most("all of them synced into the workspace, requests", cost.requests, "", MOST_REQUESTS)
    yield at_most_times("all of them synced into the workspace", cost.seconds, "s", TIMES,
                        Beside(bare.seconds, "bare loop"))  # fmt: skip
    yield at_most_times("the same, processor time of the server", cost.server, "s", TIMES,
                        Beside(bare.server, "bare loop"))  # fmt: skip


def _changes(server: RtServer) -> Iterator[Figure]:
    """What a round costs after twenty tickets were answered, noted on and solved; and where nothing has changed."""
    with closing(_source(server, 2)) as source:
        cursor = source.pull(NEWS, "").cursor
        source.pull(PAST, "")
        ben = server.as_agent("ben")
        for number in range(1, CHANGED + 1):
            ben.reply(str(number), "We have mended it.")
            ben.note(str(number), "Called, too.")
            ben.set(str(number), Status="open", Priority=number)
        cost, page = _costs(server, lambda: source.pull(NEWS, cursor))
        told = {record.external_id for record in page.records if isinstance(record, TicketNews)}
        assert len(told) == CHANGED
        yield at_most(f"{CHANGED} changed tickets, requests", cost.requests, "", MOST_OF_CHANGES)
        yield at_most(f"{CHANGED} changed tickets", cost.seconds, "s", SOON)
        idle, _ = _costs(server, lambda: source.pull(NEWS, page.cursor))
        yield Figure("nothing changed, requests", idle.requests, "")
        yield Figure("nothing changed", idle.seconds * 1000, "ms")


def _look(server: RtServer, lines: int) -> Counter[str]:
    """Read all of it and drop it; what has come."""
    told = Counter[str]()
    with closing(_source(server, lines)) as source:
        # Customers who have no ticket are nothing that the bare loop fetches.
        for stream in (NEWS, PAST):
            cursor, more = "", True
            while more:
                page = source.pull(stream, cursor)
                cursor, more = page.cursor, page.more
                told["tickets"] += sum(isinstance(record, TicketNews) for record in page.records)
                said = [record for record in page.records if isinstance(record, MessageNews)]
                told["transactions"] += len(said)
                told["files"] += sum(len(record.files) for record in said)
    return told


def _must_be_all(told: Counter[str], there: Fetched) -> None:
    """Whether both have fetched the same."""
    words = there.parts - told["files"]
    assert (told["tickets"], told["transactions"]) == (there.tickets, there.transactions), (told, there)
    assert words > 0


def _costs(server: RtServer, job: Callable[[], Done]) -> tuple[Cost, Done]:
    requests, server_time, began = server.requests(), server.processor_seconds(), time.perf_counter()
    done = job()
    took = time.perf_counter() - began
    return Cost(took, server.processor_seconds() - server_time, server.requests() - requests), done


def _source(server: RtServer, lines: int) -> RequestTracker:
    token = server.agent("ana").token
    settings = {"url": server.url, "key": KEY}
    account = Account(NAME, settings, lambda: Secret(token), ssl.create_default_context())
    return RequestTracker(account, line(account, connections=lines, patience=300))


def _count(connection: Connection, name: str) -> int:
    found: int = connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
    return found


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description="Read a Request Tracker beside a bare loop.")
    options.add_argument("archive", type=Path)
    given = options.parse_args()
    with TemporaryDirectory() as folder:
        print(table(figures(given.archive, Path(folder))))


if __name__ == "__main__":
    main()
