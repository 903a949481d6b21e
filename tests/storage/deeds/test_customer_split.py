"""An identity that was wrongly joined goes to whom it belongs, with what came by it; and comes back."""

import pytest
from sqlalchemy import Engine

from desk.errors import BadInput, Refused
from desk.lookup import IdentityKind
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.customer_merge import merge, part
from storage.deeds.customer_split import split
from storage.deeds.undo import redo, undo
from storage.engine import deed_session
from storage.search.index import index_customers
from storage.search.query import Finder
from storage.splitting import Split, split_of
from tests.factories import make_identity
from tests.storage.deeds.people import People


class Family:
    """Anna, who has her brother's address too: two tickets came by hers, one by his, and one by both."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.people = People(connection, ("Anna", "Bert"))
        self.anna, self.bert = self.people.ids
        connection.execute("UPDATE identity SET customer_id = ? WHERE customer_id = ?", (self.anna, self.bert))
        index_customers(connection, [self.anna, self.bert])
        connection.execute("DELETE FROM customer WHERE id = ?", (self.bert,))
        self.hers, _ = self.people.mail(0)
        self.his, _ = self.people.mail(1)
        self.both, _ = self.people.mail(0)
        _, self.his_word = self.people.mail(1, self.both)

    def identity(self, place: int, kind: IdentityKind = IdentityKind.EMAIL) -> int:
        value = self.people.address(place) if kind is IdentityKind.EMAIL else self.people.number(place)
        row = self.connection.execute("SELECT id FROM identity WHERE kind = ? AND value = ?", (int(kind), value))
        return int(row.fetchone()[0])

    def found(self, place: int = 1) -> Split:
        found = split_of(self.connection, self.identity(place))
        assert found is not None
        return found

    def owner(self, table: str, key: int) -> int:
        row = self.connection.execute(f"SELECT customer_id FROM {table} WHERE id = ?", (key,))
        return int(row.fetchone()[0])

    def whom(self, question: str) -> list[int]:
        return [hit.customer_id for hit in Finder(self.connection, ("US",)).find(question, 3)]


@pytest.fixture
def family(connection: Connection) -> Family:
    return Family(connection)


def _state(connection: Connection) -> list[object]:
    return [
        connection.execute(f"SELECT id, customer_id FROM {table} ORDER BY 1").fetchall()
        for table in ("ticket", "message", "identity", "call")
    ] + connection.execute("SELECT count(*) FROM customer").fetchall()


def test_it_is_told_what_came_by_an_identity(family: Family) -> None:
    call = family.people.call(1, family.anna)
    told = {(came.ticket_id, came.by_it, came.said, came.first) for came in family.found().tickets}
    assert told == {(family.hers, 0, 1, False), (family.his, 1, 1, True), (family.both, 1, 2, False)}
    number = split_of(family.connection, family.identity(1, IdentityKind.PHONE))
    assert number is not None
    assert number.calls == (call,)


def test_by_a_number_go_its_calls_alone(connection: Connection, engine: Engine, by: By, family: Family) -> None:
    hers, his = (family.people.call(place, family.anna) for place in (0, 1))
    found = split_of(connection, family.identity(1, IdentityKind.PHONE))
    assert found is not None
    assert found.calls == (his,)
    with deed_session(engine) as session:
        split(session, by, found.identity_id, [])
    assert family.owner("call", hers) == family.anna
    assert family.owner("call", his) != family.anna


def test_to_a_new_customer_and_back(connection: Connection, engine: Engine, by: By, family: Family) -> None:
    before = _state(connection)
    with deed_session(engine) as session:
        done = split(session, by, family.identity(1), [family.his])
    assert done.title == f"Split {family.people.address(1)} off Anna"
    new = done.customer_id
    assert new is not None
    assert family.whom(family.people.address(1)) == [new]
    assert family.owner("ticket", family.his) == family.owner("message", family.his_word) == new
    assert family.owner("ticket", family.both) == family.owner("ticket", family.hers) == family.anna
    with deed_session(engine) as session:
        undo(session, by)
    assert _state(connection) == before
    assert family.whom(family.people.address(1)) == [family.anna]
    with deed_session(engine) as session:
        redo(session, by)
    assert family.owner("ticket", family.his) == new


def test_undone_after_more_came_nothing_is_lost(connection: Connection, engine: Engine, by: By, family: Family) -> None:
    with deed_session(engine) as session:
        new = split(session, by, family.identity(1), [family.his]).customer_id
    assert new is not None
    ticket, message = family.people.mail(1)
    assert family.owner("ticket", ticket) == new
    with deed_session(engine) as session:
        undo(session, by)
    assert {family.owner("ticket", key) for key in (ticket, family.his, family.both)} == {family.anna}
    assert family.owner("message", message) == family.anna
    assert family.whom(family.people.address(1)) == [family.anna]


def test_to_another_customer_and_back_after_more_came(
    connection: Connection, engine: Engine, by: By, family: Family
) -> None:
    other = _customer(connection)
    with deed_session(engine) as session:
        split(session, by, family.identity(1), [family.his], other)
    ticket, message = family.people.mail(1)
    assert family.owner("ticket", ticket) == other
    with deed_session(engine) as session:
        undo(session, by)
    assert {family.owner("ticket", key) for key in (ticket, family.his)} == {family.anna}
    assert family.owner("message", message) == family.anna
    assert connection.execute("SELECT count(*) FROM message WHERE customer_id = ?", (other,)).fetchone() == (0,)


def _customer(connection: Connection) -> int:
    row = connection.execute(
        "INSERT INTO customer(uid, name, plan, note, mood, flags, details, recency, created_at, updated_at)"
        " SELECT randomblob(16), 'Carl', '', '', 0, '[]', '{}', max(recency) + 1, 0, 0 FROM customer"
    )
    customer_id = int(row.lastrowid or 0)
    make_identity(connection, customer_id, IdentityKind.NAME, "Carl")
    index_customers(connection, [customer_id])
    return customer_id


def test_what_was_a_merged_records_goes_with_the_identity_and_stays_there(
    connection: Connection, engine: Engine, by: By, family: Family
) -> None:
    carl = _customer(connection)
    with deed_session(engine) as session:
        merge(session, by, family.anna, carl)
    with deed_session(engine) as session:
        new = split(session, by, family.identity(1), [family.his]).customer_id
    with deed_session(engine) as session:
        part(session, by, family.anna)
    assert family.owner("ticket", family.his) == new
    assert family.owner("ticket", family.hers) == family.anna


def test_what_makes_no_sense_is_refused(connection: Connection, engine: Engine, by: By, family: Family) -> None:
    (name,) = connection.execute(
        "SELECT id FROM identity WHERE kind = 1 AND value = 'Anna' AND customer_id = ?", (family.anna,)
    ).fetchone()
    with pytest.raises(Refused, match="is the customer's name"), deed_session(engine) as session:
        split(session, by, name, [])
    with pytest.raises(BadInput, match="is with Anna already"), deed_session(engine) as session:
        split(session, by, family.identity(1), [], family.anna)
