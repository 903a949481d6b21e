"""Who wants to write waits for the one who writes, looks often, and gives up with a word about it."""

from contextlib import closing
from threading import Thread

import pytest

from storage import connect as connecting
from storage.connect import Connection, begin, connect, writing
from storage.workspace import Workspace


def test_a_writer_takes_its_turn_as_soon_as_the_lock_is_free(
    workspace: Workspace, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []
    with closing(connect(workspace.database)) as other:
        connection.execute("BEGIN IMMEDIATE")

        def look(seconds: float) -> None:
            looks.append(seconds)
            if len(looks) == 3:
                connection.execute("COMMIT")

        monkeypatch.setattr("time.sleep", look)
        with writing(other):
            other.execute("INSERT INTO setting(key, value) VALUES('x', '1')")
        assert looks == [connecting.LOOKING] * 3
        assert other.execute("PRAGMA busy_timeout").fetchone() == (5000,)


def test_patience_ends(workspace: Workspace, connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "PATIENCE", 0.0)
    with closing(connect(workspace.database)) as other, writing(connection):
        with pytest.raises(other.OperationalError, match="locked"):
            begin(other)
        assert not other.in_transaction


def test_writers_beside_each_other_lose_nothing(workspace: Workspace) -> None:
    def count(times: int) -> None:
        with closing(connect(workspace.database)) as own:
            for _ in range(times):
                with writing(own):
                    (value,) = own.execute("SELECT coalesce(max(value), 0) FROM setting WHERE key = 'n'").fetchone()
                    own.execute("INSERT OR REPLACE INTO setting(key, value) VALUES('n', ?)", (int(value) + 1,))

    threads = [Thread(target=count, args=(25,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with closing(connect(workspace.database)) as reader:
        assert reader.execute("SELECT value FROM setting WHERE key = 'n'").fetchone() == ("75",)


def test_no_commit_moves_more_than_a_few_pages_out_of_the_log(workspace: Workspace) -> None:
    log = workspace.database.with_name(workspace.database.name + "-wal")
    longest = 0
    with closing(connect(workspace.database)) as own:
        own.execute("CREATE TABLE wide(body BLOB)")
        for _ in range(60):
            with writing(own):
                own.executemany("INSERT INTO wide VALUES(zeroblob(4000))", [()] * 50)
            longest = max(longest, log.stat().st_size)
    # 3,000 pages were written; the log starts anew after each thousand and what the last commit put on top.
    assert longest < 1_200 * 4_200
