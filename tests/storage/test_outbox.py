"""What is on its way out, as the outbox screen lists it."""

from desk.ids import new_uid
from storage.connect import Connection
from storage.outbox import LastSent, last_sent, listed, waiting_count
from tests.factories import NOW, make_message, make_ticket


def add(connection: Connection, ticket_id: int, state: str, error: str = "") -> bytes:
    uid = new_uid()
    connection.execute(
        "INSERT INTO outbox(uid, deed, ticket_id, kind, payload, state, created_at, ready_at, tries, error)"
        " VALUES(?,?,?,'reply','{}',?,?,?,2,?)",
        (uid, new_uid(), ticket_id, state, NOW, NOW + 5, error),
    )
    return uid


def test_only_what_has_not_left_is_listed_in_its_order(connection: Connection) -> None:
    ticket_id = make_ticket(connection, subject="Kettle")
    states = ("sent", "failed", "dropped", "held", "undoable", "waiting")
    uids = {state: add(connection, ticket_id, state, f"why {state}") for state in states}
    rows = listed(connection)
    assert [row.state for row in rows] == ["failed", "held", "undoable", "waiting"]
    first = rows[0]
    assert (first.operation, first.ticket_id, first.ticket_number) == (uids["failed"], ticket_id, 1001)
    assert (first.subject, first.kind, first.created_at, first.ready_at) == ("Kettle", "reply", NOW, NOW + 5)
    assert (first.tries, first.error) == (2, "why failed")
    assert waiting_count(connection) == 4
    assert [row.state for row in listed(connection, everything=True)] == list(states[::-1])


def test_nothing_is_on_its_way_in_a_new_workspace(connection: Connection) -> None:
    assert (listed(connection), waiting_count(connection)) == ((), 0)


def test_what_has_left_costs_the_count_nothing(connection: Connection) -> None:
    plan = connection.execute(
        "EXPLAIN QUERY PLAN SELECT count(*) FROM outbox o WHERE o.state NOT IN ('sent','dropped')"
    ).fetchall()
    assert [row[3] for row in plan] == ["SCAN o USING COVERING INDEX outbox_open"]


def test_what_was_sent_last_is_found_by_its_time_among_the_last_messages(connection: Connection) -> None:
    assert last_sent(connection) is None
    ticket_id = make_ticket(connection, subject="Kettle")
    for at in (NOW, NOW + 2, NOW + 1):
        make_message(connection, ticket_id, kind="outbound", at=at)
    newest = make_message(connection, ticket_id, at=NOW + 9)
    assert last_sent(connection) == LastSent(NOW + 2, ticket_id, 1001, "Kettle")
    # An archive that holds no answers isn't read through to its beginning.
    connection.execute("UPDATE message SET id = id + 10000 WHERE id = ?", (newest,))
    assert last_sent(connection) is None
