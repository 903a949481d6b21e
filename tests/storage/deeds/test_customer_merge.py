"""Two records of one person become one, and two again: facts, identities that both have, refusals, two consoles."""

import json
from collections.abc import Callable
from contextlib import closing
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from desk import flags
from desk.errors import BadInput, HeardError, Refused
from desk.lookup import IdentityKind
from desk.money import Money
from desk.times import DAY
from storage.belongings import OWNED
from storage.connect import Connection
from storage.customers import card, find_customer
from storage.deeds import customers
from storage.deeds.by import By
from storage.deeds.customer_merge import merge, part
from storage.deeds.undo import redo, undo
from storage.engine import deed_session, engine_over
from storage.merges import parts
from storage.search.index import index_customers, rebuild
from storage.search.query import Finder
from storage.workspace import Workspace, open_to_write
from tests.factories import NOW, make_customer, make_identity, make_message, make_ticket

# Columns that keep naming the record that they were made for, and why.
STAYS = {
    "customer.merged_into_id": "who stands for a merged record, brought up with each merge",
    "event.customer_id": "history says what was done to which record, whatever became of it",
    "customer_value.customer_id": "a merged record keeps its own; the other takes it over where it has none",
    "no_duplicate.customer_id": "a pair of records; whoever asks for pairs asks for all records of a person",
    "no_duplicate.other_id": "as its other half",
    "customer_merge.customer_id": "the record that was merged",
    "customer_merge.into_id": "the record that it was merged into",
    "merged_row.customer_id": "whose a row is apart from all merges",
    "tombstone.customer_id": "an erased customer is never merged",
}
Deed = Callable[[Session], object]


@pytest.fixture
def ana(connection: Connection) -> int:
    """Ana, with a note, a plan and a flag."""
    customer_id = make_customer(connection, "Ana Ruiz", email="ana@example.org")
    connection.execute(
        "UPDATE customer SET note = 'Calls in the morning', plan = 'pro', since = ?, flags = ?, details = ?"
        " WHERE id = ?",
        (NOW - 900 * DAY, flags.write([flags.Flag("vip")]), json.dumps({"size": "XL"}), customer_id),
    )
    index_customers(connection, [customer_id])
    return customer_id


@pytest.fixture
def a_ruiz(connection: Connection) -> int:
    """Her other record: with the same address and a number that she hasn't."""
    customer_id = make_customer(connection, "A. Ruiz", email="ana@example.org")
    make_identity(connection, customer_id, IdentityKind.PHONE, "+14155550134", known=False)
    connection.execute(
        "UPDATE customer SET note = 'Likes tea', plan = 'free', since = ?, flags = ?, details = ? WHERE id = ?",
        (
            NOW - 1800 * DAY,
            flags.write([flags.Flag("vip"), flags.Flag("press", "writes for a paper")]),
            json.dumps({"size": "L", "town": "Graz"}),
            customer_id,
        ),
    )
    connection.execute("INSERT INTO customer_value VALUES(?, 120000, 'EUR', ?)", (customer_id, NOW))
    index_customers(connection, [customer_id])
    return customer_id


def _found(connection: Connection, question: str) -> list[int]:
    return [hit.customer_id for hit in Finder(connection, ("US",)).find(question, 5)]


def _row(connection: Connection, customer_id: int) -> object:
    return connection.execute(
        "SELECT name, note, plan, since, flags, details, contacted_at, amount FROM customer "
        "LEFT JOIN customer_value ON customer_id = id WHERE id = ?",
        (customer_id,),
    ).fetchone()


def test_every_column_that_names_a_customer_is_thought_of(connection: Connection) -> None:
    """A new table with customers must say in storage.belongings what merging, parting and erasing do with it."""
    found = {
        f"{table}.{column}"
        for (table,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        for _, _, other, column, *_ in connection.execute(f"PRAGMA foreign_key_list({table})").fetchall()
        if other == "customer"
    }
    assert found == {f"{table}.customer_id" for table in OWNED} | set(STAYS)


def test_one_record_says_what_both_said_and_parting_gives_each_its_own(
    connection: Connection, engine: Engine, by: By, ana: int, a_ruiz: int
) -> None:
    before = _row(connection, ana), _row(connection, a_ruiz)
    with deed_session(engine) as session:
        assert merge(session, by, a_ruiz, ana).title == "Merged A. Ruiz into Ana Ruiz"
    merged = card(connection, ana, NOW)
    assert (merged.plan, merged.since, merged.note) == ("pro", NOW - 1800 * DAY, "Calls in the morning\n\nLikes tea")
    assert [flag.words for flag in merged.flags] == ["vip", "press: writes for a paper"]
    assert merged.details == (("size", "XL"), ("town", "Graz"))
    assert merged.value == Money(120_000, "EUR")
    assert [part.name for part in parts(connection, ana)] == ["A. Ruiz"]
    with deed_session(engine) as session:
        undo(session, by)
    assert (_row(connection, ana), _row(connection, a_ruiz)) == before
    assert parts(connection, ana) == ()


def test_what_was_written_since_stays_with_who_is_left(
    connection: Connection, engine: Engine, by: By, ana: int, a_ruiz: int
) -> None:
    deeds: tuple[Deed, ...] = (
        lambda session: merge(session, by, a_ruiz, ana),
        lambda session: customers.note(session, by, ana, "Calls at noon\n\nLikes tea"),
        lambda session: customers.flag(session, by, ana, "legal: her lawyer wrote"),
        lambda session: customers.unflag(session, by, ana, "press: writes for a paper"),
        lambda session: part(session, by, a_ruiz),
    )
    for deed in deeds:
        with deed_session(engine) as session:
            deed(session)
    left, gone = card(connection, ana, NOW), card(connection, a_ruiz, NOW)
    assert (left.note, gone.note) == ("Calls at noon", "Likes tea")
    assert [flag.words for flag in left.flags] == ["vip", "legal: her lawyer wrote"]
    # What colleagues took off does not come back.
    assert [flag.words for flag in gone.flags] == ["vip"]


def test_an_identity_that_both_have_stays_with_both_and_is_found_once(
    connection: Connection, engine: Engine, by: By, ana: int, a_ruiz: int
) -> None:
    with deed_session(engine) as session:
        merge(session, by, a_ruiz, ana)
    assert _found(connection, "ana@example.org") == _found(connection, "ana@example.or") == [ana]
    assert _found(connection, "a ruiz") == _found(connection, "0134") == [ana]
    assert find_customer(connection, str(a_ruiz)) == ana
    entries = connection.execute("SELECT * FROM lookup_backwards ORDER BY 1, 2").fetchall()
    rebuild(connection)
    assert connection.execute("SELECT * FROM lookup_backwards ORDER BY 1, 2").fetchall() == entries
    with deed_session(engine) as session:
        part(session, by, a_ruiz)
    assert sorted(_found(connection, "ana@example.org")) == [ana, a_ruiz]
    assert _found(connection, "0134") == [a_ruiz]


def test_a_maybe_that_the_other_knew_is_known_as_long_as_they_are_one(
    connection: Connection, engine: Engine, by: By, ana: int, a_ruiz: int
) -> None:
    connection.execute("UPDATE identity SET known = 0 WHERE customer_id = ? AND kind = 2", (ana,))
    known = "SELECT known FROM identity WHERE customer_id = ? AND kind = 2"
    with deed_session(engine) as session:
        merge(session, by, a_ruiz, ana)
    assert connection.execute(known, (ana,)).fetchone() == (1,)
    with deed_session(engine) as session:
        undo(session, by)
    assert connection.execute(known, (ana,)).fetchone() == (0,)


def test_the_one_of_both_who_was_in_contact_last_leads(connection: Connection, engine: Engine, by: By) -> None:
    first = make_customer(connection, "Kim Berg", contacted_at=NOW - 30)
    between = make_customer(connection, "Kim Stein", contacted_at=NOW - 20)
    last = make_customer(connection, "Kim Bergen", contacted_at=NOW - 10)
    index_customers(connection, [first, between, last])
    assert _found(connection, "kim") == [last, between, first]
    with deed_session(engine) as session:
        merge(session, by, last, first)
    assert _found(connection, "kim") == [first, between]
    assert card(connection, first, NOW).contacted_at == NOW - 10
    with deed_session(engine) as session:
        undo(session, by)
    assert _found(connection, "kim") == [last, between, first]
    assert card(connection, first, NOW).contacted_at == NOW - 30


def test_repeated_contact_counts_what_both_wrote(
    connection: Connection, engine: Engine, by: By, ana: int, a_ruiz: int
) -> None:
    tickets = [make_ticket(connection, customer_id=each, inbound_at=NOW) for each in (ana, a_ruiz)]
    for customer_id, ticket, at in ((ana, tickets[0], NOW - 5), (a_ruiz, tickets[1], NOW)):
        make_message(connection, ticket, at=at, customer_id=customer_id)
    contacts = "SELECT contacts FROM ticket WHERE id = ?"
    with deed_session(engine) as session:
        merge(session, by, a_ruiz, ana)
    assert connection.execute(contacts, (tickets[1],)).fetchone() == (2,)
    with deed_session(engine) as session:
        undo(session, by)
    assert connection.execute(contacts, (tickets[1],)).fetchone() == (1,)


def test_what_cannot_be_merged_is_refused_with_a_reason(
    connection: Connection, engine: Engine, by: By, ana: int, a_ruiz: int
) -> None:
    third = make_customer(connection, "Ana R.")
    with deed_session(engine) as session:
        merge(session, by, a_ruiz, ana)
    for pair in ((a_ruiz, third), (third, a_ruiz)):
        with (
            pytest.raises(Refused, match=r"A\. Ruiz was merged into Ana Ruiz already"),
            deed_session(engine) as session,
        ):
            merge(session, by, *pair)
    with pytest.raises(Refused, match="was merged into Ana Ruiz"), deed_session(engine) as session:
        customers.note(session, by, a_ruiz, "too late")
    with pytest.raises(BadInput, match="is one record already"), deed_session(engine) as session:
        merge(session, by, third, third)
    with pytest.raises(Refused, match="Ana Ruiz stands for themselves already"), deed_session(engine) as session:
        part(session, by, ana)


def test_redo_merges_again_and_undo_of_a_parting_does_too(
    connection: Connection, engine: Engine, by: By, ana: int, a_ruiz: int
) -> None:
    with deed_session(engine) as session:
        merge(session, by, a_ruiz, ana)
    with deed_session(engine) as session:
        undo(session, by)
    with deed_session(engine) as session:
        assert redo(session, by).title == "Done again: Merged A. Ruiz into Ana Ruiz"
    assert _found(connection, "0134") == [ana]
    with deed_session(engine) as session:
        part(session, by, a_ruiz)
    assert _found(connection, "0134") == [a_ruiz]
    with deed_session(engine) as session:
        undo(session, by)
    assert _found(connection, "0134") == [ana]


def test_of_two_consoles_that_merge_the_same_records_at_once_one_is_told_no(
    workspace: Workspace, connection: Connection, by: By, ana: int, a_ruiz: int
) -> None:
    third = make_customer(connection, "Ana R.")
    told: list[str] = []
    start = Barrier(3)

    def at_a_console(from_id: int, into_id: int) -> None:
        with closing(open_to_write(workspace)) as own:
            engine = engine_over(own)
            start.wait()
            try:
                with deed_session(engine) as session:
                    told.append(merge(session, by, from_id, into_id).title)
            except HeardError as error:
                told.append(str(error))

    pairs = ((a_ruiz, ana), (ana, a_ruiz), (a_ruiz, third))
    threads = [Thread(target=at_a_console, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(title.startswith("Merged") for title in told) in (1, 2)
    edges = dict(connection.execute("SELECT customer_id, into_id FROM customer_merge").fetchall())
    assert len(edges) == sum(title.startswith("Merged") for title in told)
    assert all("already" in title for title in told if not title.startswith("Merged"))
    for one in edges:
        seen = {one}
        while one in edges:
            one = edges[one]
            assert one not in seen
            seen.add(one)


def test_parting_reads_the_messages_of_the_two_alone(connection: Connection, engine: Engine) -> None:
    into_id, from_id = make_customer(connection, "Ana Ruiz"), make_customer(connection, "A. Ruiz")
    by, seen = By(None, NOW), list[str]()
    with deed_session(engine) as session:
        merge(session, by, from_id, into_id)
    connection.set_trace_callback(seen.append)
    with deed_session(engine) as session:
        part(session, by, from_id)
    connection.set_trace_callback(None)
    last_contact = [sql for sql in seen if "max(m.at)" in sql]
    assert last_contact
    for sql in last_contact:
        steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
        assert "SEARCH m USING INDEX message_ticket (ticket_id=?)" in steps
