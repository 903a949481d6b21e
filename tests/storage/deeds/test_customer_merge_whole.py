"""Two records with all that a customer can have are merged, both go on, and parted each has what is theirs."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from desk.lookup import IdentityKind
from storage import models
from storage.connect import Connection
from storage.customers import card
from storage.deeds import customers
from storage.deeds.by import By
from storage.deeds.customer_merge import merge, part
from storage.deeds.undo import undo
from storage.engine import deed_session
from storage.erasing.erase import erase
from storage.erasing.traces import find
from tests.factories import make_agent, make_customer, make_identity
from tests.storage.deeds.people import People

ANSELM, BIRGITTA = 0, 1
# What hangs on a customer by way of their tickets: whose ticket it is says whose it is.
BY_TICKET = ("promise", "rating", "checklist_run", "task_ticket", "incident_ticket", "draft")
OWN = ("ticket", "message", "call", "gesture")


class Theirs(NamedTuple):
    """How many rows of each table one has."""

    ticket: int
    message: int
    call: int
    gesture: int
    promise: int
    rating: int
    checklist_run: int
    task_ticket: int
    incident_ticket: int
    draft: int


def theirs(connection: Connection, customer_id: int) -> Theirs:
    counts = [
        connection.execute(f"SELECT count(*) FROM {table} WHERE customer_id = ?", (customer_id,)).fetchone()[0]
        for table in OWN
    ]
    counts += [
        connection.execute(
            f"SELECT count(*) FROM {table} x JOIN ticket t ON t.id = x.ticket_id WHERE t.customer_id = ?",
            (customer_id,),
        ).fetchone()[0]
        for table in BY_TICKET
    ]
    return Theirs(*counts)


@pytest.fixture
def people(connection: Connection) -> People:
    return People(connection, ("Anselm", "Birgitta"))


def live(people: People, engine: Engine, place: int, number: int, customer_id: int | None = None) -> None:
    """A mail by this person, and everything that may come of it."""
    owner = people.ids[place] if customer_id is None else customer_id
    ticket, _ = people.mail(place)
    people.call(place, owner)
    people.gesture(owner, ticket)
    key = 100 * (place + 1) + number
    with deed_session(engine) as session:
        session.add_all(
            [
                models.Promise(ticket_id=ticket, words="by Friday", made_at=1, due_at=2, target_at=2),
                models.Rating(ticket_id=ticket, score=3, way="word", at=1),
                models.ChecklistRun(ticket_id=ticket, checklist_key="heard", started_at=1),
                models.Task(id=key, title="Mend it", created_at=1),
                models.TaskTicket(task_id=key, ticket_id=ticket),
                models.Incident(id=key, title="It is down", state="found", created_at=1),
                models.IncidentTicket(incident_id=key, ticket_id=ticket, state="linked", at=1),
                models.Draft(ticket_id=ticket, kind="note", body="x", updated_at=1),
            ]
        )


def flagged(engine: Engine, by: By, customer_id: int, words: str) -> None:
    with deed_session(engine) as session:
        customers.flag(session, by, customer_id, words)


@pytest.mark.parametrize("backwards", [undo, lambda session, by: part(session, by, 2)], ids=["undone", "parted"])
def test_each_has_what_is_theirs_after_both_went_on(
    connection: Connection, engine: Engine, by: By, people: People, backwards: Callable[[Session, By], object]
) -> None:
    anselm, birgitta = people.ids
    live(people, engine, ANSELM, 0)
    live(people, engine, BIRGITTA, 0)
    flagged(engine, by, anselm, "vip: the first")
    flagged(engine, by, birgitta, "press: writes")
    one = theirs(connection, anselm)
    assert one == theirs(connection, birgitta) == Theirs(*[1] * 10)
    with deed_session(engine) as session:
        merge(session, by, birgitta, anselm)
    assert theirs(connection, anselm) == Theirs(*[2] * 10)
    assert theirs(connection, birgitta) == Theirs(*[0] * 10)
    # Both go on: what comes by either lands with who stands for both.
    live(people, engine, ANSELM, 1, anselm)
    live(people, engine, BIRGITTA, 1, anselm)
    live(people, engine, BIRGITTA, 2, anselm)
    assert theirs(connection, anselm) == Theirs(*[5] * 10)
    with deed_session(engine) as session:
        backwards(session, By(by.agent_id, by.at + 1))
    assert theirs(connection, anselm) == Theirs(*[2] * 10)
    assert theirs(connection, birgitta) == Theirs(*[3] * 10)
    for customer_id, words in ((anselm, "vip: the first"), (birgitta, "press: writes")):
        assert [flag.words for flag in card(connection, customer_id, by.at).flags] == [words]


def test_numbers_that_end_alike_are_two_numbers(
    connection: Connection, engine: Engine, by: By, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    anselm, birgitta = people.ids
    alike = f"+1212777{people.number(ANSELM)[-4:]}"
    make_identity(connection, birgitta, IdentityKind.PHONE, alike)
    with deed_session(engine) as session:
        merge(session, by, birgitta, anselm)
    first = people.call(ANSELM, anselm)
    monkeypatch.setattr(people, "number", lambda place: alike)
    second = people.call(BIRGITTA, anselm)
    with deed_session(engine) as session:
        undo(session, By(by.agent_id, by.at + 1))
    assert [people.with_whom("call", rang) for rang in (first, second)] == [ANSELM, BIRGITTA]


def test_a_note_that_both_have_stands_there_once(
    connection: Connection, engine: Engine, by: By, people: People
) -> None:
    anselm, birgitta = people.ids
    connection.execute("UPDATE customer SET note = 'Calls early'")
    with deed_session(engine) as session:
        merge(session, by, birgitta, anselm)
    assert card(connection, anselm, by.at).note == "Calls early"
    with deed_session(engine) as session:
        undo(session, By(by.agent_id, by.at + 1))
    assert [card(connection, each, by.at).note for each in people.ids] == ["Calls early"] * 2


def test_the_last_contact_of_who_left_is_nobody_elses_out_of_the_middle_of_a_chain(
    connection: Connection, engine: Engine, by: By
) -> None:
    first, second, third = (make_customer(connection, name) for name in ("Ana", "Bo", "Cy"))
    connection.execute("UPDATE customer SET contacted_at = CASE id WHEN ? THEN 30 END", (third,))
    for one, into in ((third, second), (second, first)):
        with deed_session(engine) as session:
            merge(session, by, one, into)
    for one in (third, second):
        with deed_session(engine) as session:
            part(session, by, one)
    told = connection.execute("SELECT contacted_at FROM customer ORDER BY id").fetchall()
    assert told == [(None,), (None,), (30,)]


def test_who_was_parted_by_a_colleague_is_not_parted_again_by_undo(
    connection: Connection, engine: Engine, by: By, people: People
) -> None:
    anselm, birgitta = people.ids
    flagged(engine, by, anselm, "vip: the first")
    with deed_session(engine) as session:
        merge(session, by, birgitta, anselm)
    with deed_session(engine) as session:
        part(session, By(make_agent(connection), by.at + 1), birgitta)
    with deed_session(engine) as session:
        undo(session, By(by.agent_id, by.at + 2))
    assert card(connection, anselm, by.at).flags == (), "what came before the merge is next"


def test_who_is_erased_after_a_merge_takes_the_other_record_along(
    connection: Connection, engine: Engine, by: By, people: People
) -> None:
    anselm, birgitta = people.ids
    live(people, engine, ANSELM, 0)
    live(people, engine, BIRGITTA, 0)
    with deed_session(engine) as session:
        merge(session, by, birgitta, anselm)
    live(people, engine, BIRGITTA, 1, anselm)
    erase(connection, by, find(connection, anselm))
    assert connection.execute("SELECT DISTINCT body FROM message").fetchall() == [("",)]
    assert connection.execute("SELECT count(*) FROM identity").fetchone() == (0,)
    assert connection.execute("SELECT DISTINCT name FROM customer").fetchall() == [("Erased customer",)]
    assert connection.execute("SELECT DISTINCT number FROM call").fetchall() == [("",)]
