"""What lists may cost, as SQLite's own steps over 20,000 tickets: the same count on every machine.

Whoever read all tickets would take 60,000 steps at least. It holds without statistics and with them, since SQLite may
choose another way once it has any.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC

import pytest

from benchmarks import queue as timed
from desk.filters import parse
from desk.records import ViewRow
from storage import queue
from storage.connect import Connection
from storage.workspace import Workspace
from tests.factories import NOW
from tests.storage.queue.many import TICKETS, many

# The very views that are timed, with tags that are there.
VIEWS = [
    (query.replace("tag:tag150", "tag:rare").replace("tag:tag1", "tag:common"), sort) for query, sort in timed.VIEWS
]
# Over all years, in any order.
YEARS = ("", "status:solved", "-status:active", "assignee:me", "assignee:none status:closed", "tag:common", "tag:rare",
         "-tag:rare", "due<2h", "due:none", "snoozed:yes", "is:promised", "updated<1h", "channel:chat team:team2",
         "assignee:agent2 assignee:none", "rare", '"rare word"', "status:active rare", "team:rare", "queue:rare",
         "channel:forum", "priority:urgent", "priority>=high", "team:rare team:new", "team:rare queue:rare",
         "source:rare", "status:closed channel:forum", "-channel:forum")  # fmt: skip
STEP = 100
PAGE, VIEW, COUNTS, FIRST = 5_000, 8_000, 30_000, 45_000


@pytest.fixture(scope="module", params=["without statistics", "with statistics"])
def desk(request: pytest.FixtureRequest, workspace_template: Workspace) -> Iterator[Connection]:
    with closing(many(workspace_template)) as connection:
        if request.param == "with statistics":
            connection.execute("ANALYZE")
        yield connection


def scope(query: str, sort: str) -> queue.Scope:
    return queue.Scope(parse(query), sort, 1, NOW, UTC)


def steps(connection: Connection, read: Callable[[], object]) -> int:
    """About how many steps of SQLite's machine that takes."""
    taken = 0

    def step() -> int:
        nonlocal taken
        taken += STEP
        return 0

    forget(connection)
    connection.set_progress_handler(step, STEP)
    read()
    connection.set_progress_handler(None, 0)
    return taken


def forget(connection: Connection) -> None:
    """Make a change, so that no row that was kept holds any more."""
    assert connection.execute("UPDATE ticket SET goal=goal WHERE id=1").rowcount == 1


def plans(connection: Connection, read: Callable[[], object]) -> Iterator[str]:
    """The steps of the plan of every statement that is run."""
    seen: list[str] = []
    forget(connection)
    connection.set_trace_callback(seen.append)
    read()
    connection.set_trace_callback(None)
    # FTS5's own statements on its tables are traced as comments.
    for sql in seen:
        if not sql.startswith("--"):
            yield from (row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}"))


def test_a_scan_would_be_noticed(desk: Connection) -> None:
    taken = steps(desk, lambda: desk.execute("SELECT id FROM ticket WHERE goal='x'").fetchall())
    assert taken > 3 * TICKETS - STEP > FIRST


@pytest.mark.parametrize(("query", "sort"), VIEWS)
def test_the_first_page_of_a_view_is_read_and_nothing_else(desk: Connection, query: str, sort: str) -> None:
    def read() -> object:
        return queue.first_page(desk, scope(query, sort))

    assert read()
    assert steps(desk, read) <= VIEW
    assert not [
        step
        for step in plans(desk, read)
        if re.match(r"SCAN (t|m|w)\b(?! USING (COVERING INDEX|INDEX ticket_(active|updated)))", step)
    ]


def test_the_views_are_counted_without_their_tables(desk: Connection) -> None:
    views = [ViewRow(place, place, query, query, sort) for place, (query, sort) in enumerate(VIEWS, 1)]

    def read() -> dict[int, int]:
        return queue.counts(desk, views, 1, NOW, UTC)

    assert len(read()) == len(VIEWS)
    assert steps(desk, read) <= COUNTS
    for step in plans(desk, read):
        assert "SCAN t " not in step or "COVERING INDEX ticket_active" in step, step


def test_counts_of_all_years_touch_no_ticket(desk: Connection) -> None:
    for query in ("", "status:solved", "status:closed", "-status:active", "status:active"):
        assert steps(desk, lambda query=query: queue.count(desk, scope(query, "due"))) <= 200, query  # type: ignore[misc]


def test_who_is_awake_is_counted_by_who_sleeps(desk: Connection) -> None:
    for query in ("snoozed:no", "status:active snoozed:no"):
        assert steps(desk, lambda query=query: queue.count(desk, scope(query, "due"))) <= 1_000, query  # type: ignore[misc]


@pytest.mark.parametrize("start", [0, 64, 7_777, TICKETS - 64])
def test_a_page_anywhere_costs_the_same(desk: Connection, start: int) -> None:
    ids = queue.snapshot(desk, scope("", "updated"))[start : start + 64]
    assert len(queue.rows(desk, ids)) == 64
    assert steps(desk, lambda: queue.rows(desk, ids)) <= PAGE
    for step in plans(desk, lambda: queue.rows(desk, ids)):
        assert not step.startswith("SCAN") or "wanted" in step


@pytest.mark.parametrize("sort", sorted(queue.SORTS))
@pytest.mark.parametrize("query", YEARS)
def test_lists_over_all_years_begin_at_once(desk: Connection, query: str, sort: str) -> None:
    assert steps(desk, lambda: queue.first_page(desk, scope(query, sort))) <= FIRST


def test_to_solve_a_ticket_reads_its_own_tags_alone(desk: Connection) -> None:
    desk.execute("BEGIN")
    (ticket_id,) = desk.execute("SELECT id FROM ticket WHERE status=0 ORDER BY id DESC LIMIT 1").fetchone()
    (tags,) = desk.execute("SELECT count(*) FROM active_tag").fetchone()
    taken = steps(desk, lambda: desk.execute("UPDATE ticket SET status=3 WHERE id=?", (ticket_id,)))
    desk.execute("ROLLBACK")
    assert taken < 1000 < tags
