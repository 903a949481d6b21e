"""Who began to pay lately, and the first mail to them."""

import pytest
from sqlalchemy import Engine

from desk.errors import BadInput, Refused
from desk.money import Money
from desk.newcomers import NEW_FOR, is_paying
from desk.times import DAY, HOUR
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.first_mail import begin
from storage.deeds.undo import undo
from storage.deeds.write import Outgoing, write
from storage.engine import deed_session
from storage.newcomers import NEWCOMERS, newcomers
from tests.factories import NOW, make_customer, make_message, make_ticket


def joined(connection: Connection, name: str, since: int | None, plan: str = "Pro", email: str = "") -> int:
    customer = make_customer(connection, name, email=email)
    connection.execute("UPDATE customer SET since = ?, plan = ? WHERE id = ?", (since, plan, customer))
    return customer


def test_those_without_a_word_from_us_stand_first_then_the_newest(connection: Connection) -> None:
    written = joined(connection, "Written", NOW - DAY, email="w@example.org")
    joined(connection, "Older", NOW - 3 * DAY)
    joined(connection, "Newer", NOW - 2 * DAY)
    joined(connection, "Free", NOW - DAY, plan=" Trial ")
    joined(connection, "Long ago", NOW - NEW_FOR - HOUR)
    joined(connection, "To come", NOW + DAY)
    joined(connection, "Nobody knows", None)
    ticket = make_ticket(connection, customer_id=written)
    make_message(connection, ticket, kind="outbound", at=NOW - HOUR)
    found = newcomers(connection, NOW)
    assert [row.name for row in found] == ["Newer", "Older", "Written"]
    assert [row.written_at for row in found] == [None, None, NOW - HOUR]
    assert found[2].email == "w@example.org"


def test_what_we_wrote_before_they_paid_and_what_machines_send_is_no_word(connection: Connection) -> None:
    customer = joined(connection, "Li Wei", NOW - DAY)
    ticket = make_ticket(connection, customer_id=customer)
    make_message(connection, ticket, kind="outbound", at=NOW - 2 * DAY)
    make_message(connection, ticket, kind="outbound", at=NOW, automatic="acknowledged")
    make_message(connection, ticket, kind="note", at=NOW)
    assert [row.written_at for row in newcomers(connection, NOW)] == [None]


@pytest.mark.parametrize(
    ("plan", "value", "pays"),
    [
        ("Pro", None, True),
        ("", None, False),
        ("Free", None, False),
        ("Free", Money(100, "EUR"), True),
        ("Pro", Money(0, "EUR"), False),
    ],
)
def test_what_somebody_is_worth_goes_before_the_name_of_their_plan(plan: str, value: Money | None, pays: bool) -> None:
    assert is_paying(plan, value) is pays


def test_a_first_mail_is_a_ticket_of_ones_own(connection: Connection, engine: Engine, by: By) -> None:
    customer = joined(connection, "Li Wei", NOW - DAY, email="li@example.org")
    with deed_session(engine) as session:
        done = begin(session, by, customer, "Welcome\x1b[2J, and\na person to ask")
    assert done.title == "Opened #1001 for Li Wei"
    row = connection.execute("SELECT subject, customer_id, assignee_id, status, unread FROM ticket").fetchone()
    assert row == ("Welcome, and a person to ask", customer, by.agent_id, 1, 0)
    with deed_session(engine) as session:
        write(session, By(by.agent_id, NOW), done.ticket_ids[0], Outgoing("reply", "Hello Li", "li@example.org"))
    assert [row.written_at for row in newcomers(connection, NOW)] == [NOW]


def test_the_ticket_of_a_first_mail_stays_where_the_mail_is_taken_back(
    connection: Connection, engine: Engine, by: By
) -> None:
    customer = joined(connection, "Li Wei", NOW - DAY, email="li@example.org")
    with deed_session(engine) as session:
        ticket = begin(session, by, customer, "Welcome").ticket_ids[0]
    with deed_session(engine) as session:
        write(session, by, ticket, Outgoing("reply", "Hello Li", "li@example.org"))
    with deed_session(engine) as session:
        undo(session, by)
    with pytest.raises(Refused, match="nothing"), deed_session(engine) as session:
        undo(session, by)
    assert connection.execute("SELECT message_count FROM ticket").fetchone() == (0,)


def test_nobody_is_written_to_without_an_address(connection: Connection, engine: Engine, by: By) -> None:
    customer = joined(connection, "Li Wei", NOW - DAY)
    with pytest.raises(BadInput, match="No address of Li Wei is known"), deed_session(engine) as session:
        begin(session, by, customer, "Welcome")


def test_they_are_found_by_the_index_of_those_whose_first_day_is_known(connection: Connection) -> None:
    steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {NEWCOMERS}", (1, 0, 1, 5))]
    assert "SEARCH c USING INDEX customer_since (since>? AND since<?)" in steps
    assert not any(step.startswith("SCAN") for step in steps)
