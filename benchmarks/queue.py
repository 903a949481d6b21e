"""What a list of tickets costs: pages, counts, snapshots and searches, each beside its bare statement in the same run.

    python -m benchmarks.queue [--tickets 50000] [--folder CACHE] [--json]

The bare statement reads the ids in their order and the tickets' own columns, without compiling a filter, joining
names or making records.
Goals are those of a million tickets; times are the best of many runs in milliseconds.
"""

import argparse
import json
import random
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC
from pathlib import Path

from benchmarks.making import NOW, Wanted, kept
from desk.filters import parse
from desk.records import ViewRow
from storage import queue
from storage.connect import Connection
from storage.workspace import open_to_read

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


BARE_COLUMNS = "id, uid, number, subject, preview, status, priority, channel_id, customer_id, assignee_id, due_at"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement in milliseconds; `goal` is what it must stay under at a million tickets, where there is one."""

    what: str
    heard: float
    bare: float
    goal: float | None = None


def best(deed: Callable[[], object], runs: int = 30) -> float:
    """The shortest of some runs, in milliseconds; the first warms the cache."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        deed()
        times.append(time.perf_counter() - began)
    return min(times) * 1000


def figures(connection: Connection) -> Iterator[Figure]:
    """All measurements over an open workspace."""
    pages = [_first_page(connection, query, sort) for query, sort in VIEWS]
    yield max(pages, key=lambda page: page.heard)
    yield Figure("first pages of 20 views, sum", sum(p.heard for p in pages), sum(p.bare for p in pages))
    yield _counts(connection)
    for query in ("status:active", ""):
        yield _snapshot(connection, query)
    yield _page(connection)
    for query in (*FILTERS, *WORDS):
        yield _first_page(connection, query, "due" if "status:active" in query else "updated", goal=10.0)


def _scope(query: str, sort: str) -> queue.Scope:
    return queue.Scope(parse(query), sort, ME, NOW, UTC)


def _first_page(connection: Connection, query: str, sort: str, goal: float = 0.5) -> Figure:
    scope = _scope(query, sort)
    sql, values = queue.ids_query(connection, scope)
    return Figure(
        f"first page of {query or 'everything'} by {sort}",
        best(lambda: queue.first_page(connection, scope)),
        best(lambda: _bare_rows(connection, [row[0] for row in connection.execute(f"{sql} LIMIT 64", values)])),
        goal,
    )


def _bare_rows(connection: Connection, ids: Sequence[int]) -> object:
    """The tickets' own columns alone, without customer, agent, channel or tags, as tuples in any order."""
    marks = ",".join("?" * len(ids))
    return connection.execute(f"SELECT {BARE_COLUMNS} FROM ticket WHERE id IN ({marks})", ids).fetchall()


def _counts(connection: Connection) -> Figure:
    views = [ViewRow(n, n, query, query, sort) for n, (query, sort) in enumerate(VIEWS, 1)]
    bare = [queue.ids_query(connection, _scope(query, sort)) for query, sort in VIEWS]
    statements = [
        (sql.replace("SELECT t.id", "SELECT count(*)").partition(" ORDER BY ")[0], values) for sql, values in bare
    ]
    return Figure(
        "counts of 20 views",
        best(lambda: queue.counts(connection, views, ME, NOW, UTC)),
        best(lambda: [connection.execute(sql, values).fetchone() for sql, values in statements]),
        5.0,
    )


def _snapshot(connection: Connection, query: str) -> Figure:
    scope = _scope(query, "updated")
    sql, values = queue.ids_query(connection, scope)
    length = len(queue.snapshot(connection, scope))
    return Figure(
        f"snapshot of {query or 'everything'} ({length:,} ids)",
        best(lambda: queue.snapshot(connection, scope), 5),
        best(lambda: connection.execute(sql, values).fetchall(), 5),
    )


def _page(connection: Connection) -> Figure:
    ids = queue.snapshot(connection, _scope("", "updated"))
    chance = random.Random(3)
    starts = [chance.randrange(len(ids)) for _ in range(200)]

    def whole(page: Callable[["array[int]"], object]) -> float:
        return best(lambda: [page(ids[start : start + 64]) for start in starts], 5) / len(starts)

    return Figure(
        "a page of 64 rows anywhere, from the snapshot",
        whole(lambda part: queue.rows(connection, part)),
        whole(lambda part: _bare_rows(connection, part)),
        0.1,
    )


def main() -> None:
    options = argparse.ArgumentParser(description="Measure the queue.")
    options.add_argument("--tickets", type=int, default=50_000)
    options.add_argument("--folder", type=Path, help="where made workspaces are kept between runs")
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    workspace = kept(Wanted(given.tickets, given.tickets, given.tickets * 3), given.folder)
    with closing(open_to_read(workspace)) as connection:
        found = list(figures(connection))
    if given.json:
        print(json.dumps([asdict(figure) for figure in found]))
        return
    print(f"{given.tickets:,} tickets{'':54}heard ms   bare ms  ratio  goal")
    for each in found:
        goal = "" if each.goal is None else f"{each.goal:5g} {'met' if each.heard <= each.goal else 'missed'}"
        print(f"{each.what[:66]:66}{each.heard:9.3f} {each.bare:9.3f} {each.heard / each.bare:6.1f}  {goal}")


if __name__ == "__main__":
    main()
