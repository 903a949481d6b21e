"""The service report: every figure is what a slow recount of all messages and all history gives."""

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from desk.ids import new_uid
from desk.reports.period import Period
from desk.reports.report import Cell, Report
from desk.service import spread
from desk.times import DAY, HOUR, MINUTE
from storage import rules
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.first_mail import begin
from storage.engine import deed_session
from storage.reports import Asked, read
from storage.reports.served import flow, waited
from storage.workspace import Workspace, open_to_write
from tests.factories import NOW, make_customer, make_message, make_ticket
from tests.storage.told import Told, Turned

PERIOD = Period(NOW, NOW + 3 * DAY)
PRESENT = NOW + 4 * DAY
ASKED = Asked(PERIOD, PRESENT, UTC)
OFFICE = 'zone = "Europe/Madrid"\nhours = "Mon-Fri 9-17"\n'
NO_PAUSE = '[[target]]\ntitle = "Email"\nchannels = ["email"]\nfirst_response = "4h"\nnext_response = "1h"\n'


@contextmanager
def desk(template: Workspace, targets: str = "") -> Iterator[Connection]:
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "workspace")
        shutil.copytree(template.folder, workspace.folder)
        with closing(open_to_write(workspace)) as connection:
            rules.write(connection, "targets", targets + NO_PAUSE)
            yield connection


@dataclass(frozen=True)
class Made:
    status: int
    created: int
    merged: bool
    said: tuple[Told, ...]
    turned: tuple[Turned, ...]
    solved: int | None

    @property
    def touched(self) -> int:
        times = [*(each.at for each in self.said), *(each.at for each in self.turned)]
        return max(self.created, *times) if times else self.created


moments = st.integers(-2 * 24, 4 * 24).map(lambda hours: NOW + hours * HOUR)
told = st.builds(
    Told, moments, st.sampled_from(["inbound", "inbound", "outbound", "outbound", "call", "note"]), st.booleans(),
    st.booleans(),
)  # fmt: skip
turned = st.builds(Turned, moments, st.sampled_from([0, 1, 3, 4]), st.sampled_from([0, 2, 3, 4]), st.booleans())
made = st.builds(
    Made,
    st.sampled_from([0, 1, 3, 4]),
    moments,
    st.sampled_from([False, False, False, True]),
    st.lists(told, max_size=6, unique_by=lambda each: each.at).map(tuple),
    st.lists(turned, max_size=3).map(tuple),
    st.none() | moments,
)


def fill(connection: Connection, tickets: list[Made]) -> None:
    elsewhere = make_ticket(connection, created_at=0, status=4, solved_at=None)
    for each in tickets:
        ticket = make_ticket(
            connection, status=each.status, created_at=each.created, updated_at=max(each.touched, each.solved or 0),
            merged_into_id=elsewhere if each.merged else None, solved_at=each.solved if each.status >= 3 else None,
        )  # fmt: skip
        for message in each.said:
            key = make_message(
                connection, ticket, kind=message.kind, at=message.at,
                automatic="bulk" if message.automatic and message.kind == "outbound" else "",
            )  # fmt: skip
            if message.dropped and message.kind == "outbound":
                connection.execute(
                    "INSERT INTO outbox(uid, deed, ticket_id, message_id, kind, payload, state, created_at, ready_at,"
                    " tries, error) VALUES(?, ?, ?, ?, 'reply', '{}', 'dropped', 0, 0, 0, '')",
                    (new_uid(), new_uid(), ticket, key),
                )
        for turn in each.turned:
            connection.execute(
                "INSERT INTO event(deed, kind, at, ticket_id, data, patch, undone_by)"
                " VALUES(?, 'changed', ?, ?, ?, '', ?)",
                (
                    new_uid(), turn.at, ticket,
                    json.dumps({"field": "status", "before": turn.before, "after": turn.after}),
                    new_uid() if turn.undone else None,
                ),
            )  # fmt: skip


def slow_waits(each: Made) -> Iterator[tuple[str, int, int | None]]:
    """Each wait of a conversation, message by message: its kind, since when, until when."""
    since: int | None = None
    answers = 0
    for message in sorted(each.said, key=lambda one: one.at):
        if message.kind == "inbound":
            since = message.at if since is None else since
        elif message.kind == "call" or (message.kind == "outbound" and not message.automatic and not message.dropped):
            if since is not None:
                yield ("next" if answers else "first"), since, message.at
            since = None
            answers += 1
    if since is not None:
        yield ("next" if answers else "first"), since, None


def slow_answers(tickets: list[Made]) -> Counter[tuple[str, int]]:
    return Counter(
        (kind, until - since)
        for each in tickets
        if not each.merged
        for kind, since, until in slow_waits(each)
        if until is not None and PERIOD.since <= until < PERIOD.until
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tickets=st.lists(made, max_size=6))
def test_waits_and_flow_are_what_a_slow_recount_counts(workspace_template: Workspace, tickets: list[Made]) -> None:
    with desk(workspace_template) as connection:
        fill(connection, tickets)
        answers, moved = waited(connection, PERIOD), flow(connection, PERIOD, PRESENT)
    assert Counter((each.kind, each.took) for each in answers if each.took is not None) == slow_answers(tickets)
    stand = [each for each in tickets if not each.merged]
    assert sorted(moved.all_arrived) == sorted(each.created for each in stand if each.created in PERIOD)
    solves = [(place, at) for place, each in enumerate(stand) for at in slow_solves(each) if at in PERIOD]
    assert sorted(moved.solved) == sorted(at for _, at in solves)
    assert sorted(moved.reopened) == sorted(at for each in stand for at in slow_returns(each) if at in PERIOD)
    first_solved = {place: min(at for one, at in solves if one == place) for place, _ in solves}
    assert moved.solved_tickets == len(first_solved)
    assert moved.came_back == sum(
        any(first <= at <= PRESENT for at in slow_returns(stand[place])) for place, first in first_solved.items()
    )
    resting = [stand[place] for place in first_solved if stand[place].status >= 3]
    assert (moved.stand, moved.one_touch) == (len(resting), sum(slow_answer_count(each) == 1 for each in resting))
    assert sorted(moved.backlog) == sorted(each.created for each in tickets if each.status < 3)


def slow_solves(each: Made) -> set[int]:
    told = {turn.at for turn in each.turned if not turn.undone and turn.before < 3 <= turn.after}
    return told | ({each.solved} if each.solved is not None and each.status >= 3 else set())


def slow_returns(each: Made) -> list[int]:
    return [turn.at for turn in each.turned if not turn.undone and turn.after < 3 <= turn.before]


def slow_answer_count(each: Made) -> int:
    return sum(
        message.kind == "call" or (message.kind == "outbound" and not message.automatic and not message.dropped)
        for message in each.said
    )


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tickets=st.lists(made.filter(lambda each: not each.turned), max_size=6), office=st.booleans())
def test_the_service_level_is_what_a_slow_recount_counts(
    workspace_template: Workspace, tickets: list[Made], office: bool
) -> None:
    with desk(workspace_template, OFFICE if office else "") as connection:
        fill(connection, tickets)
        answers = waited(connection, PERIOD)
    limit = {"first": 4 * HOUR, "next": HOUR}
    passed: Callable[[int, int], int] = slow_office if office else (lambda since, until: until - since)
    counted: Counter[tuple[str, bool, bool]] = Counter()
    for each in tickets:
        for kind, since, until in slow_waits(each) if not each.merged else ():
            if until is not None and until in PERIOD:
                counted[kind, True, until <= slow_due(since, limit[kind], passed)] += 1
            elif (
                since < PERIOD.until
                and (until is None or until >= PERIOD.until)
                # The clock of a pending ticket stands still.
                and (until is not None or each.status in (0, 2))
                and slow_due(since, limit[kind], passed) < PERIOD.until
            ):
                counted[kind, False, False] += 1
    assert Counter((each.kind, each.took is not None, bool(each.met)) for each in answers) == counted


def slow_due(since: int, limit: int, passed: Callable[[int, int], int]) -> int:
    """The first hour at which the whole of the target has passed; all times here are whole hours."""
    due = since
    while passed(since, due) < limit:
        due += HOUR
    return due


def slow_office(since: int, until: int) -> int:
    """Minutes from Monday to Friday, 9 to 17 on Madrid's wall, one by one."""
    from datetime import datetime

    madrid, passed = ZoneInfo("Europe/Madrid"), 0
    for minute in range(since, until, 10 * MINUTE):
        at = datetime.fromtimestamp(minute / 1_000_000, madrid)
        passed += 10 * MINUTE * (at.weekday() < 5 and 9 <= at.hour < 17)
    return passed


def value(report: Report, key: str) -> tuple[Cell, int]:
    return next((each.value, each.n) for each in report.figures if each.key == key)


def test_the_figures_of_a_small_desk(workspace_template: Workspace) -> None:
    hours = [
        Told(NOW + at * HOUR, kind, False, False) for at, kind in ((0, "inbound"), (2, "outbound"), (3, "inbound"))
    ]
    with desk(workspace_template, OFFICE) as connection:
        fill(connection, [
            Made(3, NOW, False, (*hours, Told(NOW + 30 * HOUR, "outbound", False, False)), (), NOW + 31 * HOUR),
            Made(0, NOW, False, (Told(NOW + HOUR, "inbound", False, False),), (), None),
            Made(3, NOW, False, tuple(hours[:2]), (Turned(NOW + 5 * HOUR, 3, 0, False),), NOW + 4 * HOUR),
        ])  # fmt: skip
        report = read(connection, "service", ASKED)
    assert value(report, "first_p50") == (2 * HOUR, 2)
    assert value(report, "next_p90") == (27 * HOUR, 1)
    # It is ten on Monday in Madrid: the customer wrote again at one, and was answered at four on Tuesday.
    assert value(report, "next_p90_business") == (11 * HOUR, 1)
    assert value(report, "first_level") == (2 / 3, 3)
    assert value(report, "next_level") == (0.0, 1)
    assert value(report, "arrived") == (3, 3)
    assert value(report, "reopened") == (0.5, 2)
    assert value(report, "one_touch") == (0.5, 2)
    assert value(report, "backlog")[0] == 1
    first = next(table for table in report.tables if table.key == "first_response")
    assert first.rows == (("Email", 2, 2 * HOUR, 2 * HOUR, 2 * HOUR, 2 * HOUR, 2 / 3, 3, 1),)
    backlog = next(table for table in report.tables if table.key == "backlog")
    assert ("3 to 7 d", 1) in backlog.rows
    assert report.notes == ()


def test_without_hours_nothing_is_told_in_business_hours(connection: Connection) -> None:
    report = read(connection, "service", ASKED)
    assert not any("business" in figure.key for figure in report.figures)
    assert "the team has set none" in report.notes[0]


@given(st.lists(st.integers(0, 1000), min_size=1))
def test_nine_of_ten_are_no_more_than_that(values: list[int]) -> None:
    found = spread(values)
    assert found.p50 is not None
    assert found.p90 is not None
    assert found.p50 in values
    assert sum(each <= found.p50 for each in values) * 2 >= len(values)
    assert sum(each <= found.p90 for each in values) * 10 >= len(values) * 9
    assert sum(each < found.p90 for each in values) * 10 < len(values) * 9


@pytest.mark.parametrize("kind", ["service"])
def test_no_query_reads_a_whole_table(connection: Connection, kind: str) -> None:
    seen: list[str] = []
    ticket = make_ticket(connection)
    make_message(connection, ticket)
    connection.set_trace_callback(seen.append)
    read(connection, kind, ASKED)
    connection.set_trace_callback(None)
    steps = [row[3] for sql in seen for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
    big = ("ticket", "message", "event", "call", "t", "m", "e", "c", "outbox", "o")
    assert [step for step in steps if step.startswith("SCAN") and step.split()[1] in big and "INDEX" not in step] == []
    assert not any(step.startswith("SCAN") and "ticket_updated" in step for step in steps)
    assert not any(step.endswith("event_kind (kind=?)") for step in steps)


@pytest.mark.parametrize(("days", "title", "points"), [(3, "day", 4), (200, "week", 30), (1000, "month", 34)])
def test_a_long_time_is_drawn_by_more_at_once(connection: Connection, days: int, title: str, points: int) -> None:
    make_ticket(connection, created_at=NOW - DAY)
    period = Period(NOW - days * DAY - 9 * HOUR, NOW)
    chart = read(connection, "service", Asked(period, NOW, UTC)).charts[0]
    assert chart.title == f"Tickets per {title}"
    assert len(chart.labels) == points
    assert sum(value or 0 for value in chart.series[0].values) == 1


def test_a_ticket_that_we_began_did_not_come_in(connection: Connection, engine: Engine, by: By) -> None:
    customer = make_customer(connection, email="li@example.org")
    with deed_session(engine) as session:
        begin(session, by, customer, "Welcome")
    assert flow(connection, PERIOD, PRESENT).all_arrived == []
    make_ticket(connection)
    assert flow(connection, PERIOD, PRESENT).all_arrived == [NOW]
