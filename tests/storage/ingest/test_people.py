"""Customers by the batch: each is met once, whatever they are known by, and the look-up knows all that was learnt."""

import shutil
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.lookup import IdentityKind
from storage.connect import Connection, writing
from storage.imports import customers
from storage.imports.run import import_source
from storage.ingest.batch import Batch
from storage.ingest.records import CustomerRecord, IdentityRecord
from storage.search.query import Finder
from storage.workspace import Workspace, open_to_write
from tests.factories import NOW, make_customer
from tests.storage.ingest.recount import told

_identities = st.one_of(
    st.builds(IdentityRecord, st.just(IdentityKind.EMAIL), st.sampled_from(["a@x.org", "A@X.org ", "b@x.org"])),
    st.builds(IdentityRecord, st.just(IdentityKind.ACCOUNT), st.sampled_from(["AC-1", "ac1", "ac2"])),
    st.builds(
        IdentityRecord, st.just(IdentityKind.PHONE), st.sampled_from(["415 555 0134", "+14155550134"]), st.booleans()
    ),
)
_people = st.builds(
    CustomerRecord,
    name=st.sampled_from(["Ana Ruiz", "Li Wei", "", "\x1b[31mEvil\u202e"]),
    identities=st.lists(_identities, min_size=1, max_size=3).map(tuple),
    organization=st.sampled_from(["", "Tidewater", " Tidewater "]),
    plan=st.sampled_from(["", "Pro"]),
    details=st.sampled_from([{}, {"City": "Berlin"}, {"City": "Rome", "Age": "4"}]),
    external_id=st.one_of(st.none(), st.sampled_from(["1", "2"])),
)


def _take(connection: Connection, people: Sequence[CustomerRecord], *, expected: bool) -> None:
    with writing(connection):
        batch = Batch(connection, import_source(connection, NOW), ("US",), NOW)
        if expected:
            batch.book.expect(people)
        for person in people:
            customers.take(batch.book, person)
        batch.finish()


@settings(max_examples=40)
@given(people=st.lists(_people, max_size=7), cut=st.integers(0, 7))
def test_batches_of_any_size_make_what_single_customers_make(
    workspace_template: Workspace, tmp_path_factory: pytest.TempPathFactory, people: list[CustomerRecord], cut: int
) -> None:
    folder = tmp_path_factory.mktemp("people")
    found = []
    for name, batches, expected in (
        ("parted", [people[:cut], people[cut:]], True),
        ("unexpected", [people], False),
        ("single", [[person] for person in people], True),
    ):
        shutil.copytree(workspace_template.folder, folder / name)
        with closing(open_to_write(Workspace(folder / name))) as connection:
            for batch in batches:
                _take(connection, batch, expected=expected)
            found.append(told(connection))
            assert not _unknown_to_the_look_up(connection)
    assert found[0] == found[2]
    assert found[1] == found[2]


def test_what_a_known_record_learnt_in_this_batch_finds_its_customer(connection: Connection) -> None:
    first, second = (IdentityRecord(IdentityKind.EMAIL, f"{name}@x.org") for name in "ab")
    _take(connection, [CustomerRecord("Ana", (first,), external_id="2")], expected=True)
    _take(
        connection, [CustomerRecord("Ana", (second,), external_id="2"), CustomerRecord("Ana", (second,))], expected=True
    )
    assert connection.execute("SELECT count(*) FROM customer").fetchone() == (1,)


def _unknown_to_the_look_up(connection: Connection) -> list[str]:
    finder = Finder(connection, ("US",))
    rows = connection.execute("SELECT customer_id, value FROM identity WHERE kind IN (2, 3, 4)").fetchall()
    return [value for customer, value in rows if customer not in {hit.customer_id for hit in finder.fast(value, 50)}]


def test_who_is_known_by_a_key_alone_is_found_by_what_the_batch_learnt(connection: Connection) -> None:
    address = (IdentityRecord(IdentityKind.EMAIL, "a@x.org"),)
    _take(connection, [CustomerRecord("Ana Ruiz", external_id="1")], expected=True)
    _take(connection, [CustomerRecord("", address, external_id="1"), CustomerRecord("Ana R.", address)], expected=True)
    assert connection.execute("SELECT name FROM customer").fetchall() == [("Ana Ruiz",)]


def test_a_writer_is_who_has_the_address(connection: Connection) -> None:
    ana = make_customer(connection, "Ana Ruiz", email="ana@example.org")
    with writing(connection):
        batch = Batch(connection, import_source(connection, NOW), (), NOW)
        assert batch.book.writer("ANA@example.org", "Anita") == ana
        new = batch.book.writer("bo@example.org", "")
        assert batch.book.writer("bo@example.org", "Bo Lind") == new
        batch.finish()
    assert connection.execute("SELECT name FROM customer ORDER BY id").fetchall() == [("Ana Ruiz",), ("Bo Lind",)]
    names = connection.execute("SELECT customer_id, value, known FROM identity WHERE kind = 1 ORDER BY id").fetchall()
    assert (ana, "Anita", 0) in names
    assert (new, "Bo Lind", 0) in names


def test_a_merged_customer_is_who_they_became(connection: Connection) -> None:
    old, new = (make_customer(connection, name, email=f"{name}@x.org") for name in ("old", "new"))
    connection.execute("UPDATE customer SET merged_into_id = ? WHERE id = ?", (new, old))
    with writing(connection):
        batch = Batch(connection, import_source(connection, NOW), (), NOW)
        assert batch.book.writer("old@x.org", "") == new
        batch.finish()


@pytest.mark.parametrize("folder", ["a", "b"])
def test_organizations_are_made_once(workspace_template: Workspace, tmp_path: Path, folder: str) -> None:
    shutil.copytree(workspace_template.folder, tmp_path / folder)
    person = CustomerRecord("Li", organization="Tidewater")
    with closing(open_to_write(Workspace(tmp_path / folder))) as connection:
        _take(connection, [person, CustomerRecord("Bo", organization="Tidewater ")], expected=folder == "a")
        _take(connection, [CustomerRecord("Ana", organization="Tidewater")], expected=True)
        assert connection.execute("SELECT name FROM organization").fetchall() == [("Tidewater",)]
        assert connection.execute("SELECT count(DISTINCT organization_id) FROM customer").fetchone() == (1,)
