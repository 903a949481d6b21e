"""Giving away: what the budgets have, what waits for a supervisor, and that nobody spends the same money twice."""

import threading
from contextlib import closing

import pytest
from sqlalchemy import Engine

from desk.errors import BadInput, Refused
from desk.times import DAY
from storage import rules, tickets
from storage.connect import Connection
from storage.deeds.by import By, Done
from storage.deeds.gestures import Given, approve, give, refuse
from storage.deeds.undo import redo, undo
from storage.engine import deed_session, engine_over
from storage.gestures import listed, of_customer, standing
from storage.workspace import Workspace, open_to_write
from tests.factories import NOW, make_agent, make_customer, make_team, make_ticket

RULES = """
currency = "EUR"
zone = "Europe/Madrid"
approvers = ["supervisor"]
[[kind]]
key = "voucher"
label = "Voucher"
amount = "10.00"
[[budget]]
for = "agent"
period = "month"
amount = "50.00"
[[budget]]
for = "team"
period = "quarter"
amount = "80.00"
"""
STATES = "SELECT state FROM gesture ORDER BY id"


@pytest.fixture
def ticket(connection: Connection, by: By) -> int:
    """A ticket of Billing's, where Ana is."""
    rules.write(connection, "gestures", RULES)
    team = make_team(connection)
    connection.execute("INSERT INTO membership(team_id, agent_id) VALUES(?, ?)", (team, by.agent_id))
    return make_ticket(connection, customer_id=make_customer(connection), team_id=team)


@pytest.fixture
def mei(connection: Connection) -> By:
    """A supervisor."""
    agent = make_agent(connection, handle="mei", name="Mei Tanaka")
    connection.execute("UPDATE agent SET role = 'supervisor' WHERE id = ?", (agent,))
    return By(agent, NOW)


def given(engine: Engine, by: By, ticket: int, euros: int, reason: str = "a long wait") -> Done:
    with deed_session(engine) as session:
        return give(session, by, Given("voucher", euros * 100, reason, ticket_id=ticket))


def left(connection: Connection, by: By, ticket: int, at: int = NOW) -> list[int]:
    return [each.left for each in standing(connection, by.agent_id, ticket, at).lefts]


def states(connection: Connection) -> list[str]:
    return [state for (state,) in connection.execute(STATES)]


def words(connection: Connection, ticket: int) -> list[str]:
    return [event.body for event in tickets.events(connection, ticket)]


def test_what_is_given_is_left_no_more_and_told_on_the_ticket(
    connection: Connection, engine: Engine, by: By, ticket: int
) -> None:
    assert left(connection, by, ticket) == [5000, 8000]
    done = given(engine, by, ticket, 12)
    assert done.title == "Gave Voucher, 12 EUR on #1001"
    assert left(connection, by, ticket) == [3800, 6800]
    assert words(connection, ticket) == ["Ana Ruiz gave Voucher, 12 EUR: a long wait"]
    customer = connection.execute("SELECT customer_id FROM ticket").fetchone()[0]
    (row,) = of_customer(connection, customer)
    assert (row.kind, row.amount, row.currency, row.state, row.agent, row.team) == (
        "voucher", 1200, "EUR", "given", "Ana Ruiz", "Billing",
    )  # fmt: skip


def test_over_budget_it_waits_and_counts_for_nothing_until_it_is_approved(
    connection: Connection, engine: Engine, by: By, mei: By, ticket: int
) -> None:
    given(engine, by, ticket, 45)
    done = given(engine, by, ticket, 6)
    assert "a supervisor decides" in done.title
    assert states(connection) == ["given", "waiting"]
    assert left(connection, by, ticket) == [500, 3500]
    waiting = listed(connection, mei.agent_id, NOW)
    assert waiting.may_decide
    assert waiting.rows[0].state == "waiting"
    with pytest.raises(Refused, match="don't decide"), deed_session(engine) as session:
        approve(session, by, waiting.rows[0].id)
    with deed_session(engine) as session:
        approve(session, mei, waiting.rows[0].id)
    assert left(connection, by, ticket) == [-100, 2900]
    with pytest.raises(Refused, match="approved already"), deed_session(engine) as session:
        refuse(session, mei, waiting.rows[0].id, "no")
    with deed_session(engine) as session:
        undo(session, mei)
    assert states(connection) == ["given", "waiting"]
    assert left(connection, by, ticket) == [500, 3500]


def test_a_refusal_has_a_reason_that_whoever_asked_reads(
    connection: Connection, engine: Engine, by: By, mei: By, ticket: int
) -> None:
    given(engine, by, ticket, 51)
    gesture = listed(connection, by.agent_id, NOW).rows[0].id
    with pytest.raises(BadInput, match="with a reason"), deed_session(engine) as session:
        refuse(session, mei, gesture, " ")
    with deed_session(engine) as session:
        refuse(session, mei, gesture, "they had one last week")
    (row,) = listed(connection, by.agent_id, NOW).rows
    assert (row.state, row.answer, row.decided_by) == ("refused", "they had one last week", "Mei Tanaka")
    assert left(connection, by, ticket) == [5000, 8000]
    assert words(connection, ticket)[1] == "Mei Tanaka refused Voucher, 51 EUR: they had one last week"


def test_nobody_approves_their_own_while_a_colleague_could(
    connection: Connection, engine: Engine, mei: By, ticket: int
) -> None:
    given(engine, mei, ticket, 60)
    connection.execute("UPDATE agent SET role = 'supervisor' WHERE handle = 'ana'")
    with pytest.raises(Refused, match="yourself"), deed_session(engine) as session:
        approve(session, mei, 1)
    connection.execute("UPDATE agent SET role = 'agent' WHERE handle = 'ana'")
    with deed_session(engine) as session:
        approve(session, mei, 1)
    assert states(connection) == ["approved"]


def test_whoever_asked_may_say_no_to_it_and_what_was_refused_stays_so(
    connection: Connection, engine: Engine, mei: By, ticket: int
) -> None:
    connection.execute("UPDATE agent SET role = 'supervisor' WHERE handle = 'ana'")
    given(engine, mei, ticket, 60)
    with deed_session(engine) as session:
        refuse(session, mei, 1, "too much after all")
    with pytest.raises(Refused, match="refused already"), deed_session(engine) as session:
        approve(session, mei, 1)
    given(engine, mei, ticket, 5)
    with pytest.raises(Refused, match="given already"), deed_session(engine) as session:
        refuse(session, mei, 2, "no")
    assert states(connection) == ["refused", "given"]


def test_nothing_is_given_on_a_ticket_that_became_another(
    connection: Connection, engine: Engine, by: By, ticket: int
) -> None:
    merged = make_ticket(connection, merged_into_id=ticket)
    with pytest.raises(Refused, match="#1002 was merged"):
        given(engine, by, merged, 5)


def test_a_decision_is_done_again_only_by_who_still_decides(
    connection: Connection, engine: Engine, by: By, mei: By, ticket: int
) -> None:
    make_agent(connection, handle="bo", name="Bo")
    connection.execute("UPDATE agent SET role = 'supervisor' WHERE handle = 'bo'")
    given(engine, by, ticket, 60)
    with deed_session(engine) as session:
        approve(session, mei, 1)
    with deed_session(engine) as session:
        undo(session, mei)
    connection.execute("UPDATE agent SET role = 'agent' WHERE handle = 'mei'")
    with pytest.raises(Refused, match="don't decide"), deed_session(engine) as session:
        redo(session, mei)
    assert states(connection) == ["waiting"]
    connection.execute("UPDATE agent SET role = 'supervisor' WHERE handle = 'mei'")
    with deed_session(engine) as session:
        redo(session, mei)
    assert states(connection) == ["approved"]


def test_an_agent_sees_only_their_own(connection: Connection, engine: Engine, by: By, mei: By, ticket: int) -> None:
    given(engine, mei, ticket, 60)
    given(engine, mei, ticket, 5)
    given(engine, by, ticket, 4)
    assert [row.agent for row in listed(connection, by.agent_id, NOW).rows] == ["Ana Ruiz"]
    assert [row.agent for row in listed(connection, mei.agent_id, NOW).rows] == ["Mei Tanaka", "Ana Ruiz", "Mei Tanaka"]


def test_two_consoles_can_not_both_spend_the_last_of_a_budget(
    workspace: Workspace, connection: Connection, by: By, mei: By, ticket: int
) -> None:
    """Each has read that 80 are left, and each gives 50 of them, at the same moment."""
    begin, failed = threading.Barrier(4), []

    def console(who: By) -> None:
        try:
            with closing(open_to_write(workspace)) as own:
                engine = engine_over(own)
                assert 5000 in left(own, who, ticket)
                begin.wait(30)
                given(engine, who, ticket, 50)
        except Exception as error:  # noqa: BLE001  # a thread's failure is the test's
            failed.append(error)

    others = [make_agent(connection, handle=name, name=name) for name in ("bo", "cy")]
    agents = (by, mei, *(By(agent, NOW) for agent in others))
    threads = [threading.Thread(target=console, args=(who,)) for who in agents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert sorted(states(connection)) == ["given", "waiting", "waiting", "waiting"]


def test_what_was_taken_back_is_given_again_only_while_the_budget_has_it(
    connection: Connection, engine: Engine, by: By, mei: By, ticket: int
) -> None:
    given(engine, by, ticket, 50)
    with deed_session(engine) as session:
        undo(session, by)
    assert states(connection) == []
    with deed_session(engine) as session:
        redo(session, by)
    assert states(connection) == ["given"]
    with deed_session(engine) as session:
        undo(session, by)
    given(engine, mei, ticket, 50)
    with pytest.raises(Refused, match="spent meanwhile"), deed_session(engine) as session:
        redo(session, by)
    assert states(connection) == ["given"]


def test_a_new_month_has_a_new_budget_and_old_gestures_stay_whatever_the_rules_become(
    connection: Connection, engine: Engine, by: By, ticket: int
) -> None:
    given(engine, by, ticket, 50)
    assert left(connection, by, ticket, NOW + 40 * DAY) == [5000, 8000]
    rules.write(
        connection, "gestures", 'currency = "JPY"\napprovers = ["lead"]\n[[kind]]\nkey = "tea"\nlabel = "Tea"\n'
    )
    found = listed(connection, by.agent_id, NOW)
    assert [(row.kind, row.amount, row.currency) for row in found.rows] == [("voucher", 5000, "EUR")]
    assert words(connection, ticket) == ["Ana Ruiz gave Voucher, 50 EUR: a long wait"]
    assert found.lefts == ()


def test_what_has_no_reason_value_or_receiver_is_refused(engine: Engine, by: By, ticket: int) -> None:
    for wanted in (
        Given("voucher", 100, " ", ticket_id=ticket), Given("voucher", 0, "late", ticket_id=ticket),
        Given("cake", 100, "late", ticket_id=ticket), Given("voucher", 100, "late"),
    ):  # fmt: skip
        with pytest.raises(BadInput), deed_session(engine) as session:
            give(session, by, wanted)


def test_the_sums_are_read_from_an_index(connection: Connection) -> None:
    for holder in ("agent", "team"):
        plan = connection.execute(
            f"EXPLAIN QUERY PLAN SELECT sum(amount) FROM gesture WHERE {holder}_id = 1 AND made_at >= 0 AND made_at < 9"
        ).fetchall()
        assert f"USING INDEX gesture_{holder}" in str(plan)
