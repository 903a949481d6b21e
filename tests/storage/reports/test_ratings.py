"""The ratings' report: shares of everybody together, and how many bad ones were acted on."""

from datetime import UTC

from desk.ids import new_uid
from desk.reports.period import Period
from desk.reports.report import Report
from desk.times import DAY
from storage import reports
from storage.connect import Connection
from storage.reports import Asked
from tests.factories import NOW, make_agent, make_ticket


def report(connection: Connection) -> Report:
    return reports.read(connection, "ratings", Asked(Period(NOW - DAY, NOW + DAY), NOW + DAY, UTC))


def test_shares_are_of_all_ratings_of_the_time_and_name_no_agent(connection: Connection) -> None:
    agent = make_agent(connection, name="Bo Lind")
    for channel, score, action, at in (
        ("email", 3, "", NOW), ("email", 1, "called", NOW), ("chat", 1, "", NOW), ("chat", 2, "", NOW),
        ("email", 3, "", NOW - 2 * DAY),
    ):  # fmt: skip
        connection.execute(
            "INSERT INTO rating(uid, ticket_id, agent_id, score, words, way, at, action)"
            " VALUES(?, ?, ?, ?, '', ?, ?, ?)",
            (new_uid(), make_ticket(connection, channel=channel), agent, score, "link", at, action),
        )
    found = report(connection)
    assert {figure.key: (figure.value, figure.n) for figure in found.figures} == {
        "great": (0.25, 4), "fine": (0.25, 4), "bad": (0.5, 4), "acted": (0.5, 2),
    }  # fmt: skip
    (channels,) = found.tables
    assert sorted(channels.rows) == [("Email", 2, 0.5, 0.0, 0.5), ("Live chat", 2, 0.0, 0.5, 0.5)]
    assert "Bo Lind" not in str(found)


def test_without_any_no_figure_looks_like_a_result(connection: Connection) -> None:
    found = report(connection)
    assert all(figure.value is None for figure in found.figures)
    assert found.charts == ()
