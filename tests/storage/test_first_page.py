"""What the next start paints first: fresh rows of the remembered view, or nothing, and never an error."""

from contextlib import closing
from pathlib import Path

import pytest

from storage.connect import Connection
from storage.first_page import TIME_LIMIT, FirstView, read, remember, sources
from storage.sources import add
from storage.workspace import Workspace
from tests.factories import NOW, make_customer, make_ticket

ACTIVE = "SELECT id FROM ticket WHERE status < 3 AND id > ? ORDER BY due_at, id"


def add_tickets(connection: Connection, many: int) -> None:
    customer = make_customer(connection, "Li Wei")
    for place in range(many):
        make_ticket(
            connection, customer_id=customer, channel="phone", status=4 * (place % 2), due_at=NOW - place, unread=True
        )


def keep(connection: Connection, query: str = ACTIVE) -> None:
    view = connection.execute("SELECT id FROM view WHERE position = 3").fetchone()[0]
    remember(
        connection, view_id=view, title="Due next", ids_query=query, parameters=(0,), counts={view: 40}, footer="? keys"
    )


def test_the_remembered_view_is_read_afresh_and_in_its_order(workspace: Workspace, connection: Connection) -> None:
    add_tickets(connection, 8)
    keep(connection)
    connection.execute("UPDATE ticket SET subject = 'changed since' WHERE number = 1007")
    page = read(workspace.database, 3)
    assert page is not None
    assert [row.number for row in page.rows] == [1007, 1005, 1003]
    assert page.rows[0].subject == "changed since"
    assert (page.rows[0].channel, page.rows[0].customer, page.rows[0].assignee) == ("phone", "Li Wei", "")
    assert (page.title, page.tickets, page.footer) == ("Due next", 40, "? keys")
    assert page.views[0] == FirstView(1, "Mine", None, False)
    assert page.views[2] == FirstView(3, "Due next", 40, True)


def test_a_row_knows_its_source_and_what_is_connected_is_named(workspace: Workspace, connection: Connection) -> None:
    for kind, name, settings in (("mailbox", "support", {}), ("csv", "old.csv", {}), ("rt", "rt", {"takes": "reply"})):
        add(connection, kind, name, settings, NOW)
    found = {name: source_id for source_id, name in connection.execute("SELECT id, name FROM source").fetchall()}
    make_ticket(connection, source_id=found["rt"])
    keep(connection)
    page = read(workspace.database, 3)
    assert page is not None
    assert page.sources == ((found["support"], "support"), (found["rt"], "rt")) == sources(connection)
    assert [row.source_id for row in page.rows] == [found["rt"]]


def test_remembering_again_replaces(workspace: Workspace, connection: Connection) -> None:
    keep(connection)
    remember(connection, view_id=None, title="Search", ids_query=ACTIVE, parameters=(0,), counts={}, footer="")
    page = read(workspace.database, 3)
    assert page is not None
    assert (page.title, page.tickets, page.rows) == ("Search", None, ())
    assert not any(view.chosen for view in page.views)


def test_nothing_remembered_is_no_page(workspace: Workspace) -> None:
    assert read(workspace.database, 3) is None


@pytest.mark.parametrize(
    "value", ["", "null", "[]", "{}", '{"query": 3}', '{"query": "DROP TABLE ticket", "parameters": [], "counts": {}}']
)
def test_a_damaged_memory_is_no_page(workspace: Workspace, connection: Connection, value: str) -> None:
    connection.execute("INSERT INTO setting(key, value) VALUES('first_page', ?)", (value,))
    assert read(workspace.database, 3) is None
    assert connection.execute("SELECT count(*) FROM ticket").fetchone() == (0,)


def test_files_that_cannot_be_read_are_no_page(tmp_path: Path) -> None:
    assert read(tmp_path / "none" / "heard.db", 3) is None
    assert read(tmp_path, 3) is None
    (tmp_path / "heard.db").write_bytes(b"not a database" * 100)
    assert read(tmp_path / "heard.db", 3) is None


def test_a_query_without_end_is_stopped(workspace: Workspace, connection: Connection) -> None:
    keep(connection, "WITH RECURSIVE n(id) AS (SELECT ? UNION ALL SELECT id + 1 FROM n) SELECT id FROM n WHERE id < 0")
    assert read(workspace.database, 3) is None
    # A start that takes a quarter of a second can spare no more.
    assert TIME_LIMIT <= 0.05


def test_reading_writes_nothing(workspace: Workspace, connection: Connection) -> None:
    keep(connection, "SELECT ? AS id")
    with closing(connection):
        before = connection.execute("PRAGMA data_version").fetchone()
        read(workspace.database, 3)
        assert connection.execute("PRAGMA data_version").fetchone() == before
