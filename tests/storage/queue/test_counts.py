"""What triggers count is what a recount gives: whoever writes, whatever is taken back, however many write at once."""

import multiprocessing
import random
from contextlib import closing
from datetime import UTC

from hypothesis import given, settings
from hypothesis import strategies as st

from desk.filters import parse
from storage import queue
from storage.connect import Connection, connect, writing
from storage.workspace import Workspace, open_to_write
from tests.factories import NOW, make_message, make_tag, make_ticket

TAGS = ("refund", "vip")
ASKED = {
    "": "1", "status:open": "status=0", "status:solved": "status=3", "status:closed": "status=4",
    "status:active": "status<3", "-status:active": "status>=3", "-status:closed": "status<>4",
    "tag:refund": "id IN (SELECT ticket_id FROM ticket_tag WHERE tag_id=1)",
    "status:active tag:vip": "status<3 AND id IN (SELECT ticket_id FROM ticket_tag WHERE tag_id=2)",
    "status:active snoozed:no": f"status<3 AND ifnull(snoozed_until, 0)<={NOW}",
    "snoozed:no": f"ifnull(snoozed_until, 0)<={NOW}", "status:active tag:nobody": "0",
    "tag:refund tag:vip": "(SELECT count(*) FROM ticket_tag WHERE ticket_id=id)=2",
    "status:pending tag:vip": "status=1 AND id IN (SELECT ticket_id FROM ticket_tag WHERE tag_id=2)",
}  # fmt: skip

# What is done, to the ticket of which place, with which status.
steps = st.tuples(
    st.sampled_from(
        ("insert", "insert", "status", "upsert", "replace status", "tag", "untag", "delete", "whole", "merge")
    ),
    st.integers(0, 9),
    st.integers(0, 4),
)
# A run of steps in one transaction, and whether it is committed.
transactions = st.lists(st.tuples(st.lists(steps, max_size=8), st.booleans()), max_size=6)


def assert_counted(connection: Connection) -> None:
    """Every count that is kept is what the tickets themselves say."""
    kept = connection.execute("SELECT status, tickets FROM ticket_count WHERE tickets<>0 ORDER BY status").fetchall()
    assert kept == connection.execute("SELECT status, count(*) FROM ticket GROUP BY status ORDER BY status").fetchall()
    active = connection.execute("SELECT ticket_id, tag_id FROM active_tag ORDER BY 1, 2").fetchall()
    slowly = "SELECT ticket_id, tag_id FROM ticket_tag JOIN ticket ON id=ticket_id WHERE status<3 ORDER BY 1, 2"
    assert active == connection.execute(slowly).fetchall()
    for query, where in ASKED.items():
        slowly = f"SELECT count(*) FROM ticket NOT INDEXED WHERE merged_into_id IS NULL AND {where}"
        (number,) = connection.execute(slowly).fetchone()
        assert queue.count(connection, queue.Scope(parse(query), "due", None, NOW, UTC)) == number, query


def do(connection: Connection, step: tuple[str, int, int]) -> None:
    """One step of a story."""
    what, place, status = step
    ids = [row[0] for row in connection.execute("SELECT id FROM ticket WHERE merged_into_id IS NULL ORDER BY id")]
    if what == "insert" or not ids:
        make_ticket(connection, status=status, snoozed_until=(None, NOW, NOW + 1)[place % 3])
        return
    chosen = ids[place % len(ids)]
    if what == "status":
        connection.execute("UPDATE ticket SET status=? WHERE id=?", (status, chosen))
    elif what == "upsert":
        connection.execute(
            "INSERT INTO ticket SELECT * FROM ticket WHERE id=? ON CONFLICT(id) DO UPDATE SET status=?",
            (chosen, status),
        )
    elif what == "replace status":
        connection.execute("UPDATE OR REPLACE ticket SET status=?, priority=2 WHERE id=?", (status, chosen))
    elif what == "tag":
        connection.execute("INSERT OR IGNORE INTO ticket_tag VALUES(?, ?)", (chosen, 1 + status % 2))
    elif what == "untag":
        connection.execute("DELETE FROM ticket_tag WHERE ticket_id=? AND tag_id=?", (chosen, 1 + status % 2))
    elif what == "merge":
        connection.execute("UPDATE ticket SET status=4, merged_into_id=? WHERE id=? AND id<>?1", (ids[0], chosen))
    elif what == "delete":
        connection.execute("UPDATE ticket SET merged_into_id=NULL WHERE merged_into_id=?", (chosen,))
        connection.execute("DELETE FROM ticket_tag WHERE ticket_id=?", (chosen,))
        connection.execute("DELETE FROM ticket WHERE id=?", (chosen,))
    else:
        connection.execute("UPDATE ticket SET status=? WHERE status=? AND merged_into_id IS NULL", (status, place % 5))


@given(story=transactions)
@settings(max_examples=100, deadline=None)
def test_counts_are_exact_after_any_story(
    workspace_template: Workspace, story: list[tuple[list[tuple[str, int, int]], bool]]
) -> None:
    with closing(_memory()) as connection:
        # Opened to write: a connection that only reads leaves a log beside the file, for every copy made after it.
        with closing(open_to_write(workspace_template)) as template:
            template.backup(connection)
        connection.executemany("INSERT INTO tag(id, name) VALUES(?, ?)", list(enumerate(TAGS, 1)))
        for deeds, committed in story:
            connection.execute("BEGIN IMMEDIATE")
            for step in deeds:
                do(connection, step)
            connection.execute("COMMIT" if committed else "ROLLBACK")
            assert_counted(connection)


def _memory() -> Connection:
    from storage.connect import driver

    connection: Connection = driver().connect(":memory:", isolation_level=None)
    connection.execute("PRAGMA foreign_keys=ON")
    return connection


def _hurry(workspace: Workspace, seed: int) -> None:
    """Write and take back, beside another who does."""
    chance = random.Random(seed)
    with closing(connect(workspace.database)) as connection:
        connection.execute("PRAGMA busy_timeout=60000")
        for number in range(40):
            connection.execute("BEGIN IMMEDIATE")
            for _ in range(5):
                do(
                    connection,
                    (
                        chance.choice(("insert", "insert", "status", "tag", "untag", "delete", "merge")),
                        chance.randrange(50),
                        chance.randrange(5),
                    ),
                )
            connection.execute("ROLLBACK" if number % 4 == 0 else "COMMIT")


def test_counts_are_exact_when_two_processes_write(workspace: Workspace, connection: Connection) -> None:
    with writing(connection):
        for name in TAGS:
            make_tag(connection, make_ticket(connection), name)
    spawn = multiprocessing.get_context("spawn")
    others = [spawn.Process(target=_hurry, args=(workspace, seed)) for seed in (1, 2)]
    for other in others:
        other.start()
    for other in others:
        other.join()
        assert other.exitcode == 0
    assert connection.execute("SELECT count(*) FROM ticket").fetchone()[0] > 20
    assert_counted(connection)


def test_a_filter_with_words_is_counted_and_not_looked_up(connection: Connection) -> None:
    make_message(connection, make_ticket(connection, status=3), body="a kettle")
    make_ticket(connection, status=3)
    for query, number in (("status:solved kettle", 1), ("status:solved -kettle", 1), ('"a kettle"', 1), ("", 2)):
        assert queue.count(connection, queue.Scope(parse(query), "due", None, NOW, UTC)) == number, query
