"""The promises' report: kept, broken, overdue and open, by whom, and by how much they were beaten."""

from datetime import UTC

import pytest

from desk.reports.period import Period
from desk.reports.report import Report
from desk.times import DAY, HOUR
from storage import reports
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.promises import Said, promise, withdraw
from storage.deeds.write import Outgoing, write
from storage.engine import deed_session, engine_over
from storage.reports import Asked
from tests.factories import NOW, make_agent, make_ticket

ASKED = Asked(Period(NOW - DAY, NOW + 9 * DAY), NOW + 9 * DAY, UTC)
# Who promised on which channel, when, for how many hours, and when they answered; None: not at all.
PROMISED = (
    ("ana", "email", 0, 12, 3), ("ana", "email", 0, 24, 20), ("ana", "phone", 0, 10, 14), ("bo", "email", 0, 4, None),
    ("bo", "email", 7 * 24, 400, None), ("bo", "phone", 7 * 24, 8, 7 * 24 + 2),
)  # fmt: skip


@pytest.fixture
def report(connection: Connection, by: By) -> Report:
    agents = {"ana": by.agent_id, "bo": make_agent(connection)}
    for who, channel, since, hours, answered in PROMISED:
        ticket, at = make_ticket(connection, channel=channel), NOW + since * HOUR
        with deed_session(engine_over(connection)) as session:
            promise(session, By(agents[who], at), ticket, Said("by then", at, at + hours * HOUR))
        if answered is not None:
            with deed_session(engine_over(connection)) as session:
                write(session, By(agents[who], NOW + answered * HOUR), ticket, Outgoing("reply", "Here.", "li@x.org"))
    with deed_session(engine_over(connection)) as session:
        promise(session, by, make_ticket(connection), Said("never mind", NOW, NOW + HOUR))
        withdraw(session, by, len(PROMISED) + 1)
    return reports.read(connection, "promises", ASKED)


def test_figures_tell_what_became_of_them(report: Report) -> None:
    figures = {figure.key: (figure.value, figure.n) for figure in report.figures}
    assert figures == {
        "kept_share": (3 / 5, 5), "kept": (3, 7), "broken": (1, 7), "overdue": (1, 7), "open": (1, 7),
        "withdrawn": (1, 7), "beaten_p50": (6 * HOUR, 3), "beaten_p90": (9 * HOUR, 3),
        "missed_p50": (4 * HOUR, 1), "missed_p90": (4 * HOUR, 1),
    }  # fmt: skip


def test_they_are_told_by_agent_channel_and_week(report: Report) -> None:
    tables = {table.key: {row[0]: row[1:7] for row in table.rows} for table in report.tables}
    assert tables["agents"] == {"Ana Ruiz": (4, 2, 1, 0, 0, 2 / 3), "Bo Lind": (3, 1, 0, 1, 1, 1 / 2)}
    assert tables["channels"] == {"Email": (5, 2, 0, 1, 1, 2 / 3), "Phone": (2, 1, 1, 0, 0, 1 / 2)}
    assert tables["weeks"] == {"2026-03-02": (5, 2, 1, 1, 0, 1 / 2), "2026-03-09": (2, 1, 0, 0, 1, 1.0)}
    (chart,) = report.charts
    assert {series.name: series.values for series in chart.series}["kept"] == (2, 1)
    beaten = {row[0]: row[7:] for row in report.tables[0].rows}
    assert beaten == {"Ana Ruiz": (4 * HOUR, 9 * HOUR), "Bo Lind": (6 * HOUR, 6 * HOUR)}


def test_a_week_without_a_promise_stands_in_the_chart(connection: Connection, by: By) -> None:
    for week in (0, 3):
        at = NOW + week * 7 * DAY
        with deed_session(engine_over(connection)) as session:
            promise(session, By(by.agent_id, at), make_ticket(connection), Said("by then", at, at + HOUR))
    last = NOW + 21 * DAY + HOUR
    (chart,) = reports.read(connection, "promises", Asked(Period(NOW, last), last, UTC)).charts
    assert chart.labels == ("2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23")
    told = {series.name: series.values for series in chart.series}
    # What is due this very moment can still be kept.
    assert (told["overdue"], told["open"]) == ((1, 0, 0, 0), (0, 0, 0, 1))


def test_nothing_promised_is_no_result(connection: Connection) -> None:
    report = reports.read(connection, "promises", ASKED)
    assert {figure.value for figure in report.figures} == {None}
    assert not report.charts


def test_only_the_period_is_read(connection: Connection) -> None:
    from storage.reports.promises import MADE

    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {MADE}", ("", 0, 1))]
    assert plan[0].startswith("SEARCH p USING INDEX promise_made")
