"""The checklists' report: what it counts is what a slow recount of the raw rows counts, and it reads no whole table."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.checklists import ChecklistTemplate, Step
from desk.funnel import LEAST_CASES, Conversation, funnel, later, reopenings
from desk.ids import new_uid
from desk.reports.period import Period
from desk.reports.report import Report, Table
from desk.times import DAY, HOUR
from storage.connect import Connection
from storage.library import replace_or_add
from storage.reports import Asked, checklists, read
from storage.workspace import Workspace, open_to_write
from tests.factories import NOW, make_agent, make_team, make_ticket
from tests.storage.reports.recount import recount

STEPS = (
    Step("one", "One", "first"),
    Step("two", "Two", "second", required=False),
    Step("three", "Three", "third"),
    Step("after", "After", "afterwards", later=True),
)
TEMPLATE = ChecklistTemplate("three", "Three steps", STEPS)
PERIOD = Period(NOW, NOW + 30 * DAY)
ASKED = Asked(PERIOD, NOW + 30 * DAY, UTC)


@contextmanager
def desk(template: Workspace) -> Iterator[Connection]:
    """A workspace of its own for one example, with the checklist of three steps."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "workspace")
        shutil.copytree(template.folder, workspace.folder)
        with closing(open_to_write(workspace)) as connection:
            replace_or_add(connection, [TEMPLATE], NOW)
            yield connection


def begin(
    connection: Connection, ticket_id: int, ticks: dict[str, str], at: int = NOW, agent: int | None = None
) -> int:
    """A run of the checklist on a ticket, with the state of each step."""
    run = connection.execute(
        "INSERT INTO checklist_run(uid, ticket_id, checklist_key, agent_id, started_at) VALUES(?,?,?,?,?)",
        (new_uid(), ticket_id, TEMPLATE.key, agent, at),
    ).lastrowid
    assert run is not None
    connection.executemany(
        "INSERT INTO checklist_tick(run_id, step, state, at, reason, text) VALUES(?,?,?,?,?,'')",
        [(run, step, state, at, "no time" if state == "skipped" else "") for step, state in ticks.items()],
    )
    return run


def change_status(connection: Connection, ticket_id: int, before: int, after: int, at: int, *, undone: bool) -> None:
    connection.execute(
        "INSERT INTO event(deed, kind, at, ticket_id, data, patch, undone_by) VALUES(?, 'changed', ?, ?, ?, '', ?)",
        (
            new_uid(), at, ticket_id, json.dumps({"field": "status", "before": before, "after": after}),
            new_uid() if undone else None,
        ),
    )  # fmt: skip


ticks = st.dictionaries(
    st.sampled_from(["one", "two", "three", "after", "gone"]), st.sampled_from(["done", "skipped"]), max_size=5
)
conversations = st.lists(
    st.tuples(
        ticks,
        st.sampled_from([0, 1, 3, 4]),
        st.sampled_from([NOW - 1, NOW, NOW + DAY, PERIOD.until - 1, PERIOD.until]),
        st.lists(
            st.tuples(
                st.sampled_from([(3, 0), (4, 2), (0, 3), (1, 2), (3, 4)]),
                st.sampled_from([-HOUR, 0, HOUR]),
                st.booleans(),
            ),
            max_size=3,
        ),
        st.booleans(),
    ),
    max_size=8,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=conversations)
def test_the_funnel_is_what_a_slow_recount_counts(
    workspace_template: Workspace,
    made: list[tuple[dict[str, str], int, int, list[tuple[tuple[int, int], int, bool]], bool]],
) -> None:
    with desk(workspace_template) as connection:
        elsewhere = make_ticket(connection)
        for states, status, at, changes, merged in made:
            ticket_id = make_ticket(connection, status=status, merged_into_id=elsewhere if merged else None)
            begin(connection, ticket_id, states, at)
            for (before, after), moment, undone in changes:
                change_status(connection, ticket_id, before, after, at + moment, undone=undone)
        found = checklists.conversations(connection, PERIOD)
        counted = recount(
            connection, TEMPLATE.key, [(step.key, step.required) for step in STEPS if not step.later],
            PERIOD.since, PERIOD.until,
        )  # fmt: skip
    passed = funnel(TEMPLATE, found)
    told = {"whole": passed.whole, "skips": passed.skips, "stopped": passed.stopped, "under way": passed.under_way}
    assert told == {end: counted.ends[end] for end in told}
    assert passed.began == sum(told.values())
    assert {each.step.key: (each.reached, each.done, each.skipped, each.stopped) for each in passed.steps} == (
        counted.steps
    )
    assert passed.unbegun == counted.unbegun
    assert sum(each.stopped for each in passed.steps) + passed.unbegun == passed.stopped
    assert {
        each.step.key: (each.done, each.done_reopened, each.skipped, each.skipped_reopened)
        for each in reopenings(TEMPLATE, found)
    } == counted.reopened


def table(report: Report, key: str) -> Table:
    return next(each for each in report.tables if each.key == key)


def test_the_report_tells_who_stopped_where_and_why(connection: Connection) -> None:
    replace_or_add(connection, [TEMPLATE], NOW)
    team, ana = make_team(connection, "Billing"), make_agent(connection, handle="ana", name="Ana Ruiz")
    whole = make_ticket(connection, status=3, team_id=team)
    begin(connection, whole, {"one": "done", "three": "done", "after": "done"}, agent=ana)
    stopped = make_ticket(connection, status=3, channel="phone")
    begin(connection, stopped, {"one": "skipped"})
    begin(connection, make_ticket(connection), {})
    make_ticket(connection)
    report = read(connection, "checklists", ASKED)
    covered, way = report.figures
    assert (covered.value, covered.n) == (0.75, 4)
    assert (way.key, way.value, way.n) == ("whole_three", 0.5, 2)
    assert [row[1:] for row in table(report, "steps").rows] == [
        ("(no step)", 3, 1.0, None, None, 0),
        ("One", 2, 2 / 3, 1, 1, 1),
        ("Two", 1, 1 / 3, 0, 0, 0),
        ("Three", 1, 1 / 3, 1, 0, 0),
    ]
    assert table(report, "later").rows == (("Three steps", "After", 2, 1, 0.5, 0),)
    assert table(report, "by_team").rows == (
        ("Three steps", "no team", 2, 0, 0, 1, 1, 0.0, "One"),
        ("Three steps", "Billing", 1, 1, 0, 0, 0, 1.0, None),
    )
    assert [row[1] for row in table(report, "by_channel").rows] == ["Email", "Phone"]
    assert [row[1] for row in table(report, "by_agent").rows] == ["nobody", "Ana Ruiz"]
    assert table(report, "skipped").rows == (("Three steps", "One", "no time", 1),)
    assert [chart.series[0].values for chart in report.charts] == [(3, 2, 1, 1, 1)]


def test_a_checklist_that_is_gone_is_left_out(connection: Connection) -> None:
    replace_or_add(connection, [TEMPLATE], NOW)
    begin(connection, make_ticket(connection), {"one": "done"})
    connection.execute("DELETE FROM checklist WHERE key = ?", (TEMPLATE.key,))
    report = read(connection, "checklists", ASKED)
    assert table(report, "steps").rows == ()
    assert len(report.figures) == 1


def made(step: str, *, skipped: int, done: int, back: int) -> list[Conversation]:
    """So many conversations that skipped a step and did it; of either kind so many came back."""
    kinds = [(frozenset[str](), frozenset([step]), skipped), (frozenset([step]), frozenset[str](), done)]
    return [
        Conversation(TEMPLATE.key, "", "", "", did, left, over=True, reopened=number < back)
        for did, left, count in kinds
        for number in range(count)
    ]


def test_who_came_back_and_is_open_again_counts_and_who_was_never_solved_does_not() -> None:
    def one(*, over: bool, reopened: bool) -> Conversation:
        return Conversation(TEMPLATE.key, "", "", "", frozenset({"one"}), frozenset(), over, reopened)

    found = reopenings(TEMPLATE, [one(over=over, reopened=back) for over in (True, False) for back in (True, False)])[0]
    assert (found.done, found.done_reopened) == (3, 2)


def test_nothing_is_claimed_on_few_cases() -> None:
    assert LEAST_CASES == 20, "docs/reports.md says so"
    enough = reopenings(TEMPLATE, made("one", skipped=LEAST_CASES, done=2 * LEAST_CASES, back=LEAST_CASES))[0]
    assert enough.difference == 0.5
    assert reopenings(TEMPLATE, made("one", skipped=LEAST_CASES - 1, done=99, back=9))[0].difference is None
    assert reopenings(TEMPLATE, made("one", skipped=99, done=LEAST_CASES - 1, back=9))[0].difference is None


def test_what_comes_later_stops_nobody_and_is_told_apart() -> None:
    done = Conversation(TEMPLATE.key, "", "", "", frozenset({"one", "three"}), frozenset(), over=True, reopened=False)
    assert funnel(TEMPLATE, [done]).whole == 1
    (after,) = later(TEMPLATE, [done])
    assert (after.over, after.done) == (1, 0)


def test_it_is_read_by_its_indexes_alone(connection: Connection) -> None:
    seen: list[str] = []
    replace_or_add(connection, [TEMPLATE], NOW)
    begin(connection, make_ticket(connection), {"one": "skipped"})
    connection.set_trace_callback(seen.append)
    read(connection, "checklists", ASKED)
    connection.set_trace_callback(None)
    steps = [row[3] for sql in seen for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
    scanned = [step for step in steps if step.startswith("SCAN")]
    assert scanned == ["SCAN checklist"]
    assert any("checklist_run_started" in step for step in steps)
    # A ticket's own history is looked up, and not everybody's of that time for each ticket.
    assert any("event_ticket" in step for step in steps)
    assert not any("event_kind" in step for step in steps)
