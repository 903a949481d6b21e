import pytest
from sqlalchemy import Engine

from desk.errors import BadInput, Refused
from desk.flags import Flag, read
from desk.lookup import IdentityKind
from storage.connect import Connection
from storage.deeds import customers
from storage.deeds.by import By
from storage.deeds.undo import redo, undo
from storage.engine import deed_session
from storage.search.query import Finder
from tests.factories import NOW


def _names(connection: Connection, question: str) -> list[str]:
    return [hit.name for hit in Finder(connection, ("US",)).find(question, 5)]


def _new(engine: Engine, by: By, name: str = "Ana Ruiz") -> int:
    identities = [(IdentityKind.EMAIL, "ana@example.org"), (IdentityKind.PHONE, "(415) 555-0134")]
    with deed_session(engine) as session:
        done = customers.new_customer(session, by, name, identities, ("US",))
    assert done.customer_id is not None
    return done.customer_id


def test_a_new_customer_is_found_by_everything(connection: Connection, engine: Engine, by: By) -> None:
    _new(engine, by)
    for question in ("ana ruiz", "ana@example.org", "+14155550134", "0134"):
        assert _names(connection, question) == ["Ana Ruiz"], question
    with deed_session(engine) as session:
        undo(session, by)
    for question in ("ana ruiz", "ana@example.org", "0134", "ruis"):
        assert _names(connection, question) == [], question
    assert connection.execute("SELECT count(*) FROM customer").fetchone() == (0,)
    with deed_session(engine) as session:
        redo(session, by)
    assert _names(connection, "0134") == ["Ana Ruiz"]


def test_a_renamed_customer_is_found_by_both_names(connection: Connection, engine: Engine, by: By) -> None:
    customer = _new(engine, by)
    with deed_session(engine) as session:
        assert customers.rename(session, by, customer, "Ana Prado").title == "Renamed Ana Ruiz to Ana Prado"
    assert _names(connection, "prado") == _names(connection, "ruiz") == ["Ana Prado"]
    with deed_session(engine) as session:
        undo(session, by)
    assert (_names(connection, "prado"), _names(connection, "ruiz")) == ([], ["Ana Ruiz"])


def test_identities_come_are_confirmed_and_go(connection: Connection, engine: Engine, by: By) -> None:
    customer = _new(engine, by)
    with deed_session(engine) as session:
        customers.add_identity(session, by, customer, IdentityKind.ACCOUNT, "AC-77 81", known=False)
    identity, known = connection.execute("SELECT id, known FROM identity WHERE normal = 'ac7781'").fetchone()
    assert known == 0
    with deed_session(engine) as session:
        customers.confirm_identity(session, by, identity)
    assert connection.execute("SELECT known FROM identity WHERE id = ?", (identity,)).fetchone() == (1,)
    with deed_session(engine) as session:
        customers.remove_identity(session, by, identity)
    assert _names(connection, "ac7781") == []
    for number in range(2):
        with deed_session(engine) as session:
            undo(session, by)
        assert connection.execute("SELECT known FROM identity WHERE id = ?", (identity,)).fetchone() == (1 - number,)
    assert _names(connection, "ac7781") == ["Ana Ruiz"]


def test_the_same_identity_twice_and_the_own_name_are_refused(connection: Connection, engine: Engine, by: By) -> None:
    customer = _new(engine, by)
    with pytest.raises(Refused, match="is known by ANA"), deed_session(engine) as session:
        customers.add_identity(session, by, customer, IdentityKind.EMAIL, "ANA@example.org")
    name = connection.execute("SELECT id FROM identity WHERE kind = ?", (IdentityKind.NAME,)).fetchone()[0]
    with pytest.raises(Refused, match="is the customer's name"), deed_session(engine) as session:
        customers.remove_identity(session, by, name)
    with pytest.raises(BadInput, match="name is empty"), deed_session(engine) as session:
        customers.rename(session, by, customer, " \x1b ")


def test_notes_and_flags(connection: Connection, engine: Engine, by: By) -> None:
    customer = _new(engine, by)
    with deed_session(engine) as session:
        customers.note(session, by, customer, "Prefers the phone.")
    with deed_session(engine) as session:
        customers.flag(session, by, customer, "abusive: shouted at Bo")
    with pytest.raises(Refused), deed_session(engine) as session:
        customers.flag(session, by, customer, "abusive: shouted at Bo")
    (note,) = connection.execute("SELECT note FROM customer").fetchone()
    assert note == "Prefers the phone."
    (flags,) = connection.execute("SELECT flags FROM customer").fetchone()
    assert read(flags) == (Flag("abusive", "shouted at Bo", NOW, "Ana Ruiz"),)
    with deed_session(engine) as session:
        customers.unflag(session, by, customer, "abusive: shouted at Bo")
    assert connection.execute("SELECT flags FROM customer").fetchone() == ("[]",)
    for _ in range(3):
        with deed_session(engine) as session:
            undo(session, by)
    assert connection.execute("SELECT note, flags FROM customer").fetchone() == ("", "[]")
