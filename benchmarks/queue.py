"""What a list of tickets costs: pages, counts, snapshots, searches and a change of a thousand tickets.

    python -m benchmarks.queue [--tickets 50000] [--folder CACHE]

CPU time, warm, the best of many runs. Beside each stands the bare statement, which reads the ids in their order and the
tickets' own columns, without compiling a filter, joining names or making records; and SQLite left to itself, without
indexes, counts of triggers or a full text. Goals are those of a million tickets.
"""

import argparse
import random
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.figures import Beside, Figure, at_most, table
from benchmarks.making import NOW, Wanted, copy, kept
from desk.filters import parse
from desk.records import ViewRow
from desk.times import SECOND
from storage import queue
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.change import KEEP, Change, change
from storage.deeds.undo import undo
from storage.engine import deed_session, engine_over
from storage.workspace import open_to_read, open_to_write

if TYPE_CHECKING:
    from sqlalchemy import Engine

ME = 5
# Twenty views as a team has them; the first of each pair is the query, the second the order.
VIEWS = (
    ("status:active assignee:me snoozed:no", "due"),
    ("status:active assignee:none snoozed:no", "due"),
    ("status:active snoozed:no", "due"),
    ("status:active is:promised", "promised"),
    ("status:active is:angry snoozed:no", "due"),
    ("status:active snoozed:yes", "snoozed"),
    ("status:active", "due"),
    ("status:solved", "updated"),
    ("", "updated"),
    ("status:open team:team2", "due"),
    ("status:pending team:team3", "due"),
    ("status:active team:team1 assignee:none", "due"),
    ("status:active channel:phone", "due"),
    ("status:active channel:email priority>=high", "due"),
    ("status:active tag:tag1", "due"),
    ("status:active tag:tag150", "due"),
    ("status:active due<2h", "due"),
    ("status:active", "updated"),
    ("status:active priority:urgent", "priority"),
    ("status:open is:unread", "newest"),
)
FILTERS = (
    "status:active -tag:tag1 -assignee:me priority>=high",
    "status:active created:today",
    "tag:tag1 channel:chat",
    "customer:ruiz",
)
WORDS = ("order", "order invoice", '"refund delivery"', "order -invoice", "reference3", "status:active order", "kett*")
# What is looked for among the texts without an index of them.
SAID_RARELY = "kettle blanket"
CHANGED = 1_000
# What a team does to a thousand tickets at once.
CHANGES = (
    ("solve", Change(status=3)),
    ("assign", Change(assignee=7)),
    ("change six fields of", Change(1, 3, 9, 2, KEEP, NOW + 86_400 * SECOND, ("bulk",))),
)
BARE_COLUMNS = "id, uid, number, subject, preview, status, priority, channel_id, customer_id, assignee_id, due_at"
BARE, LEFT_ALONE = "bare SQL", "no index"


def best(deed: Callable[[], object], runs: int = 20) -> float:
    """The shortest of some runs in milliseconds of CPU time; the first warms the cache."""
    times = []
    for _ in range(runs):
        began = time.process_time()
        deed()
        times.append(time.process_time() - began)
    return min(times) * 1000


def anew(connection: Connection, read: Callable[[], object]) -> object:
    """Read after a change of its own (5 µs), so that no row that the connection kept holds any more."""
    connection.execute("INSERT INTO temp.changed VALUES (1)")
    return read()


def figures(connection: Connection) -> Iterator[Figure]:
    """All that is read, over an open workspace; nothing from rows that were kept, but where it says so."""
    connection.execute("CREATE TEMP TABLE changed(times INTEGER)")
    pages = [_first_page(connection, query, sort, 0.5) for query, sort in VIEWS]
    slowest = max(pages, key=lambda page: page.heard)
    yield at_most(f"slowest of 20 views: {slowest.what}", slowest.heard, "ms", 0.5, _unaided(connection), slowest.limit)
    yield _counts(connection)
    for rows in (64, 24):
        yield from _pages(connection, rows)
    for query in ("status:active", ""):
        yield _snapshot(connection, query)
    for query in (*FILTERS, *WORDS):
        yield _first_page(connection, query, "due" if "status:active" in query else "updated", 10)
    yield _phrase(connection)


def changes(connection: Connection) -> Iterator[Figure]:
    """A thousand tickets changed and taken back, on a writing connection; each with its commit."""
    engine = engine_over(connection)
    ids = list(queue.snapshot(connection, _scope("status:active", "due"))[:CHANGED])
    for name, wanted in CHANGES:
        there, back = _there_and_back(engine, ids, wanted)
        yield at_most(f"{name} {len(ids):,} tickets", there, "ms", 500)
        yield at_most("… and take that back", back, "ms", 500)


def _there_and_back(engine: "Engine", ids: Sequence[int], wanted: Change) -> tuple[float, float]:
    """The shortest of three runs each, in milliseconds of CPU time."""
    times: tuple[list[float], list[float]] = ([], [])
    for run in range(6):
        began = time.process_time()
        with deed_session(engine) as session:
            if run % 2 == 0:
                change(session, By(ME, NOW), ids, wanted)
            else:
                undo(session, By(ME, NOW))
        times[run % 2].append((time.process_time() - began) * 1000)
    return min(times[0]), min(times[1])


def _scope(query: str, sort: str) -> queue.Scope:
    return queue.Scope(parse(query), sort, ME, NOW, UTC)


def _first_page(connection: Connection, query: str, sort: str, goal: float) -> Figure:
    scope = _scope(query, sort)
    sql, values = queue.ids_query(connection, scope)

    def bare() -> object:
        return _bare_rows(connection, [row[0] for row in connection.execute(f"{sql} LIMIT 64", values)])

    what = f"first page of {query or 'everything'} by {sort}"
    heard = best(lambda: anew(connection, lambda: queue.first_page(connection, scope)))
    return at_most(what, heard, "ms", goal, limit=Beside(best(bare), BARE))


def _bare_rows(connection: Connection, ids: Sequence[int]) -> object:
    """The tickets' own columns alone, without customer, agent, channel or tags, as tuples in any order."""
    marks = ",".join("?" * len(ids))
    return connection.execute(f"SELECT {BARE_COLUMNS} FROM ticket WHERE id IN ({marks})", ids).fetchall()


def _unaided(connection: Connection) -> Beside:
    """The open tickets as SQLite finds and sorts them without an index."""
    sql, values = queue.ids_query(connection, _scope("status:active", "due"))
    alone = sql.replace("FROM ticket t", "FROM ticket t NOT INDEXED")
    return Beside(best(lambda: connection.execute(f"{alone} LIMIT 64", values).fetchall(), 2), LEFT_ALONE)


def _counts(connection: Connection) -> Figure:
    views = [ViewRow(n, n, query, query, sort) for n, (query, sort) in enumerate(VIEWS, 1)]
    asked = [queue.ids_query(connection, _scope(query, sort)) for query, sort in VIEWS]
    statements = [
        (sql.replace("SELECT t.id", "SELECT count(*)").partition(" ORDER BY ")[0], values) for sql, values in asked
    ]
    alone = [(sql.replace("FROM ticket t", "FROM ticket t NOT INDEXED"), values) for sql, values in statements]

    def each(questions: Sequence[tuple[str, tuple[int | str, ...]]]) -> object:
        return [connection.execute(sql, values).fetchone() for sql, values in questions]

    heard = best(lambda: queue.counts(connection, views, ME, NOW, UTC))
    peer = Beside(best(lambda: each(alone), 1), LEFT_ALONE)
    return at_most("counts of 20 views", heard, "ms", 5, peer, Beside(best(lambda: each(statements)), BARE))


def _pages(connection: Connection, rows: int) -> Iterator[Figure]:
    ids = queue.snapshot(connection, _scope("", "updated"))
    chance = random.Random(3)
    starts = [chance.randrange(max(1, len(ids) - rows)) for _ in range(200)]

    def whole(page: Callable[["array[int]"], object]) -> float:
        return best(lambda: [page(ids[start : start + rows]) for start in starts], 7) / len(starts)

    heard = whole(lambda part: anew(connection, lambda: queue.rows(connection, part)))
    limit = Beside(whole(lambda part: _bare_rows(connection, part)), BARE)
    yield at_most(f"a page of {rows} rows anywhere, from the snapshot", heard, "ms", 0.1, limit=limit)
    page = ids[starts[0] : starts[0] + rows]
    yield at_most(f"a page of {rows} rows again", best(lambda: queue.rows(connection, page)), "ms", 0.1)


def _snapshot(connection: Connection, query: str) -> Figure:
    scope = _scope(query, "updated")
    sql, values = queue.ids_query(connection, scope)
    length = len(queue.snapshot(connection, scope))
    limit = Beside(best(lambda: connection.execute(sql, values).fetchall(), 3), BARE)
    what = f"snapshot of {query or 'everything'} ({length:,} ids)"
    return Figure(what, best(lambda: queue.snapshot(connection, scope), 3), "ms", limit=limit)


def _phrase(connection: Connection) -> Figure:
    """A phrase that is rarely said: all texts are read where there is no index of them."""
    scope = _scope(f'"{SAID_RARELY}"', "updated")
    like = "SELECT DISTINCT ticket_id FROM message WHERE body LIKE ? ORDER BY id DESC LIMIT 64"
    peer = Beside(best(lambda: connection.execute(like, (f"%{SAID_RARELY}%",)).fetchall(), 1), "LIKE")
    heard = best(lambda: queue.first_page(connection, scope))
    return at_most(f"first page of “{SAID_RARELY}” by updated", heard, "ms", 10, peer)


def main() -> None:
    options = argparse.ArgumentParser(description="Measure the queue.")
    options.add_argument("--tickets", type=int, default=50_000)
    options.add_argument("--folder", type=Path, help="where made workspaces are kept between runs")
    given = options.parse_args()
    workspace = kept(Wanted(given.tickets, given.tickets, given.tickets * 3), given.folder)
    with closing(open_to_read(workspace)) as connection:
        found = list(figures(connection))
    with TemporaryDirectory(dir=workspace.folder.parent) as folder:
        written = copy(workspace, Path(folder) / "workspace")
        with closing(open_to_write(written)) as connection:
            found += changes(connection)
    print(table(found))


if __name__ == "__main__":
    main()
