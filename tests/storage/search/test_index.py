"""The look-up stays in step: after any mixture of changes it is what a rebuild would make."""

import random
import string
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.lookup import IdentityKind
from storage.connect import Connection, writing
from storage.search.index import BATCH, MERGED_AFTER, forget, index_customers, next_recency, rebuild, touch, touch_all
from storage.search.query import Finder
from tests.factories import make_customer
from tests.storage.search.desk_of_people import REGIONS, add, identify

# An example runs in a transaction that is rolled back, so that one workspace serves them all.
examples = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

WORD = st.text(alphabet="abcdeijmnorsäßø", min_size=2, max_size=7)
NAMES = st.lists(WORD, min_size=1, max_size=3).map(" ".join)
VALUES = st.one_of(
    st.tuples(st.just(IdentityKind.NAME), NAMES),
    st.tuples(st.just(IdentityKind.EMAIL), st.tuples(WORD, WORD).map(lambda parts: f"{parts[0]}+x@{parts[1]}.example")),
    st.tuples(st.just(IdentityKind.EMAIL), st.tuples(WORD, WORD).map(lambda parts: f"{parts[0]}@{parts[1]}.com")),
    st.tuples(st.just(IdentityKind.PHONE), st.integers(2000000, 9999999).map(lambda number: f"+1415{number}")),
    st.tuples(st.just(IdentityKind.ACCOUNT), st.from_regex(r"[A-Z]{2}-[0-9]{5,8}", fullmatch=True)),
    st.tuples(st.just(IdentityKind.ORDER), st.from_regex(r"[0-9]{5,9}", fullmatch=True)),
    st.tuples(st.just(IdentityKind.COMPANY), NAMES),
    st.tuples(st.just(IdentityKind.HANDLE), WORD.map(lambda word: f"@{word}")),
)
PERSON = st.tuples(NAMES, st.lists(VALUES, max_size=4))
DEED = st.one_of(
    st.tuples(st.just("insert"), PERSON),
    st.tuples(st.just("add"), VALUES, st.integers(0, 9)),
    st.tuples(st.just("remove"), st.integers(0, 30)),
    st.tuples(st.just("rename"), NAMES, st.integers(0, 30)),
    st.tuples(st.just("merge"), st.integers(0, 9), st.integers(0, 9)),
    st.tuples(st.just("touch"), st.integers(0, 9)),
    st.tuples(st.just("touch all"), st.lists(st.integers(0, 9), max_size=5)),
    st.tuples(st.just("forget"), st.integers(0, 9)),
)

Entries = dict[str, list[tuple[object, ...]]]


@contextmanager
def undone(connection: Connection) -> Iterator[None]:
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def entries(connection: Connection) -> Entries:
    """Everything that the look-up holds."""
    for table in ("lookup", "lookup_part"):
        connection.execute(
            f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{table}_terms USING fts5vocab('main', '{table}', 'instance')"
        )
    return {
        "words": connection.execute("SELECT term, doc FROM temp.lookup_terms ORDER BY 1, 2").fetchall(),
        "parts": connection.execute("SELECT DISTINCT term, doc FROM temp.lookup_part_terms ORDER BY 1, 2").fetchall(),
        "backwards": connection.execute("SELECT address, customer_id FROM lookup_backwards ORDER BY 1, 2").fetchall(),
        "misspellings": connection.execute(
            "SELECT w.word, m.entry >> 25 FROM lookup_misspelling m JOIN lookup_word w ON w.id = m.entry & 0x1ffffff "
            "ORDER BY 1, 2"
        ).fetchall(),
        "gone": connection.execute("SELECT * FROM lookup_gone").fetchall(),
    }


def do(connection: Connection, deed: tuple[object, ...]) -> None:
    """One change as the rest of the program makes it."""
    customers = [row[0] for row in connection.execute("SELECT id FROM customer ORDER BY id")]
    identities = connection.execute("SELECT id, customer_id FROM identity ORDER BY id").fetchall()
    match deed:
        case ("insert", (str(name), list(values))):
            add(connection, name, *values)
        case ("add", (IdentityKind() as kind, str(value)), int(at)) if customers:
            customer = customers[at % len(customers)]
            identify(connection, customer, kind, value)
            index_customers(connection, [customer])
        case ("remove", int(at)) if identities:
            identity, customer = identities[at % len(identities)]
            connection.execute("DELETE FROM identity WHERE id = ?", (identity,))
            index_customers(connection, [customer])
        case ("rename", str(name), int(at)) if identities:
            identity, customer = identities[at % len(identities)]
            connection.execute(
                "UPDATE OR IGNORE identity SET kind = 1, value = ?, normal = ? WHERE id = ?", (name, name, identity)
            )
            index_customers(connection, [customer])
        case ("merge", int(one), int(other)) if customers:
            old, new = customers[one % len(customers)], customers[other % len(customers)]
            connection.execute("UPDATE OR IGNORE identity SET customer_id = ? WHERE customer_id = ?", (new, old))
            index_customers(connection, [old, new])
        case ("touch", int(at)) if customers:
            touch(connection, customers[at % len(customers)])
        case ("touch all", list(places)) if customers:
            touch_all(connection, [customers[at % len(customers)] for at in places])
        case ("forget", int(at)) if customers:
            forget(connection, customers[at % len(customers)])
            connection.execute("DELETE FROM customer WHERE id = ?", (customers[at % len(customers)],))


@examples
@given(st.lists(DEED, min_size=1, max_size=14))
def test_after_any_changes_it_is_what_a_rebuild_makes(connection: Connection, deeds: list[tuple[object, ...]]) -> None:
    with undone(connection):
        for deed in deeds:
            do(connection, deed)
        kept = entries(connection)
        rebuild(connection)
        made = entries(connection)
        in_use = {word for word, _ in made["words"]}
        # A forgotten name stays known as a word while somebody's address holds it.
        spare = [entry for entry in kept["misspellings"] if entry not in made["misspellings"]]
        assert {word for word, _ in spare} <= in_use
        kept["misspellings"] = [entry for entry in kept["misspellings"] if entry not in spare]
        assert kept == made


@examples
@given(st.lists(PERSON, min_size=1, max_size=6), st.data())
def test_everyone_is_found_by_each_identity_its_beginnings_and_last_digits(
    connection: Connection, persons: list[tuple[str, list[tuple[IdentityKind, str]]]], data: st.DataObject
) -> None:
    with undone(connection):
        for name, values in persons:
            add(connection, name, *values)
        finder = Finder(connection, REGIONS)
        rows = connection.execute("SELECT customer_id, kind, value, normal FROM identity").fetchall()
        customer, kind, value, normal = data.draw(st.sampled_from(rows))

        def among(text: str, matches: set[str]) -> bool:
            return any(hit.customer_id == customer and hit.match in matches for hit in finder.find(text, 50))

        assert among(value, {"exact"})
        if len(value) > 3:
            assert among(value[: data.draw(st.integers(3, len(value)))], {"exact", "prefix", "word"})
        digits = "".join(letter for letter in normal if letter in string.digits)
        if kind in (IdentityKind.PHONE, IdentityKind.ACCOUNT, IdentityKind.ORDER):
            assert among(digits[-data.draw(st.integers(4, len(digits))) :], {"exact", "prefix", "word", "digits"})


def test_touching_the_newest_changes_nothing(connection: Connection) -> None:
    add(connection, "Ana Ruiz")
    newest = add(connection, "Li Wei")
    before = connection.total_changes
    touch(connection, newest)
    assert connection.total_changes == before


def test_touch_makes_the_newest(connection: Connection) -> None:
    first, second = add(connection, "Ana Ruiz"), add(connection, "Ana Wei")
    touch(connection, first)
    assert [hit.customer_id for hit in Finder(connection).find("ana")] == [first, second]
    assert next_recency(connection) == 4


@examples
@given(st.lists(st.lists(st.integers(0, 5), max_size=9), max_size=4))
def test_many_touched_at_once_stand_as_if_one_by_one(connection: Connection, batches: list[list[int]]) -> None:
    with undone(connection):
        customers = [add(connection, f"Ana Number{at}") for at in range(6)]
        order = customers[::-1]
        for batch in batches:
            touch_all(connection, [customers[at] for at in batch])
            for at in batch:
                order.remove(customers[at])
                order.insert(0, customers[at])
        assert [hit.customer_id for hit in Finder(connection).find("ana")] == order


def pieces_of_index(connection: Connection) -> int:
    pieces: int = connection.execute("SELECT count(DISTINCT segid) FROM lookup_idx").fetchone()[0]
    return pieces


def test_more_than_a_statement_takes_are_touched_in_their_order(connection: Connection) -> None:
    customers = [add(connection, f"Ana Number{at}") for at in range(BATCH + 3)]
    connection.execute("INSERT INTO lookup(lookup) VALUES('optimize')")
    random.Random(1).shuffle(customers)
    with writing(connection):
        touch_all(connection, customers)
    assert [hit.customer_id for hit in Finder(connection).find("ana", 50)] == customers[:-51:-1]
    # Beside the one that was there, one for each statement.
    assert pieces_of_index(connection) <= 3


def test_many_contacts_leave_few_pieces_of_index(connection: Connection) -> None:
    customers = [add(connection, f"Ana Number{at}") for at in range(3)]
    left = []
    for at in range(200):
        touch(connection, customers[at % 3])
        left.append(pieces_of_index(connection))
    # The contact after so many merges what those before it have left.
    merged = slice(MERGED_AFTER - 3, None, MERGED_AFTER)
    assert len(left[merged]) == 3
    assert max(left[merged]) < 5 < min(left[MERGED_AFTER - 4 :: MERGED_AFTER])
    assert [hit.customer_id for hit in Finder(connection).find("ana")] == [customers[at] for at in (1, 0, 2)]


def test_nothing_of_a_forgotten_customer_is_left(connection: Connection) -> None:
    add(connection, "Ana Ruiz")
    before = entries(connection)
    other = add(connection, "Zora Quillfeather", (IdentityKind.EMAIL, "zora@quill.example"))
    assert entries(connection) != before
    forget(connection, other)
    assert entries(connection) == before
    assert connection.execute("SELECT count(*) FROM identity WHERE customer_id = ?", (other,)).fetchone() == (0,)
    assert Finder(connection).find("zora") == Finder(connection).find("quillfeahter") == []


@pytest.mark.parametrize("count", [0, 1, 1203])
def test_many_at_once(connection: Connection, count: int) -> None:
    customers = [make_customer(connection, f"Person Number{at}") for at in range(count)]
    index_customers(connection, [*customers, *customers])
    assert len(connection.execute("SELECT rowid FROM lookup WHERE lookup MATCH 'person'").fetchall()) == count


@pytest.mark.parametrize("kind", [IdentityKind.EMAIL, IdentityKind.HANDLE])
def test_a_word_goes_with_the_last_that_held_it(connection: Connection, kind: IdentityKind) -> None:
    customer = add(connection, "Zymurgy Smith", (kind, "zymurgy@example.org"))
    connection.execute("DELETE FROM identity WHERE customer_id = ? AND kind = 1", (customer,))
    index_customers(connection, [customer])
    forget(connection, customer)
    assert connection.execute("SELECT word FROM lookup_word WHERE word = 'zymurgy'").fetchall() == []
