"""Incidents: tickets linked and suggested, what is said of them, and how they end."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from desk.errors import BadInput, Refused
from desk.times import DAY, HOUR
from storage import tickets
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.incidents import Described, describe, link, set_state, unlink
from storage.deeds.undo import undo
from storage.engine import deed_session
from storage.incidents import alarms, alike, around, incident, incidents, linked
from tests.factories import NOW
from tests.storage.deeds.incidents import CARDS, begun, make_case, told


@pytest.fixture
def cases(connection: Connection) -> list[int]:
    """Three of them."""
    return [make_case(connection, name) for name in ("Rosa", "Li", "Sam")]


def test_it_begins_with_its_tickets_and_each_says_so(
    connection: Connection, engine: Engine, by: By, cases: list[int]
) -> None:
    begun(engine, by, cases[:2])
    (row,) = incidents(connection)
    assert (row.title, row.state, row.tickets, row.customers, row.agent) == (CARDS.title, "looking", 2, 2, "Ana Ruiz")
    assert [alarm.at for alarm in alarms(connection)] == [NOW + HOUR]
    assert [event.body for event in tickets.events(connection, cases[0])] == [
        "Ana Ruiz linked it to the incident “Checkout rejects cards”"
    ]
    assert around(connection, cases[0]).linked == ((1, CARDS.title, "looking"),)
    with deed_session(engine) as session:
        undo(session, by)
    assert incidents(connection) == ()


def test_what_looks_like_it_is_suggested_with_its_reason_until_somebody_says_no(
    connection: Connection, engine: Engine, by: By, cases: list[int]
) -> None:
    other = make_case(connection, "Kim", "the kettle leaks")
    old = make_case(connection, "Old", created_at=NOW - 3 * DAY)
    begun(engine, by, cases[:1])
    row = incident(connection, 1)
    assert row is not None
    found = alike(connection, row)
    assert {each.ticket_id for each in found} == set(cases[1:])
    assert "checkout" in found[0].why
    suggested = around(connection, cases[1]).suggested
    assert suggested is not None
    assert (suggested.id, "checkout" in suggested.why) == (1, True)
    assert around(connection, other).suggested is None
    assert around(connection, old).suggested is None
    with deed_session(engine) as session:
        unlink(session, by, 1, [cases[1]])
    with deed_session(engine) as session:
        link(session, by, 1, [cases[2]])
    assert alike(connection, row) == ()
    assert around(connection, cases[1]).suggested is None
    assert {each.ticket_id for each in linked(connection, 1)} == {cases[0], cases[2]}
    with deed_session(engine) as session:
        undo(session, by)
    with deed_session(engine) as session:
        undo(session, by)
    assert len(alike(connection, row)) == 2


def test_over_may_solve_what_is_linked_in_the_same_deed(
    connection: Connection, engine: Engine, by: By, cases: list[int]
) -> None:
    begun(engine, by, cases[:2])
    connection.execute("UPDATE ticket SET status = 2 WHERE id = ?", (cases[1],))
    connection.commit()
    with deed_session(engine) as session:
        done = set_state(session, by, 1, "over", solve=True)
    assert done.title == "“Checkout rejects cards”: it is over, and 2 solved"
    assert connection.execute("SELECT status FROM ticket ORDER BY id").fetchall() == [(3,), (3,), (0,)]
    assert alarms(connection) == ()
    with pytest.raises(Refused, match="is over"), deed_session(engine) as session:
        link(session, by, 1, [cases[2]])
    with deed_session(engine) as session:
        undo(session, by)
    assert connection.execute("SELECT status FROM ticket ORDER BY id").fetchall() == [(0,), (2,), (0,)]
    assert [alarm.at for alarm in alarms(connection)] == [NOW + HOUR]


def test_its_text_state_and_time_can_be_said_otherwise(connection: Connection, engine: Engine, by: By) -> None:
    begun(engine, by, [])
    with deed_session(engine) as session:
        describe(session, by, 1, Described("Cards", "found", "We know why.", NOW + 2 * HOUR), CARDS)
    (row,) = incidents(connection)
    assert (row.title, row.state, row.notice, row.next_update_at) == ("Cards", "found", "We know why.", NOW + 2 * HOUR)
    for wrong in (Described(" "), Described("Cards", next_update_at=NOW - 1), Described("Cards", "gone")):
        with pytest.raises(BadInput), deed_session(engine) as session:
            describe(session, by, 1, wrong, CARDS)


def test_what_a_colleague_said_of_it_meanwhile_stays(
    connection: Connection, engine: Engine, by: By, cases: list[int]
) -> None:
    begun(engine, by, cases)
    told(connection, engine, by, cases)
    with deed_session(engine) as session:
        set_state(session, by, 1, "found")
    with deed_session(engine) as session:
        describe(session, by, 1, replace(CARDS, notice="We know why."), CARDS)
    (row,) = incidents(connection)
    assert (row.state, row.notice, row.next_update_at) == ("found", "We know why.", None)
    with pytest.raises(Refused, match="stands already"), deed_session(engine) as session:
        describe(session, by, 1, CARDS, CARDS)


def test_several_are_said_to_be_none_of_it_at_once(
    connection: Connection, engine: Engine, by: By, cases: list[int]
) -> None:
    begun(engine, by, cases[:1])
    with deed_session(engine) as session:
        assert unlink(session, by, 1, cases).title == "3 tickets are none of “Checkout rejects cards”"
    row = incident(connection, 1)
    assert row is not None
    assert (linked(connection, 1), alike(connection, row)) == ((), ())
    with pytest.raises(Refused, match="isn't part"), deed_session(engine) as session:
        unlink(session, by, 1, cases)
    with deed_session(engine) as session:
        undo(session, by)
    assert [each.ticket_id for each in linked(connection, 1)] == cases[:1]
    assert len(alike(connection, row)) == 2


def test_the_tickets_of_a_suggestion_are_read_from_an_index(connection: Connection) -> None:
    from storage import incidents as module

    for statement, values in ((module._CANDIDATES, (0, 1)), (module._USUAL, (0,)), (module._TICKET, (1,))):
        plan = str(connection.execute("EXPLAIN QUERY PLAN " + statement, values).fetchall())
        assert "SCAN ticket" not in plan
        assert "SCAN t'" not in plan
        assert "TEMP B-TREE" not in plan
