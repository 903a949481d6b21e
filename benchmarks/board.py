"""What the live board costs: to settle what has changed, to read all of its numbers, and to refresh them.

    python -m benchmarks.board [--tickets 100000 | --years] [--folder CACHE]

`--years`: a million tickets, most of them old and without messages, as tests/terminal/years.py puts them in within
seconds, beside forty days of traffic.

CPU time of the process, the best of some runs; of refreshes the middle one, since each is of another ticket. Calls,
checklists, promises, gestures and replies that say the same are put in beside the made tickets, since those have none.
Bare is to fetch the facts that a first reading counts, as Python values, and nothing else. A refresh is what a board
does after a commit: settle, and read what has changed, all numbers at once; a board on the screen has a third of them.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.figures import Beside, Figure, at_most, table
from benchmarks.making import NOW, Wanted, copy, kept
from desk.ids import new_uid
from desk.reports.period import Period
from desk.times import DAY, MINUTE
from storage.connect import Connection, writing
from storage.deeds.by import By
from storage.deeds.change import Change, change
from storage.deeds.write import Outgoing, write
from storage.engine import deed_session, engine_over
from storage.reports import Asked, service
from storage.statistics.asked import Kept
from storage.statistics.reading import NUMBERS, read, tickets_behind
from storage.statistics.settling import settle_some, waiting
from storage.workspace import Workspace, open_to_write

RUNS = 5
# So many a day, of 1,440 tickets: calls, checklists, promises, gestures, known answers.
_CRAFT = (
    (
        240,
        """INSERT INTO call(uid, direction, state, way, external_id, number, caller, ticket_id, rang_at, answered_at,
            held_seconds, ended_at, goal, notes, outcome, follow_up)
        VALUES(:uid, 'in', 'done', 'pop', '', '', '', :ticket, :at, :at + 8000000, 0, :at + 300000000,
            '', '', '', '')""",
    ),
    (
        300,
        """INSERT OR IGNORE INTO checklist_run(uid, ticket_id, checklist_key, started_at)
        SELECT :uid, :ticket, key, :at FROM checklist ORDER BY position LIMIT 1""",
    ),
    (
        100,
        """INSERT INTO promise(uid, ticket_id, words, made_at, due_at, target_at, state)
        VALUES(:uid, :ticket, '', :at, :at + 86400000000, :at + 86400000000, 'kept')""",
    ),
    (
        10,
        """INSERT INTO gesture(uid, ticket_id, team_id, kind, amount, currency, reason, state, made_at, answer)
        VALUES(:uid, :ticket, 1, 'credit', 500, 'EUR', '', 'given', :at, '')""",
    ),
    (
        400,
        """INSERT OR IGNORE INTO answer_member(message_id, group_id, at) SELECT id, id % 20 + 1, at FROM message
        WHERE ticket_id = :ticket AND kind = 'outbound' LIMIT 1""",
    ),
)
_RECENT = "SELECT id FROM ticket WHERE created_at >= ? ORDER BY id"
_OPEN = "SELECT id FROM ticket WHERE status<3 ORDER BY id DESC LIMIT 20"
_FACTS = """
    SELECT ticket_id, channel_id, at, took, in_hours, met, until FROM ticket_fact WHERE kind = ? AND at >= ?"""


def figures(connection: Connection) -> Iterator[Figure]:
    """All of it, over a writing connection to a made workspace."""
    put_craft(connection)
    yield from _settled(connection)
    yield from _read(connection)
    yield from _refreshed(connection)


def put_craft(connection: Connection) -> None:
    """What a team does besides, on the tickets of the last eight days."""
    tickets = [row[0] for row in connection.execute(_RECENT, (NOW - 8 * DAY,))]
    with writing(connection):
        connection.executemany(
            "INSERT OR IGNORE INTO answer_group(id, sketch) VALUES(?, x'00')", [(n,) for n in range(1, 21)]
        )
        for each_day, statement in _CRAFT:
            chosen = tickets[:: max(1, len(tickets) // (8 * each_day))]
            connection.executemany(
                statement,
                [
                    {"uid": new_uid(), "ticket": ticket, "at": NOW - (tickets[-1] - ticket) * MINUTE}
                    for ticket in chosen
                ],
            )


def _settled(connection: Connection) -> Iterator[Figure]:
    noted, longest, begun = waiting(connection, 10_000_000), 0.0, time.process_time()
    more = True
    while more:
        before = time.process_time()
        more = settle_some(connection, NOW)
        longest = max(longest, time.process_time() - before)
    spent = time.process_time() - begun
    counted = connection.execute("SELECT count(DISTINCT ticket_id) FROM ticket_fact").fetchone()[0]
    yield Figure(f"settling {noted:,} tickets for the first time, {counted:,} of them counted", spent, "s")
    yield at_most("the longest of its transactions", longest * 1000, "ms", 100)


def _read(connection: Connection) -> Iterator[Figure]:
    since = (NOW // DAY - 7) * DAY
    bare = _best(lambda: [connection.execute(_FACTS, (kind, since)).fetchall() for kind in range(9)])
    first = _best(lambda: read(connection, NOW, UTC))
    limit = Beside(bare, "bare rows")
    yield at_most("the whole board, read for the first time", first, "ms", 50, limit=limit)
    asked = Asked(Period(since, NOW), NOW, UTC)
    yield Figure("the service report of the same days", _best(lambda: service.read(connection, asked), 2), "ms")
    known = Kept()
    found = read(connection, NOW, UTC, known)
    slowest, metric = max(
        (_best(partial(tickets_behind, connection, metric, "", NOW, UTC, known)), metric) for metric in NUMBERS
    )
    count = found.figures[metric].tickets
    yield Figure(f"the tickets behind the slowest number ({metric}, {count:,})", slowest, "ms")


def _refreshed(connection: Connection) -> Iterator[Figure]:
    """A board that is open, while others work."""
    engine, known = engine_over(connection), Kept()
    read(connection, NOW, UTC, known)
    tickets = [row[0] for row in connection.execute(_OPEN)]

    def refresh(at: int) -> float:
        before = time.process_time()
        while settle_some(connection, at):
            pass
        read(connection, at, UTC, known)
        return (time.process_time() - before) * 1000

    replied, solved = [], []
    for place, ticket in enumerate(tickets):
        by = By(5, NOW + place + 1)
        with deed_session(engine) as session:
            write(session, by, ticket, Outgoing("reply", "It is on its way.", "li@example.org"))
        replied.append(refresh(by.at))
        with deed_session(engine) as session:
            change(session, by, [ticket], Change(status=3))
        solved.append(refresh(by.at))
    yield at_most("refreshed after a reply, the middle one of twenty", median(replied), "ms", 20)
    yield at_most("refreshed after a ticket was solved, the middle one", median(solved), "ms", 20)
    with deed_session(engine) as session:
        many = [row[0] for row in connection.execute("SELECT id FROM ticket WHERE status<3 ORDER BY id DESC LIMIT 500")]
        change(session, By(5, NOW + 100), many, Change(status=3))
    yield at_most("refreshed after 500 tickets were solved at once", refresh(NOW + 100), "ms", 500)
    yield at_most("read again, nothing changed", _best(lambda: read(connection, NOW + 200, UTC, known)), "ms", 20)


def _best(work: Callable[[], object], runs: int = RUNS) -> float:
    """Milliseconds of CPU time."""
    times = []
    for _ in range(runs):
        before = time.process_time()
        work()
        times.append(time.process_time() - before)
    return min(times) * 1000


def _years(workspace: Workspace) -> None:
    """A desk that has been at it for years."""
    from console.demo.make import make_demo
    from tests.terminal.years import fill

    make_demo(workspace.folder, seed=1, tickets=60, people=120, now=NOW)
    fill(workspace, NOW)


def main() -> None:
    """Print the table."""
    from tempfile import TemporaryDirectory

    options = argparse.ArgumentParser(description="What the live board costs.")
    options.add_argument("--tickets", type=int, default=100_000)
    options.add_argument("--years", action="store_true", help="a million tickets, most of them old")
    options.add_argument("--folder", type=Path, help="where the made workspace is kept")
    given = options.parse_args()
    beside = None if given.years else kept(Wanted(given.tickets, given.tickets, 3 * given.tickets), given.folder)
    with TemporaryDirectory(dir=None if beside is None else beside.folder.parent) as folder:
        workspace = Workspace(Path(folder) / "workspace")
        if beside is None:
            _years(workspace)
        else:
            copy(beside, workspace.folder)
        with closing(open_to_write(workspace)) as connection:
            print(table(figures(connection)))


if __name__ == "__main__":
    main()
