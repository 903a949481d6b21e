from desk.times import SECOND
from storage.connect import Connection, connect
from storage.deeds.by import By
from storage.deeds.write import Outgoing, write
from storage.engine import deed_session, engine_over
from storage.workspace import Workspace
from sync.outbox import deliver_local
from tests.factories import NOW, make_source, make_ticket


def _reply(connection: Connection, by: By, ticket: int) -> None:
    with deed_session(engine_over(connection)) as session:
        write(session, by, ticket, Outgoing("reply", "On its way."))


def _rows(connection: Connection) -> list[tuple[object, ...]]:
    return connection.execute("SELECT state, sent_at FROM outbox ORDER BY id").fetchall()


def test_a_reply_arrives_when_its_undo_time_is_over_and_only_once(connection: Connection, by: By) -> None:
    _reply(connection, by, make_ticket(connection))
    assert deliver_local(connection, NOW + 15 * SECOND - 1) == 0
    assert _rows(connection) == [("undoable", None)]
    assert deliver_local(connection, NOW + 15 * SECOND) == 1
    assert deliver_local(connection, NOW + 16 * SECOND) == 0
    assert _rows(connection) == [("sent", NOW + 15 * SECOND)]


def test_what_belongs_to_a_source_waits_for_it(connection: Connection, by: By) -> None:
    _reply(connection, by, make_ticket(connection, source_id=make_source(connection)))
    assert deliver_local(connection, NOW + 15 * SECOND) == 0
    assert _rows(connection) == [("waiting", None)]


def test_with_nothing_to_do_nobody_is_kept_waiting(connection: Connection, workspace: Workspace) -> None:
    """A console asks every second: it must not take the lock that an import holds."""
    other = connect(workspace.database)
    other.execute("BEGIN IMMEDIATE")
    assert deliver_local(connection, NOW) == 0
    other.close()
