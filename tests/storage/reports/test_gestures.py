"""The gestures' report: what was given, in which currency, by whom, and what followed."""

from datetime import UTC

import pytest
from sqlalchemy import Engine

from desk.money import Money
from desk.reports.period import Period
from desk.reports.report import Report
from desk.times import DAY, HOUR
from storage import reports, rules
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.change import Change, change
from storage.deeds.gestures import Given, give
from storage.engine import deed_session
from storage.reports import Asked
from tests.factories import NOW, make_agent, make_customer, make_message, make_ticket

RULES = """
currency = "EUR"
approvers = ["supervisor"]
[[kind]]
key = "voucher"
label = "Voucher"
[[kind]]
key = "cake"
label = "Cake"
[[budget]]
amount = "20.00"
"""


@pytest.fixture
def report(connection: Connection, engine: Engine, by: By) -> Report:
    """Ana gave a voucher and a cake, and asked for more; Bo gave another voucher."""
    rules.write(connection, "gestures", RULES)
    bo = By(make_agent(connection), NOW)
    customers = [make_customer(connection, name) for name in ("Li", "Rosa", "Sam")]
    tickets = [make_ticket(connection, customer_id=customer) for customer in customers]
    for who, kind, euros, ticket in (
        (by, "voucher", 10, tickets[0]), (by, "cake", 5, tickets[1]), (by, "cake", 50, tickets[1]),
        (bo, "voucher", 7, tickets[2]),
    ):  # fmt: skip
        with deed_session(engine) as session:
            give(session, who, Given(kind, euros * 100, "late", ticket_id=ticket))
    with deed_session(engine) as session:
        change(session, By(by.agent_id, NOW + HOUR), [tickets[0]], Change(status=3))
    with deed_session(engine) as session:
        change(session, By(by.agent_id, NOW + 2 * HOUR), [tickets[0]], Change(status=0))
    make_message(connection, tickets[1], customer_id=customers[1], at=NOW + 3 * DAY)
    make_message(connection, tickets[2], customer_id=customers[2], at=NOW + 9 * DAY)
    connection.execute(
        "INSERT INTO rating(uid, ticket_id, score, words, way, at, action) VALUES(x'01', ?, 3, '', 'link', ?, '')",
        (tickets[0], NOW + DAY),
    )
    # Another currency, of the years before.
    connection.execute(
        "INSERT INTO gesture(uid, agent_id, kind, amount, currency, reason, state, made_at, answer)"
        " VALUES(x'02', ?, 'voucher', 900, 'JPY', 'late', 'given', ?, '')",
        (by.agent_id, NOW),
    )
    asked = Asked(Period(NOW - DAY, NOW + DAY), NOW + 20 * DAY, UTC)
    return reports.read(connection, "gestures", asked)


def figures(report: Report) -> dict[str, tuple[object, int]]:
    return {figure.key: (figure.value, figure.n) for figure in report.figures}


def test_money_of_each_currency_is_added_up_by_itself(report: Report) -> None:
    found = figures(report)
    assert found["given_eur"] == (Money(2200, "EUR"), 3)
    assert found["given_jpy"] == (Money(900, "JPY"), 1)
    assert found["waiting"] == (1, 5)
    assert found["refused"] == (0, 5)


def test_what_followed_is_counted_where_it_could_follow(report: Report) -> None:
    found = figures(report)
    assert found["reopened"] == (1 / 3, 3)
    assert found["again"] == (1 / 3, 3)
    assert found["great"] == (1.0, 1)
    assert found["bad"] == (0.0, 1)
    (followed,) = [table for table in report.tables if table.key == "followed"]
    assert followed.rows == (("Voucher", 3, 0.5, 0.0, 1, 1.0, 0.0), ("Cake", 1, 0.0, 1.0, 0, None, None))


def test_it_is_told_by_kind_agent_and_team_and_what_is_left(report: Report) -> None:
    tables = {table.key: table.rows for table in report.tables}
    assert tables["kinds"] == (
        ("Voucher", 2, Money(1700, "EUR")), ("Cake", 1, Money(500, "EUR")), ("Voucher", 1, Money(900, "JPY")),
    )  # fmt: skip
    assert ("Bo Lind", 1, Money(700, "EUR")) in tables["agents"]
    assert tables["teams"] == (("no team", 3, Money(2200, "EUR")), ("no team", 1, Money(900, "JPY")))
    assert tables["left"] == (
        ("Ana Ruiz", "agent", "month", *(Money(amount, "EUR") for amount in (2000, 1500, 500))),
        ("Bo Lind", "agent", "month", *(Money(amount, "EUR") for amount in (2000, 700, 1300))),
    )


def test_within_a_week_nothing_is_said_of_who_wrote_again(connection: Connection, report: Report) -> None:
    asked = Asked(Period(NOW - DAY, NOW + DAY), NOW + 2 * DAY, UTC)
    assert figures(reports.read(connection, "gestures", asked))["again"] == (None, 0)


def test_what_came_back_before_the_gesture_did_not_follow_it(
    connection: Connection, engine: Engine, by: By, report: Report
) -> None:
    (ticket,) = connection.execute("SELECT ticket_id FROM gesture WHERE id = 4").fetchone()
    for at, status in ((NOW - 2 * HOUR, 3), (NOW - HOUR, 0)):
        with deed_session(engine) as session:
            change(session, By(by.agent_id, at), [ticket], Change(status=status))
    # Nor did the words that it was given for.
    make_message(connection, ticket, customer_id=3, at=NOW)
    asked = Asked(Period(NOW - DAY, NOW + DAY), NOW + 20 * DAY, UTC)
    found = figures(reports.read(connection, "gestures", asked))
    assert (found["reopened"], found["again"]) == ((1 / 3, 3), (1 / 3, 3))


@pytest.mark.parametrize(("direction", "again"), [("in", 2 / 3), ("out", 1 / 3)])
def test_that_we_called_is_no_word_of_the_customer(
    connection: Connection, report: Report, direction: str, again: float
) -> None:
    ticket, customer = connection.execute("SELECT ticket_id, customer_id FROM gesture WHERE id = 1").fetchone()
    message = make_message(connection, ticket, customer_id=customer, kind="call", at=NOW + DAY)
    connection.execute(
        "INSERT INTO call(uid, direction, state, way, external_id, number, caller, customer_id, message_id, rang_at,"
        " held_seconds, goal, notes, outcome, follow_up)"
        " VALUES(x'01', ?, 'done', 'hand', '', '', '', ?, ?, ?, 0, '', '', '', '')",
        (direction, customer, message, NOW + DAY),
    )
    asked = Asked(Period(NOW - DAY, NOW + DAY), NOW + 20 * DAY, UTC)
    assert figures(reports.read(connection, "gestures", asked))["again"] == (again, 3)


def test_an_empty_time_has_no_figure_that_looks_like_a_result(connection: Connection) -> None:
    asked = Asked(Period(0, DAY), NOW, UTC)
    found = reports.read(connection, "gestures", asked)
    assert all(figure.value is None for figure in found.figures)
    assert found.charts == ()
