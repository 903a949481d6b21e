"""A workspace of the first release keeps its customers, and is searched like a new one."""

from contextlib import closing
from pathlib import Path

import pytest

from desk.lookup import IdentityKind
from storage.connect import Connection, connect
from storage.search.index import index_customers, rebuild
from storage.search.query import Finder
from storage.workspace import Workspace, open_to_write
from tests.factories import make_customer, make_identity
from tests.storage.search.desk_of_people import REGIONS
from tests.storage.search.test_index import entries

FIRST = Path(__file__).parents[3] / "storage" / "migrations" / "versions" / "0001_first.sql"


@pytest.fixture
def upgraded(tmp_path: Path) -> Connection:
    """Ana, Li and Bob out of the first release; of Bob's identities the last was removed."""
    old = Workspace(tmp_path / "old")
    old.folder.mkdir()
    with closing(connect(old.database)) as connection:
        connection.executescript(FIRST.read_text("utf-8"))
        connection.execute("CREATE TABLE alembic_version(version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        connection.execute("INSERT INTO alembic_version VALUES ('0001')")
        connection.execute("PRAGMA user_version=1")
        make_customer(connection, "Ana Ruiz", email="ana@example.org")
        make_customer(connection, "Li Wei")
        bob = make_customer(connection, "Robert Smith")
        removed = make_identity(connection, bob, IdentityKind.PHONE, "+14155550134")
        connection.execute("DELETE FROM identity WHERE id = ?", (removed,))
        for customer, word in ((1, "ana"), (2, "li"), (3, "smith")):
            connection.execute("INSERT INTO lookup(rowid, words) VALUES (?, ?)", (customer, word))
            connection.execute("INSERT INTO lookup_word(word) VALUES (?)", (word,))
            connection.execute("INSERT INTO lookup_misspelling VALUES (?, ?)", (customer, customer))
    return open_to_write(old)


def test_everybody_is_found(upgraded: Connection) -> None:
    with closing(upgraded):
        finder = Finder(upgraded, REGIONS)
        found = [finder.find(text)[0].customer_id for text in ("ana@example.org", "wei", "smiht", "bob smith")]
        assert found == [1, 2, 3, 3]


def test_the_lookup_is_what_a_rebuild_makes(upgraded: Connection) -> None:
    with closing(upgraded):
        kept = entries(upgraded)
        assert kept["words"]
        rebuild(upgraded)
        assert entries(upgraded) == kept


def test_the_id_of_a_removed_identity_is_not_given_again(upgraded: Connection) -> None:
    with closing(upgraded):
        ids = [row[0] for row in upgraded.execute("SELECT id FROM identity ORDER BY id")]
        assert ids == [1, 2, 3, 4]
        assert make_identity(upgraded, 3, IdentityKind.PHONE, "+14155550134") == 6


def test_what_is_removed_later_leaves_the_lookup_too(upgraded: Connection) -> None:
    with closing(upgraded):
        upgraded.execute("DELETE FROM identity WHERE customer_id = 1")
        index_customers(upgraded, [1])
        assert Finder(upgraded, REGIONS).find("ana") == []
        assert upgraded.execute("SELECT count(*) FROM lookup_gone").fetchone() == (0,)
