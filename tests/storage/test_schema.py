"""The migrations lead to the very schema that the models and `storage.schema` say, from every released version."""

import re
import sqlite3
from contextlib import closing
from importlib import import_module
from pathlib import Path

import pytest

from desk.errors import WorkspaceError
from desk.flags import Flag, read
from storage.connect import Connection, connect, driver
from storage.engine import engine_over
from storage.migrations import versions
from storage.schema import STATEMENTS
from storage.version import VERSION
from storage.workspace import Workspace, open_to_read, open_to_write
from tests.factories import make_tag, make_ticket

# FTS5's own tables and what Alembic and AUTOINCREMENT keep for themselves.
_NOT_OURS = re.compile(
    r"^(sqlite_.*|alembic_version|(message_text|lookup|lookup_part)_(data|idx|content|docsize|config))$"
)


def _schema(connection: Connection) -> dict[tuple[str, str], str]:
    """What makes each thing of ours, by kind and name, without the freedom of blanks and quotes.

    The parts of a table are in the order of their letters: a column that a later release adds comes last in its file.
    """
    found = connection.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    bare = {
        (kind, name): re.sub(r'\s+|"', "", sql).casefold() for kind, name, sql in found if not _NOT_OURS.match(name)
    }
    return {thing: _in_order(sql) if thing[0] == "table" else sql for thing, sql in bare.items()}


def _in_order(sql: str) -> str:
    made, _, parts = sql.partition("(")
    parts, _, ended = parts.rpartition(")")
    return f"{made}({','.join(sorted(parts.split(',')))}){ended}"


def test_the_migrations_make_what_the_models_say(connection: Connection, tmp_path: Path) -> None:
    from storage import models

    with closing(connect(tmp_path / "models.db")) as made:
        with engine_over(made).begin() as bound:
            models.SQLModel.metadata.create_all(bound)
            for statement in STATEMENTS:
                bound.exec_driver_sql(statement)
        assert _schema(connection) == _schema(made)


def test_a_workspace_of_the_first_release_is_brought_up(tmp_path: Path, connection: Connection) -> None:
    workspace = Workspace(tmp_path / "old")
    workspace.folder.mkdir()
    with closing(connect(workspace.database)) as old:
        old.executescript(Path(versions.__path__[0], "0001_first.sql").read_text("utf-8"))
        old.executescript("CREATE TABLE alembic_version(version_num TEXT); INSERT INTO alembic_version VALUES('0001')")
        old.execute("PRAGMA user_version=1")
        old.execute("INSERT INTO view(uid, position, name, query, sort) VALUES(x'01', 1, 'Mine', '', 'due')")
        old.execute("INSERT INTO channel(key, label, target) VALUES('email', 'Email', 86400)")
        for status in (0, 1, 3, 3, 4):
            make_tag(old, make_ticket(old, status=status), "vip")
    with closing(open_to_write(workspace)) as brought:
        assert _schema(brought) == _schema(connection)
        counted = brought.execute("SELECT status, tickets FROM ticket_count ORDER BY status").fetchall()
        assert counted == [(0, 1), (1, 1), (3, 2), (4, 1)]
        brought.execute("UPDATE ticket SET status=3 WHERE status=0")
        brought.execute("UPDATE ticket SET status=1 WHERE status=4")
        assert brought.execute("SELECT ticket_id FROM active_tag ORDER BY ticket_id").fetchall() == [(2,), (5,)]


def test_how_sources_were_doing_is_kept(tmp_path: Path) -> None:
    before, after = (import_module(f"storage.migrations.versions.{name}") for name in ("0004_synced", "0005_claims"))
    with closing(connect(tmp_path / "old.db")) as old:
        old.execute("CREATE TABLE source(id INTEGER PRIMARY KEY)")
        old.execute("CREATE TABLE message(id INTEGER PRIMARY KEY)")
        for statement in before.STATEMENTS:
            old.execute(statement)
        old.execute("INSERT INTO source VALUES(7)")
        old.execute("INSERT INTO source_state VALUES(7, 'away', 'no route', 'wait', 1, 2, 3, 4, 5, 6, 8)")
        for statement in after.STATEMENTS:
            old.execute(statement)
        found = old.execute("SELECT * FROM source_state").fetchall()
    assert found == [(7, "away", "no route", "wait", 1, 2, 3, 4, 5, 6, 8, 1)]


def test_flags_of_one_text_become_kind_and_reason(tmp_path: Path) -> None:
    statement = import_module("storage.migrations.versions.0007_craft").FLAGS
    old = ['["abusive: shouted: at Bo", "VIP"]', "[]"]
    with closing(connect(tmp_path / "old.db")) as made:
        made.execute("CREATE TABLE customer(id INTEGER PRIMARY KEY, flags VARCHAR NOT NULL)")
        made.executemany("INSERT INTO customer(flags) VALUES(?)", [(text,) for text in old])
        made.execute(statement)
        found = [read(text) for (text,) in made.execute("SELECT flags FROM customer ORDER BY id")]
    assert found == [(Flag("abusive", "shouted: at Bo"), Flag("VIP")), ()]


def test_the_full_text_tables_keep_their_settings(connection: Connection) -> None:
    for table in ("message_text", "lookup", "lookup_part"):
        settings = dict(connection.execute(f"SELECT k, v FROM {table}_config"))
        assert (settings["automerge"], settings["crisismerge"]) == (8, 64)


def test_the_file_says_its_version(connection: Connection) -> None:
    assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
    assert connection.execute("SELECT version_num FROM alembic_version").fetchone()[0] == f"{VERSION:04}"


def test_opening_again_migrates_nothing(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(connection: Connection) -> None:
        raise AssertionError("migrated again")

    monkeypatch.setattr("storage.migrations.migrate", never)
    open_to_write(workspace).close()
    open_to_read(workspace).close()


def test_a_failed_migration_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = Workspace(tmp_path / "new")

    def fail(connection: Connection) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("storage.seed.seed", fail)
    with pytest.raises(WorkspaceError, match="full"):
        open_to_write(workspace)
    monkeypatch.undo()
    with closing(open_to_write(workspace)) as connection:
        assert connection.execute("SELECT count(*) FROM view").fetchone() == (9,)


def test_the_driver_is_new_enough() -> None:
    assert driver().sqlite_version_info >= (3, 43)
