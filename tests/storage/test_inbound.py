import json

import pytest

from desk.mood import ANGRY, CALM
from desk.times import DAY, HOUR, SECOND
from storage.connect import Connection
from storage.inbound import after_inbound, preview, reopen
from tests.factories import NOW, make_customer, make_message, make_ticket


def _ticket(connection: Connection, ticket: int, columns: str) -> tuple[object, ...]:
    row: tuple[object, ...] = connection.execute(f"SELECT {columns} FROM ticket WHERE id=?", (ticket,)).fetchone()
    return row


def test_everything_is_counted_anew(connection: Connection) -> None:
    ticket = make_ticket(connection, created_at=NOW - 5 * DAY)
    make_message(connection, ticket, at=NOW - 4 * DAY, body="Where is it?")
    make_message(connection, ticket, kind="outbound", at=NOW - 3 * DAY, body="On its way.")
    make_message(connection, ticket, kind="note", at=NOW, body="Carrier is slow.")
    make_message(connection, ticket, at=NOW - 2 * HOUR, body="It is  still\nnot here.")
    make_message(connection, ticket, at=NOW - HOUR, body="Hello?")
    after_inbound(connection, [ticket])
    counted = _ticket(connection, ticket, "message_count, preview, inbound_at, outbound_at, first_response_at, due_at")
    assert counted == (5, "Hello?", NOW - HOUR, NOW - 3 * DAY, NOW - 3 * DAY, NOW + 22 * HOUR)
    after_inbound(connection, [ticket])
    assert _ticket(connection, ticket, "message_count, due_at") == (5, NOW + 22 * HOUR)


def test_a_machines_answer_is_no_answer(connection: Connection) -> None:
    ticket = make_ticket(connection)
    make_message(connection, ticket, at=NOW)
    make_message(connection, ticket, kind="outbound", at=NOW + 1, automatic="auto-replied")
    after_inbound(connection, [ticket])
    assert _ticket(connection, ticket, "outbound_at, first_response_at, due_at") == (None, None, NOW + DAY)


def test_an_answered_ticket_waits_for_nobody(connection: Connection) -> None:
    ticket = make_ticket(connection)
    make_message(connection, ticket, at=NOW)
    make_message(connection, ticket, kind="outbound", at=NOW + 1)
    after_inbound(connection, [ticket])
    assert _ticket(connection, ticket, "due_at") == (None,)


def test_contacts_are_the_customers_of_the_week_before(connection: Connection) -> None:
    customer = make_customer(connection)
    first, second = (make_ticket(connection, customer_id=customer) for _ in range(2))
    for days, ticket, kind in (
        (9, first, "inbound"),
        (6, first, "call"),
        (3, first, "inbound"),
        (0, second, "inbound"),
    ):
        make_message(connection, ticket, kind=kind, at=NOW - days * DAY, customer_id=customer)
    make_message(connection, second, kind="outbound", at=NOW, customer_id=customer)
    after_inbound(connection, [first, second])
    assert _ticket(connection, first, "contacts") == (3,)
    assert _ticket(connection, second, "contacts") == (3,)


def test_the_mood_is_that_of_the_last_words_and_passes(connection: Connection) -> None:
    ticket = make_ticket(connection)
    make_message(
        connection, ticket, at=NOW - HOUR, body="This is UNACCEPTABLE and I AM FURIOUS! I want my money back!!!"
    )
    after_inbound(connection, [ticket])
    assert _ticket(connection, ticket, "mood") == (ANGRY,)
    make_message(connection, ticket, at=NOW + 8 * DAY, body="It has come, thank you.")
    after_inbound(connection, [ticket])
    assert _ticket(connection, ticket, "mood") == (CALM,)


@pytest.mark.parametrize(
    ("body", "folds", "words"),
    [
        ("  Hi,\n\nwhere is it? ", [], "Hi, where is it?"),
        ("Yes.\n> Is it?\n-- \nLi", [[1, 2, "quote"], [2, 4, "signature"]], "Yes."),
        ("", [], ""),
        ("word " * 100, [], ("word " * 32).rstrip()),
    ],
)
def test_the_preview_is_the_authors_own_first_words(body: str, folds: list[object], words: str) -> None:
    assert preview(body, json.dumps(folds)) == words


@pytest.mark.parametrize(("told", "status"), [(0, 0), (-1, 3), (1, 0)])
def test_what_comes_in_within_the_second_of_a_deed_comes_after_it(
    connection: Connection, told: int, status: int
) -> None:
    second = NOW // SECOND * SECOND
    ticket = make_ticket(connection, status=3)
    connection.execute("UPDATE ticket SET updated_at = ?, unread = 0 WHERE id = ?", (second + 300_000, ticket))
    reopen(connection, ticket, second + told * SECOND)
    found = connection.execute("SELECT status, unread FROM ticket WHERE id = ?", (ticket,)).fetchone()
    assert found == (status, status == 0)
