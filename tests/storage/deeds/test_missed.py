"""Who rang in vain waits in the queue, once, and is due as every caller is."""

from desk.calls import CallEvent
from desk.times import DAY, HOUR, MINUTE, SECOND
from storage.connect import Connection
from storage.deeds import calls as deeds
from storage.deeds.by import By
from storage.deeds.missed import LOOKED_BACK, to_queue
from storage.sources import connected
from tests.factories import NOW, make_customer

NUMBER = "+4930123456"


def ring_in_vain(
    connection: Connection, name: str, at: int, *, number: str = NUMBER, customer: int | None = None
) -> None:
    for kind, later in (("ringing", 0), ("ended", 12 * SECOND)):
        deeds.heard_of(connection, CallEvent("baresip", name, kind, at + later, number, "Erika"), None, customer)  # type: ignore[arg-type]


def tickets(connection: Connection) -> list[tuple[object, ...]]:
    return connection.execute(
        "SELECT t.subject, c.key, t.status, t.message_count, t.unread, t.customer_id FROM ticket t "
        "JOIN channel c ON c.id = t.channel_id ORDER BY t.id"
    ).fetchall()


def test_a_missed_call_stands_in_the_queue_and_is_due(connection: Connection) -> None:
    customer = make_customer(connection, "Erika Muster")
    ring_in_vain(connection, "a", NOW, customer=customer)
    (ticket,) = to_queue(connection, NOW + MINUTE)
    assert tickets(connection) == [("Missed call from Erika Muster", "phone", 0, 1, 1, customer)]
    (body, at, kind) = connection.execute("SELECT body, at, kind FROM message").fetchone()
    assert (body, at, kind) == ("Rang for 0:12, and nobody took it.", NOW, "inbound")
    due, answered = connection.execute("SELECT due_at, first_response_at FROM ticket").fetchone()
    assert due is not None
    assert answered is None
    assert connection.execute("SELECT ticket_id FROM call").fetchone() == (ticket,)
    assert connection.execute("SELECT contacted_at FROM customer").fetchone() == (NOW,)
    assert to_queue(connection, NOW + MINUTE) == ()
    assert connected(connection) == (), "nothing is ever sent to a telephone"


def test_who_rings_in_vain_again_stands_on_the_same_ticket(connection: Connection) -> None:
    ring_in_vain(connection, "a", NOW)
    to_queue(connection, NOW + MINUTE)
    connection.execute("UPDATE ticket SET status = 1, unread = 0")
    ring_in_vain(connection, "b", NOW + HOUR)
    ring_in_vain(connection, "c", NOW + HOUR, number="+4930999999")
    assert len(to_queue(connection, NOW + 2 * HOUR)) == 2
    assert [row[:5] for row in tickets(connection)] == [
        ("Missed call from Erika", "phone", 0, 2, 1), ("Missed call from Erika", "phone", 0, 1, 1),
    ]  # fmt: skip
    ring_in_vain(connection, "days-later", NOW + 5 * DAY)
    to_queue(connection, NOW + 5 * DAY + HOUR)
    assert len(tickets(connection)) == 2, "it waits as long as it is open"
    connection.execute("UPDATE ticket SET merged_into_id = 2 WHERE id = 1")
    ring_in_vain(connection, "later", NOW + 6 * DAY)
    to_queue(connection, NOW + 6 * DAY + HOUR)
    assert len(tickets(connection)) == 3, "nothing new is said on one that was merged"
    connection.execute("UPDATE ticket SET status = 3")
    ring_in_vain(connection, "d", NOW + 3 * HOUR)
    to_queue(connection, NOW + 4 * HOUR)
    assert len(tickets(connection)) == 4, "a solved one is over"


def test_where_nobody_waits_nobody_is_kept_from_writing(connection: Connection) -> None:
    asked: list[str] = []
    connection.set_trace_callback(asked.append)
    assert to_queue(connection, NOW) == ()
    connection.set_trace_callback(None)
    assert asked
    assert not any(each.startswith("BEGIN") for each in asked)


def test_what_is_nobody_s_fault_or_can_t_be_called_back_is_left(connection: Connection, by: By) -> None:
    ring_in_vain(connection, "withheld", NOW, number="")
    ring_in_vain(connection, "old", NOW - LOOKED_BACK)
    deeds.heard_of(connection, CallEvent("baresip", "elsewhere", "ringing", NOW, NUMBER), None)
    deeds.heard_of(connection, CallEvent("baresip", "elsewhere", "elsewhere", NOW), None)
    deeds.heard_of(connection, CallEvent("baresip", "out", "ringing", NOW, NUMBER, "", "out"), None)
    deeds.heard_of(connection, CallEvent("baresip", "out", "ended", NOW), None)
    assert to_queue(connection, NOW + MINUTE) == ()
