"""Rows that a connection keeps are what the database holds, whoever changed it and whether it was taken back."""

from contextlib import closing
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from storage import queue
from storage.connect import Connection, connect, writing
from storage.queue.rows import MOST
from storage.workspace import Workspace, open_to_write
from tests.factories import make_agent, make_customer, make_tag, make_ticket

IDS = range(1, 9)
DEEDS = (
    "UPDATE agent SET name='agent ' || ?",
    "UPDATE customer SET name='customer ' || ?",
    "UPDATE tag SET name='tag ' || ? WHERE id=1",
    "UPDATE ticket SET subject='subject ' || ? WHERE id%2=0",
    "UPDATE ticket SET assignee_id=NULL WHERE id%5=? % 5",
    "INSERT OR IGNORE INTO ticket_tag(ticket_id, tag_id) SELECT id, 1 FROM ticket WHERE id%3=? % 3",
    "DELETE FROM ticket_tag WHERE ticket_id%3=? % 3",
    "DELETE FROM ticket WHERE id NOT IN (SELECT ticket_id FROM ticket_tag) AND id%4=? % 4",
)
# Which of two connections does it; what; whether it is taken back; and whether a page is read in the midst of it.
STORY = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from(DEEDS), st.integers(0, 99), st.booleans(), st.booleans()), max_size=12
)


def assert_as_held(connection: Connection) -> None:
    """Pages, read again and in parts, are what is read without anything that was kept."""
    held = [
        (key, subject, customer, assignee, tuple(sorted(tags.split(","))) if tags else ())
        for key, subject, customer, assignee, tags in connection.execute(
            "SELECT t.id, t.subject, c.name, ifnull(a.name, ''), (SELECT group_concat(g.name) FROM ticket_tag w"
            " JOIN tag g ON g.id=w.tag_id WHERE w.ticket_id=t.id) FROM ticket t JOIN customer c ON c.id=t.customer_id"
            " LEFT JOIN agent a ON a.id=t.assignee_id ORDER BY t.id"
        )
    ]
    for parts in ((IDS,), (IDS[:3], IDS[3:]), (IDS,)):
        found = [row for part in parts for row in queue.rows(connection, part)]
        assert [(row.id, row.subject, row.customer, row.assignee, row.tags) for row in found] == held


@given(story=STORY)
@settings(max_examples=60, deadline=None)
def test_kept_rows_are_what_the_database_holds(
    workspace_template: Workspace, story: list[tuple[int, str, int, bool, bool]]
) -> None:
    with TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "workspace")
        copytree(workspace_template.folder, workspace.folder)
        with closing(open_to_write(workspace)) as first, closing(connect(workspace.database)) as second:
            _fill(first)
            for who, deed, number, back, midst in story:
                writer = (first, second)[who]
                writer.execute("BEGIN IMMEDIATE")
                writer.execute(deed, (number,))
                if midst:
                    assert_as_held(writer)
                    assert_as_held((second, first)[who])
                writer.execute("ROLLBACK" if back else "COMMIT")
                assert_as_held(first)
                assert_as_held(second)


def _fill(connection: Connection) -> None:
    with writing(connection):
        agent, customer = make_agent(connection), make_customer(connection)
        for _ in IDS:
            ticket_id = make_ticket(connection, customer_id=customer, assignee_id=agent)
            for tag in ("vip", "refund")[: ticket_id % 3]:
                make_tag(connection, ticket_id, tag)


def test_what_was_read_is_not_read_again(connection: Connection) -> None:
    ticket_ids = [make_ticket(connection) for _ in range(4)]
    seen: list[str] = []
    page = queue.rows(connection, ticket_ids[:3])
    connection.set_trace_callback(seen.append)
    assert queue.rows(connection, ticket_ids[:3]) == page
    assert seen == ["PRAGMA data_version"]
    queue.rows(connection, ticket_ids)
    assert [sql for sql in seen if f"json_each('[{ticket_ids[3]}]')" in sql] == seen[2:]
    assert len(seen) == 4


def test_a_connection_keeps_no_more_than_a_few_pages(connection: Connection) -> None:
    with writing(connection):
        ticket_ids = [make_ticket(connection) for _ in range(MOST + 10)]
    assert [row.id for row in queue.rows(connection, ticket_ids)] == ticket_ids
    for start in range(0, len(ticket_ids), 100):
        part = ticket_ids[start : start + 100]
        assert [row.id for row in queue.rows(connection, part)] == part
    seen: list[str] = []
    connection.set_trace_callback(seen.append)
    assert [row.id for row in queue.rows(connection, ticket_ids)] == ticket_ids
    assert len(seen) > 1
