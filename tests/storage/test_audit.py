"""The record of who looked at whom: what is on it, that it stays bounded, and that the erased leave nothing in it."""

import pytest
from sqlalchemy import Engine

from storage import audit
from storage.audit import Wanted, looked, note, read
from storage.connect import Connection
from storage.deeds.by import By
from storage.deeds.customer_merge import merge
from storage.deeds.customers import rename
from storage.deeds.undo import undo
from storage.engine import deed_session
from storage.erasing.erase import erase
from storage.erasing.traces import find
from tests.factories import NOW, make_agent, make_customer

ALL = Wanted(0, NOW * 2)


def later(by: By, minutes: int) -> By:
    """The same agent, some minutes later."""
    return By(by.agent_id, by.at + minutes * 60_000_000)


def test_who_goes_back_and_forth_looks_once(connection: Connection, by: By) -> None:
    li, bo = make_customer(connection), By(make_agent(connection), NOW)
    for minutes in (0, 1, 9):
        looked(connection, later(by, minutes), li)
    looked(connection, bo, li)
    looked(connection, later(by, 11), li)
    assert sorted((row.handle, row.customer) for row in read(connection, ALL)) == [
        ("ana", "Li Wei"), ("ana", "Li Wei"), ("bo", "Li Wei"),
    ]  # fmt: skip
    assert [row.at for row in read(connection, ALL)] == sorted((row.at for row in read(connection, ALL)), reverse=True)


def test_an_export_is_no_look_that_was_written_down_already(connection: Connection, by: By) -> None:
    li = make_customer(connection)
    note(connection, by, "exported", li)
    looked(connection, later(by, 1), li)
    assert [row.kind for row in read(connection, ALL)] == ["looked", "exported"]


def test_merges_and_erasures_are_read_from_history(connection: Connection, engine: Engine, by: By) -> None:
    li, wei = make_customer(connection, email="li@example.org"), make_customer(connection, "L. Wei")
    with deed_session(engine) as session:
        merge(session, by, wei, li)
    with deed_session(engine) as session:
        undo(session, later(by, 1))
    looked(connection, by, li)
    erase(connection, later(by, 2), find(connection, li))
    told = [(row.kind, row.undone) for row in read(connection, ALL)]
    assert told[0] == ("erased", 0)
    assert ("customers_merged", 1) in told
    assert ("looked", 0) in told
    everything = " ".join(row.sentence for row in read(connection, ALL))
    assert "li@example.org" not in everything
    assert "Li Wei" not in everything.replace("L. Wei", "")


def test_it_is_asked_by_agent_customer_kind_and_time(connection: Connection, by: By) -> None:
    li, ana = make_customer(connection), make_customer(connection, "Ana Ruiz")
    bo = By(make_agent(connection), NOW + 5)
    looked(connection, by, li)
    looked(connection, bo, ana)
    note(connection, bo, "exported", li)
    assert {row.kind for row in read(connection, Wanted(0, NOW + 9, agent_id=bo.agent_id))} == {"exported", "looked"}
    assert {row.handle for row in read(connection, Wanted(0, NOW + 9, customer_ids=(li,)))} == {"ana", "bo"}
    assert [row.handle for row in read(connection, Wanted(0, NOW + 9, kind="exported"))] == ["bo"]
    assert [row.handle for row in read(connection, Wanted(0, NOW + 5))] == ["ana"]
    assert len(read(connection, Wanted(0, NOW + 9, most=1))) == 1


def test_it_stays_bounded(connection: Connection, by: By, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "KEPT", 20)
    for number in range(50):
        looked(connection, by, make_customer(connection, f"Customer {number}"))
    rows = read(connection, ALL)
    assert len(rows) == 20
    assert {row.customer for row in rows} == {f"Customer {number}" for number in range(30, 50)}


def test_a_look_up_reads_and_writes_by_indexes_alone(connection: Connection) -> None:
    for statement, asked in ((audit._LOOKED, (1, 2, 3)), (audit._BOUND, (4,))):
        plan = " ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", asked))
        assert "USING INDEX audit_customer" in plan or "USING INTEGER PRIMARY KEY" in plan
        assert "SCAN audit" not in plan.replace("SCAN audit USING", "")


def test_every_kind_says_something_and_names_of_today(connection: Connection, engine: Engine, by: By) -> None:
    li = make_customer(connection)
    for kind in audit.NOTED:
        note(connection, by, kind, li)
    with deed_session(engine) as session:
        rename(session, by, li, "Li Na Wei")
    sentences = [row.sentence for row in read(connection, ALL)]
    assert len(set(sentences)) == len(audit.NOTED)
    assert all(sentence.startswith("Ana Ruiz ") and "Li Na Wei" in sentence for sentence in sentences)
