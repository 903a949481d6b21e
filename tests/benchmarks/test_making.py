"""Made workspaces are always the same ones, and look as if everything had been written in the ordinary way."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.making import NOW, Wanted, cache, copied, copy, kept
from benchmarks.making.desk import COPIED, make
from benchmarks.making.people import Person, people
from benchmarks.making.phones import countries, number
from benchmarks.making.rows import indexed_afterwards
from benchmarks.making.tickets import message_counts
from desk.identifiers import normal_form
from desk.lookup import IdentityKind
from storage.connect import Connection, writing
from storage.search.index import index_customers
from storage.search.query import Finder
from storage.workspace import Workspace, open_to_read, open_to_write

WANTED = Wanted(400, 900, 2_500)
SCHEMA = "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE tbl_name = ? ORDER BY type, rowid"
ROWS_OF_FULL_TEXT = "SELECT rowid FROM message_text WHERE message_text MATCH ? ORDER BY rowid"
# What the first opening of a workspace writes, with the time and the ids of that moment.
SEEDED = {"checklist", "snippet", "view"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace(tmp_path_factory.mktemp("made") / "workspace")
    make(workspace, WANTED, seed=1)
    return workspace


@pytest.fixture
def reading(made: Workspace) -> Iterator[Connection]:
    with closing(open_to_read(made)) as connection:
        yield connection


@pytest.fixture
def ordinary(connection: Connection, made: Workspace) -> Connection:
    """The same rows in a fresh workspace, written with every trigger and index there, and indexed as deeds do it."""
    connection.execute("ATTACH ? AS beside", (str(made.database),))
    with writing(connection):
        for table in ("agent", "team", "queue", "tag", "membership", "organization", "customer", "identity"):
            connection.execute(f"INSERT INTO main.{table} SELECT * FROM beside.{table}")
        for table in ("ticket", "ticket_tag", "message", "event"):
            for row in connection.execute(f"SELECT * FROM beside.{table}").fetchall():
                connection.execute(f"INSERT INTO main.{table} VALUES({','.join('?' * len(row))})", row)
        index_customers(connection, range(1, WANTED.customers + 1))
    connection.execute("DETACH beside")
    return connection


def _tables(connection: Connection) -> dict[str, Counter[object]]:
    """The rows of every table that isn't full text, without its order."""
    names = [name for (name,) in connection.execute(COPIED.replace("beside.", ""))]
    plain = [name for name in names if not name.startswith(("message_text", "lookup_part", "lookup_"))]
    return {
        name: Counter(connection.execute(f'SELECT * FROM "{name}"'))
        for name in plain
        if name not in SEEDED and name != "lookup"
    }


def test_there_is_as_much_as_was_asked_for(reading: Connection) -> None:
    counted = [reading.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("customer", "ticket")]
    assert counted == [WANTED.customers, WANTED.tickets]
    assert reading.execute("SELECT count(*), sum(body = '') FROM message").fetchone() == (WANTED.messages, 0)
    assert reading.execute("SELECT count(*) FROM ticket t WHERE message_count <> (SELECT count(*) FROM message "
                           "WHERE ticket_id = t.id)").fetchone() == (0,)  # fmt: skip


def test_the_same_seed_makes_the_same_rows(made: Workspace, tmp_path: Path) -> None:
    again, other = Workspace(tmp_path / "again"), Workspace(tmp_path / "other")
    make(again, WANTED, seed=1)
    make(other, WANTED, seed=2)
    with closing(open_to_read(made)) as first, closing(open_to_read(again)) as second:
        assert _tables(first) == _tables(second)
    with closing(open_to_read(made)) as first, closing(open_to_read(other)) as third:
        names = "SELECT name FROM customer ORDER BY id"
        assert first.execute(names).fetchall() != third.execute(names).fetchall()


def test_nothing_points_nowhere(reading: Connection) -> None:
    assert reading.execute("PRAGMA foreign_key_check").fetchall() == []
    assert reading.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert reading.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_the_schema_is_a_fresh_ones(reading: Connection, connection: Connection) -> None:
    tables = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
    assert reading.execute(tables).fetchall() == connection.execute(tables).fetchall()
    for (name,) in connection.execute(tables).fetchall():
        # Their order decides between indexes that serve alike.
        assert reading.execute(SCHEMA, (name,)).fetchall() == connection.execute(SCHEMA, (name,)).fetchall()


def test_what_triggers_keep_is_as_after_ordinary_writing(reading: Connection, ordinary: Connection) -> None:
    assert _tables(reading) == _tables(ordinary)
    assert reading.execute("SELECT count(*) FROM active_tag").fetchone() != (0,)


def test_the_look_up_answers_as_after_ordinary_writing(reading: Connection, ordinary: Connection) -> None:
    values = [value for (value,) in reading.execute("SELECT value FROM identity ORDER BY id")]
    asked = ["j", "john", "@gmail.com", "555", "иван", "γιώργος", *random.Random(1).sample(values, 60)]
    asked += [value[:5] for value in asked] + [value[-4:] for value in asked]
    for text in asked:
        assert Finder(reading).find(text) == Finder(ordinary).find(text)


def test_full_text_answers_as_after_ordinary_writing(reading: Connection, ordinary: Connection) -> None:
    for words in ("order", "order invoice", '"the order"', "rechn*", "заказ", "reference1", "order NOT invoice"):
        found = reading.execute(ROWS_OF_FULL_TEXT, (words,)).fetchall()
        assert found == ordinary.execute(ROWS_OF_FULL_TEXT, (words,)).fetchall()
        assert found


def test_a_made_workspace_can_be_worked_in(made: Workspace, tmp_path: Path) -> None:
    with closing(open_to_write(copy(made, tmp_path / "mine"))) as mine, writing(mine):
        mine.execute("INSERT INTO message SELECT * FROM message WHERE 0")
        (last,) = mine.execute("SELECT seq FROM sqlite_sequence WHERE name = 'message'").fetchone()
        assert last == WANTED.messages
        mine.execute("UPDATE message SET body = 'zebrafinch' WHERE id = ?", (last,))
        assert mine.execute(ROWS_OF_FULL_TEXT, ("zebrafinch",)).fetchall() == [(last,)]
        mine.execute("DELETE FROM message WHERE id = ?", (last,))
        assert mine.execute(ROWS_OF_FULL_TEXT, ("zebrafinch",)).fetchall() == []


@pytest.mark.parametrize("region", sorted(countries()))
def test_written_numbers_are_those_of_their_country(region: str) -> None:
    chance = random.Random(region)
    for _ in range(100):
        written, stored = number(chance, region)
        assert normal_form(IdentityKind.PHONE, written, (region,)) == stored


def test_people_come_with_the_normal_forms_of_their_identities() -> None:
    persons = list(people(1500, seed=3))
    for person in persons:
        for kind, value, normal in person.identities:
            if kind is not IdentityKind.PHONE:
                assert normal == normal_form(kind, value)


def test_people_are_as_mixed_as_real_ones() -> None:
    persons = list(people(6000, seed=3))
    identities = [each for person in persons for each in person.identities]
    assert 4.8 < len(identities) / len(persons) < 5.2
    addresses = [normal for kind, _, normal in identities if kind is IdentityKind.EMAIL]
    assert 0.32 < sum(address.endswith("@gmail.com") for address in addresses) / len(addresses) < 0.38
    names = " ".join(person.name for person in persons)
    for first, last in (("А", "я"), ("Α", "ώ"), ("一", "龥"), ("가", "힣"), ("ا", "ي"), ("ぁ", "ん"), ("à", "ž")):
        assert any(first <= letter <= last for letter in names), (first, last)
    assert _commonest(persons) > 20 * len(persons) / len({person.name for person in persons})


def _commonest(persons: list[Person]) -> int:
    return Counter(person.name.partition(" ")[0] for person in persons).most_common(1)[0][1]


@pytest.mark.parametrize(("tickets", "messages"), [(1, 0), (3, 2), (10, 10), (25, 77), (101, 1010)])
def test_messages_are_shared_out_to_the_last(tickets: int, messages: int) -> None:
    counts = list(message_counts(random.Random(1), tickets, messages))
    assert (len(counts), sum(counts)) == (tickets, messages)
    assert min(counts) >= min(1, messages // tickets)


def test_no_time_is_in_the_future_but_what_is_due(reading: Connection) -> None:
    for column in ("created_at", "updated_at", "inbound_at", "outbound_at", "first_response_at", "solved_at"):
        assert reading.execute(f"SELECT count(*) FROM ticket WHERE {column} > ?", (NOW,)).fetchone() == (0,)
    late = (
        "SELECT count(*) FROM ticket t JOIN message m ON m.ticket_id = t.id WHERE m.at NOT BETWEEN t.created_at AND ?"
    )
    assert reading.execute(late, (NOW,)).fetchone() == (0,)


def test_dropped_indexes_come_back_even_in_their_order(connection: Connection) -> None:
    before = connection.execute(SCHEMA, ("ticket",)).fetchall()
    with indexed_afterwards(connection, ("ticket",)):
        assert connection.execute("SELECT count(*) FROM sqlite_schema WHERE type='index' AND tbl_name='ticket' "
                                  "AND sql NOT NULL").fetchone() == (0,)  # fmt: skip
    assert connection.execute(SCHEMA, ("ticket",)).fetchall() == before


def test_what_was_made_is_kept_and_older_ones_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted, made = Wanted(5, 5, 5), []

    def note(workspace: Workspace, *_: object) -> None:
        workspace.folder.mkdir(parents=True)
        workspace.database.touch()
        made.append(workspace.folder)

    monkeypatch.setattr(cache, "make", note)
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path))
    first = kept(wanted)
    assert kept(wanted) == first
    assert len(made) == 1
    monkeypatch.setattr(cache, "VERSION", 10_000)
    second = kept(wanted)
    assert second.exists()
    assert not first.folder.exists()
    assert kept(Wanted(6, 5, 5)).exists()
    assert second.exists(), "those of another size stay"


def test_a_copy_may_be_written_to_and_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path))
    wanted = Wanted(5, 5, 5)
    with copied(wanted) as mine:
        with closing(open_to_write(mine)) as connection, writing(connection):
            connection.execute("DELETE FROM message")
        assert mine.folder.is_relative_to(tmp_path)
    assert not mine.exists()
    with closing(open_to_read(kept(wanted))) as connection:
        assert connection.execute("SELECT count(*) FROM message").fetchone() == (5,)


def test_a_half_made_one_is_never_taken_for_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = Wanted(5, 5, 5)

    def fail(workspace: Workspace, *_: object) -> None:
        workspace.folder.mkdir(parents=True)
        workspace.database.touch()
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(cache, "make", fail)
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                kept(wanted, tmp_path)
    workspace = kept(wanted, tmp_path)
    with closing(open_to_read(workspace)) as connection:
        assert connection.execute("SELECT count(*) FROM ticket").fetchone() == (5,)
    assert sorted(path.name for path in tmp_path.iterdir()) == [workspace.folder.name, "lock"]
