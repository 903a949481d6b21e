"""What is about to be late, and what is brought back from a snooze; both by an index, however large the workspace."""

import pytest

from desk.times import DAY, HOUR, MINUTE
from storage import rules, tickets, warnings
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.promises import Said, promise
from storage.engine import deed_session, engine_over
from tests.factories import NOW, make_agent, make_customer, make_ticket


@pytest.fixture
def asleep(connection: Connection, by: By) -> int:
    ticket = make_ticket(connection, status=1, snoozed_until=NOW + 3 * DAY)
    with deed_session(engine_over(connection)) as session:
        promise(session, by, ticket, Said("by tomorrow", NOW, NOW + DAY))
    return ticket


def due_soon(
    connection: Connection, agent: int, at: int = NOW + 40 * MINUTE, *, warns_at: int = NOW - MINUTE, status: int = 0
) -> int:
    customer = make_customer(connection) if at > NOW + 30 * MINUTE else None
    return make_ticket(
        connection, status=status, customer_id=customer, assignee_id=agent, due_at=at, warns_at=warns_at
    )  # fmt: skip


def test_only_what_is_mine_and_warns_and_isnt_late_yet_is_told(connection: Connection, by: By) -> None:
    me, bo = by.agent_id or 0, make_agent(connection)
    mine = due_soon(connection, me)
    due_soon(connection, bo)
    due_soon(connection, me, NOW)
    due_soon(connection, me, warns_at=NOW + 1)
    due_soon(connection, me, status=3)
    first = due_soon(connection, me, NOW + 5 * MINUTE)
    found = warnings.warned(connection, me, NOW)
    assert [(each.ticket_id, each.customer, each.due_at - NOW) for each in found] == [
        (first, "", 5 * MINUTE), (mine, "Li Wei", 40 * MINUTE),
    ]  # fmt: skip


def test_what_is_due_when_they_come_back_is_told_before_they_leave(connection: Connection, by: By) -> None:
    rules.write(connection, "targets", 'zone = "UTC"\nhours = "Mon-Fri 9-17"')
    # NOW is a Monday at nine: on Friday at four there are two hours until Monday at ten.
    friday = NOW + 4 * DAY + 7 * HOUR
    monday = due_soon(connection, by.agent_id or 0, NOW + 7 * DAY + HOUR, warns_at=friday)
    due_soon(connection, by.agent_id or 0, NOW + 7 * DAY + 2 * HOUR, warns_at=friday)
    assert [each.ticket_id for each in warnings.warned(connection, by.agent_id or 0, friday)] == [monday]


def test_a_promise_wakes_its_ticket_at_its_inner_target(connection: Connection, asleep: int) -> None:
    warnings.wake(connection, NOW + 11 * HOUR)
    assert tickets.ticket(connection, asleep).row.snoozed_until == NOW + 3 * DAY
    assert not warnings.any_asleep(connection, NOW + 11 * HOUR)
    assert warnings.any_asleep(connection, NOW + 12 * HOUR)
    warnings.wake(connection, NOW + 12 * HOUR)
    assert tickets.ticket(connection, asleep).row.snoozed_until is None
    assert not warnings.any_asleep(connection, NOW + 12 * HOUR)
    told = [entry.body for entry in tickets.conversation(connection, asleep) if entry.kind == "event"]
    assert told[-1] == "Heard woke it"


@pytest.mark.parametrize(
    ("statement", "values", "begins"),
    [
        (warnings._WARNED, (1, NOW, NOW), "MERGE (UNION)"),
        (warnings._ASLEEP, (NOW, NOW), "SEARCH p USING COVERING INDEX promise_open (target_at<?)"),
    ],
)
def test_neither_reads_more_than_it_tells(
    connection: Connection, statement: str, values: tuple[int, ...], begins: str
) -> None:
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    assert plan[0].startswith(begins)
    assert not any(step.startswith("SCAN") for step in plan)
    read = [step for step in plan if step.startswith("SEARCH t USING INDEX ticket")]
    assert all("ticket_active_" in step for step in read)


def test_a_promise_about_to_be_broken_is_told_by_its_own_time(connection: Connection, by: By) -> None:
    ticket = make_ticket(connection, assignee_id=by.agent_id, status=1)
    with deed_session(engine_over(connection)) as session:
        promise(session, by, ticket, Said("by tomorrow", NOW, NOW + DAY))
    assert warnings.warned(connection, by.agent_id or 0, NOW + 13 * HOUR) == ()
    (found,) = warnings.warned(connection, by.agent_id or 0, NOW + 23 * HOUR)
    assert (found.ticket_id, found.due_at) == (ticket, NOW + DAY)
