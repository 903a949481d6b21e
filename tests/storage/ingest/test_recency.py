"""Who wrote last stands first, in whatever order records came, and after a stop in the middle too."""

import shutil
from array import array
from collections.abc import Iterable
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.lookup import IdentityKind
from desk.times import DAY
from storage.connect import Connection, writing
from storage.imports.run import import_source
from storage.inbound import MOVED
from storage.ingest import recency
from storage.ingest.batch import Batch
from storage.ingest.pace import Pace
from storage.ingest.recency import SETTING, put_in_order
from storage.ingest.records import CustomerRecord, IdentityRecord, MessageRecord, TicketRecord
from storage.ingest.tickets import put_tickets
from storage.search.query import Finder
from storage.workspace import Workspace, open_to_write
from tests.factories import NOW


def _wrote(connection: Connection, *writers: tuple[str, int]) -> None:
    """Each wrote so many days ago, all in one batch."""
    records = [
        TicketRecord(
            f"{name}-{days}", "x", NOW - 99 * DAY, customer=_person(name),
            messages=(MessageRecord("m", "inbound", NOW - days * DAY, "Hello"),),
        )
        for name, days in writers
    ]  # fmt: skip
    with writing(connection):
        batch = Batch(connection, import_source(connection, NOW), (), NOW)
        put_tickets(batch, records)
        batch.finish()


def _person(name: str) -> CustomerRecord:
    return CustomerRecord(f"Person {name}", (IdentityRecord(IdentityKind.EMAIL, f"{name}@example.org"),))


def _order(connection: Connection) -> list[str]:
    rows = connection.execute("SELECT name FROM customer ORDER BY recency DESC")
    return [name.removeprefix("Person ") for (name,) in rows]


def _noticed(connection: Connection) -> bool:
    return connection.execute("SELECT 1 FROM setting WHERE key = ?", (SETTING,)).fetchone() is not None


@settings(max_examples=25)
@given(batches=st.lists(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 40)), max_size=4), max_size=5))
def test_the_order_is_that_of_the_last_contacts(
    workspace_template: Workspace, tmp_path_factory: pytest.TempPathFactory, batches: list[list[tuple[str, int]]]
) -> None:
    folder = tmp_path_factory.mktemp("order") / "workspace"
    shutil.copytree(workspace_template.folder, folder)
    with closing(open_to_write(Workspace(folder))) as connection:
        for batch in batches:
            _wrote(connection, *batch)
        if not _noticed(connection):
            assert _contacts(connection) == sorted(_contacts(connection))
        put_in_order(connection, Pace(2))
        assert _contacts(connection) == sorted(_contacts(connection))
        found = Finder(connection).fast("person", 50)
        assert [hit.name.removeprefix("Person ") for hit in found] == _order(connection)
        assert not _noticed(connection)


def _contacts(connection: Connection) -> list[int]:
    return [row[0] for row in connection.execute("SELECT contacted_at FROM customer ORDER BY recency")]


def test_nothing_is_moved_where_all_are_in_order(connection: Connection) -> None:
    _wrote(connection, ("a", 3), ("b", 2))
    _wrote(connection, ("c", 1))
    before = connection.total_changes
    put_in_order(connection, Pace())
    assert connection.total_changes == before
    assert _order(connection) == ["c", "b", "a"]


def test_a_batch_moves_its_newest_at_once(connection: Connection) -> None:
    people = [f"p{number}" for number in range(MOVED + 5)]
    _wrote(connection, *((name, 90) for name in people))
    put_in_order(connection, Pace())
    _wrote(connection, *((name, days) for days, name in enumerate(people)))
    assert _order(connection)[:MOVED] == people[:MOVED]
    put_in_order(connection, Pace())
    assert _order(connection) == people


def test_a_stopped_one_is_taken_up_by_the_next(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    _wrote(connection, ("a", 1), ("b", 2))
    _wrote(connection, ("c", 5), ("d", 3))
    calls = []

    def stop(opened: Connection, customer_ids: Iterable[int]) -> None:
        calls.append(list(customer_ids))
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("storage.ingest.recency.touch_all", stop)
        with pytest.raises(KeyboardInterrupt):
            put_in_order(connection, Pace())
    assert calls
    assert _noticed(connection)
    put_in_order(connection, Pace())
    assert _order(connection) == ["a", "b", "d", "c"]


def test_what_another_process_notices_at_the_end_is_put_in_order_too(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    _wrote(connection, ("a", 1), ("b", 2))
    looks: list[bool] = []

    def look(opened: Connection) -> "array[int]":
        found = out_of_place(opened)
        looks.append(bool(found))
        if looks == [True, False]:
            _wrote(connection, ("c", 50))
        return found

    out_of_place = recency._out_of_place
    monkeypatch.setattr(recency, "_out_of_place", look)
    _wrote(connection, ("d", 9))
    put_in_order(connection, Pace())
    assert looks == [True, False, True, False]
    assert _order(connection) == ["a", "b", "d", "c"]
    assert not _noticed(connection)


def test_who_was_never_in_contact_stands_below(connection: Connection) -> None:
    _wrote(connection, ("a", 1))
    with writing(connection):
        batch = Batch(connection, import_source(connection, NOW), (), NOW)
        batch.book.add(_person("quiet"))
        batch.finish()
    put_in_order(connection, Pace())
    assert _order(connection) == ["a", "quiet"]
