"""Tickets by the batch: however they are parted and repeated, the database is the one that they make one by one."""

import json
import shutil
from collections.abc import Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from desk.lookup import IdentityKind
from desk.times import DAY, HOUR
from storage.connect import Connection, writing
from storage.imports.run import import_source
from storage.ingest.batch import Batch
from storage.ingest.pace import Pace
from storage.ingest.recency import put_in_order
from storage.ingest.records import CustomerRecord, IdentityRecord, MessageRecord, TicketRecord
from storage.ingest.tickets import put_tickets
from storage.library import Outcome
from storage.search.query import Finder
from storage.workspace import Workspace, open_to_write
from tests.factories import NOW
from tests.storage.ingest.recount import Told, full_text, told

_PEOPLE = [
    CustomerRecord("Ana Ruiz", (IdentityRecord(IdentityKind.EMAIL, "ana@example.org"),)),
    CustomerRecord("Li Wei", (IdentityRecord(IdentityKind.PHONE, "+1 415 555 0134"),), organization="Tidewater"),
    CustomerRecord("A. Ruiz", (IdentityRecord(IdentityKind.EMAIL, "ANA@example.org"),), plan="Pro"),
    CustomerRecord("", (IdentityRecord(IdentityKind.ACCOUNT, "AC-12 34"),)),
]
_messages = st.builds(
    MessageRecord,
    external_id=st.sampled_from(["m1", "m2", "m3"]),
    kind=st.sampled_from(["inbound", "outbound", "note", "call"]),
    at=st.integers(0, 9).map(lambda days: NOW - days * DAY),
    body=st.sampled_from(["Where is the parcel?", "This is UNACCEPTABLE!!!", "On its way.\n> quoted", ""]),
)
_tickets = st.builds(
    TicketRecord,
    external_id=st.sampled_from(["t1", "t2", "t3", "t4"]),
    subject=st.sampled_from(["Parcel", "", "Refund [x]"]),
    created_at=st.just(NOW - 10 * DAY),
    status=st.integers(0, 4),
    tags=st.lists(st.sampled_from(["vip", "VIP", "late"]), max_size=2).map(tuple),
    assignee=st.sampled_from(["", "ana", "Bo Lind"]),
    customer=st.one_of(st.none(), st.sampled_from(_PEOPLE)),
    messages=st.lists(_messages, max_size=3, unique_by=lambda message: message.external_id).map(tuple),
    details=st.sampled_from([{}, {"City": "Berlin"}]),
)


def test_what_comes_for_a_merged_ticket_is_said_on_the_one_that_it_became(connection: Connection) -> None:
    def record(name: str, *said: str) -> TicketRecord:
        messages = tuple(MessageRecord(each, "inbound", NOW, "Hello") for each in said)
        return TicketRecord(name, "Parcel", NOW, messages=messages)

    _put(connection, [record("t1", "a"), record("t2"), record("t3", "b")])
    connection.execute("UPDATE message SET ticket_id=1")
    connection.execute("UPDATE ticket SET status=4, merged_into_id=id-1 WHERE id>1")
    assert _put(connection, [record("t3", "b", "c"), record("t2", "d")]) == ["updated", "updated"]
    assert connection.execute("SELECT ticket_id, external_id FROM message ORDER BY id").fetchall() == [
        (1, "a"), (1, "b"), (1, "c"), (1, "d"),
    ]  # fmt: skip


def _put(connection: Connection, records: Sequence[TicketRecord]) -> list[Outcome]:
    with writing(connection):
        batch = Batch(connection, import_source(connection, NOW), ("US",), NOW)
        outcomes = put_tickets(batch, records)
        batch.finish()
    return outcomes


def _filled(template: Workspace, folder: Path, batches: Sequence[Sequence[TicketRecord]]) -> Told:
    shutil.copytree(template.folder, folder)
    with closing(open_to_write(Workspace(folder))) as connection:
        for records in batches:
            _put(connection, records)
        put_in_order(connection, Pace())
        return told(connection)


@settings(max_examples=25)
@given(records=st.lists(_tickets, max_size=8), cuts=st.sets(st.integers(1, 7)), again=st.booleans())
def test_batches_of_any_size_make_what_single_records_make(
    workspace_template: Workspace, tmp_path_factory: pytest.TempPathFactory, records: list[TicketRecord],
    cuts: set[int], again: bool,
) -> None:  # fmt: skip
    folder = tmp_path_factory.mktemp("parted")
    edges = [0, *sorted(cut for cut in cuts if cut < len(records)), len(records)]
    parted = [records[start:end] for start, end in pairwise(edges)]
    whole = _filled(workspace_template, folder / "whole", [*parted, *([records] if again else [])])
    single = _filled(workspace_template, folder / "single", [[record] for record in records])
    assert {table for table in whole if whole[table] != single[table]} == set()


def test_a_sources_json_is_read_as_it_is(connection: Connection) -> None:
    page = json.dumps([{
        "external_id": "7", "subject": "Lamp", "created_at": NOW, "tags": ["vip"], "status": 1,
        "customer": {"name": "Li Wei", "external_id": "c1", "identities": [{"kind": 2, "value": "li@example.com"}]},
        "messages": [{"external_id": "m1", "kind": "inbound", "at": NOW, "body": "It is broken"}],
    }])  # fmt: skip
    records = TypeAdapter(list[TicketRecord]).validate_json(page)
    assert _put(connection, records) == ["added"]
    assert _put(connection, records) == ["skipped"]
    rows = connection.execute("SELECT subject, status, message_count, inbound_at, preview FROM ticket").fetchall()
    assert rows == [("Lamp", 1, 1, NOW, "It is broken")]
    assert [hit.name for hit in Finder(connection).fast("li@example.com")] == ["Li Wei"]


def test_what_agents_changed_stays_and_what_is_new_is_added(connection: Connection) -> None:
    first = MessageRecord("m1", "inbound", NOW - HOUR, "Hello")
    _put(connection, [TicketRecord("1", "Lamp", NOW - DAY, messages=(first,))])
    connection.execute("UPDATE ticket SET subject = 'Table lamp', status = 2")
    again = TicketRecord(
        "1", "Lamp", NOW - DAY, tags=("late",), messages=(first, MessageRecord("m2", "note", NOW, "x"))
    )
    assert _put(connection, [again, again]) == ["updated", "skipped"]
    assert connection.execute("SELECT subject, status, message_count FROM ticket").fetchall() == [("Table lamp", 2, 2)]
    assert connection.execute("SELECT g.name FROM ticket_tag JOIN tag g ON g.id = tag_id").fetchall() == [("late",)]


def test_every_message_of_a_batch_is_in_the_full_text(connection: Connection) -> None:
    texts = [MessageRecord(f"m{number}", "inbound", NOW, f"common word{number}") for number in range(300)]
    _put(connection, [TicketRecord(f"t{text.external_id}", "x", NOW, messages=(text,)) for text in texts])
    assert len(full_text(connection, "common")) == 300
    (only,) = full_text(connection, "word211")
    assert connection.execute("SELECT body FROM message WHERE id = ?", (only,)).fetchone() == ("common word211",)
    connection.execute("DELETE FROM message WHERE id = ?", (only,))
    assert full_text(connection, "word211") == []
    connection.execute("INSERT INTO message_text(message_text) VALUES('integrity-check')")


def test_an_id_is_never_given_twice(connection: Connection) -> None:
    ticket = TicketRecord("1", "x", NOW, messages=(MessageRecord("m1", "inbound", NOW, "one"),))
    _put(connection, [ticket])
    (gone,) = connection.execute("SELECT id FROM message").fetchone()
    connection.execute("DELETE FROM message")
    _put(connection, [ticket])
    assert connection.execute("SELECT id > ? FROM message", (gone,)).fetchall() == [(1,)]
