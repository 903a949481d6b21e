"""The customer card, and what a customer's own page shows."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from desk.errors import BadInput, NotFound
from desk.flags import Flag, write
from desk.ids import new_uid, uid_text
from desk.lookup import IdentityKind
from desk.money import Money
from desk.times import DAY, HOUR
from storage.connect import Connection
from storage.customers import calls, card, customer_ticket_ids, find_customer, foremost_ticket_ids, notes
from tests.factories import NOW, make_customer, make_identity, make_message, make_ticket


def test_the_card_says_who_it_is(connection: Connection) -> None:
    customer = make_customer(connection, "Ana Ruiz", email="ana@example.org", contacted_at=NOW - 5)
    connection.execute(
        "INSERT INTO organization(id, uid, name, domain, note, created_at) VALUES(3,?,'Acme','','',0)", (new_uid(),)
    )
    connection.execute(
        "UPDATE customer SET organization_id=3, plan='Pro', since=?, note='likes tea', mood=2,"
        """ flags=?, details='{"Town": "Graz", "Born": "1980"}'""",
        (NOW - DAY, write([Flag("abusive", "shouted")])),
    )
    connection.execute("INSERT INTO customer_value VALUES(?, 120050, 'EUR', ?)", (customer, NOW))
    make_identity(connection, customer, IdentityKind.NAME, "Anita Ruiz")
    make_identity(connection, customer, IdentityKind.PHONE, "+14155550134", known=False)
    shown = card(connection, customer, NOW, UTC)
    assert (shown.name, shown.organization, shown.plan, shown.since) == ("Ana Ruiz", "Acme", "Pro", NOW - DAY)
    assert (shown.note, shown.mood, shown.flags) == ("likes tea", 2, (Flag("abusive", "shouted"),))
    assert shown.value == Money(120_050, "EUR")
    assert shown.details == (("Town", "Graz"), ("Born", "1980"))
    assert [(each.kind, each.value, each.known) for each in shown.identities] == [
        (IdentityKind.EMAIL, "ana@example.org", True),
        (IdentityKind.NAME, "Anita Ruiz", True),
        (IdentityKind.PHONE, "+14155550134", False),
    ]
    assert shown.contacted_at == NOW - 5


def test_the_card_counts_tickets_and_finds_the_next_promise(connection: Connection) -> None:
    customer = make_customer(connection)
    for place in range(6):
        make_ticket(connection, customer_id=customer, status=3, created_at=NOW - place, promised_at=NOW - 99)
    late = make_ticket(connection, customer_id=customer, created_at=NOW + 2, promised_at=NOW + 50)
    soon = make_ticket(connection, customer_id=customer, created_at=NOW + 1, promised_at=NOW + 5, status=1)
    make_ticket(connection, customer_id=make_customer(connection, "Bo"))
    shown = card(connection, customer, NOW, UTC)
    assert (shown.open_tickets, shown.all_tickets, shown.promised_at) == (2, 8, NOW + 5)
    assert [row.id for row in shown.recent][:2] == [late, soon]
    assert len(shown.recent) == 5
    assert list(customer_ticket_ids(connection, customer))[:2] == [late, soon]
    assert len(customer_ticket_ids(connection, customer)) == 8


def test_what_was_merged_is_no_contact_of_its_own(connection: Connection) -> None:
    customer = make_customer(connection)
    stands = make_ticket(connection, customer_id=customer, promised_at=NOW + 5)
    make_ticket(connection, customer_id=customer, status=4, merged_into_id=stands)
    shown = card(connection, customer, NOW, UTC)
    assert (shown.open_tickets, shown.all_tickets, shown.promised_at) == (1, 1, NOW + 5)
    assert [row.id for row in shown.recent] == [stands]
    assert list(customer_ticket_ids(connection, customer)) == [stands]
    assert foremost_ticket_ids(connection, customer, 9) == [stands]


def test_contacts_are_counted_by_the_day_of_the_zone(connection: Connection) -> None:
    customer = make_customer(connection)
    ticket_id = make_ticket(connection, customer_id=customer)
    for at, kind in ((0, "inbound"), (-2 * HOUR, "call"), (-8 * HOUR, "inbound"), (-3 * DAY, "inbound"),
                     (-8 * DAY, "inbound"), (-1, "note"), (HOUR, "inbound")):  # fmt: skip
        make_message(connection, ticket_id, customer_id=customer, kind=kind, at=NOW + at)
    shown = card(connection, customer, NOW, UTC)
    assert (shown.contacts_today, shown.contacts_week) == (3, 4)
    # In Los Angeles it is one in the morning.
    shown = card(connection, customer, NOW, ZoneInfo("America/Los_Angeles"))
    assert (shown.contacts_today, shown.contacts_week) == (1, 4)


def test_a_customer_without_anything_has_an_empty_card(connection: Connection) -> None:
    shown = card(connection, make_customer(connection), NOW, UTC)
    assert (shown.identities, shown.recent, shown.all_tickets, shown.promised_at) == ((), (), 0, None)


def test_the_card_reads_no_table_whole(connection: Connection) -> None:
    customer = make_customer(connection)
    make_ticket(connection, customer_id=customer)
    seen: list[str] = []
    connection.set_trace_callback(seen.append)
    card(connection, customer, NOW, UTC)
    connection.set_trace_callback(None)
    seen = [sql for sql in seen if not sql.startswith("PRAGMA")]
    assert len(seen) == 7
    for sql in seen:
        for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {sql}"):
            assert not step.startswith("SCAN") or "VIRTUAL TABLE" in step, (sql, step)


def test_a_customer_is_found_by_id_and_followed_through_merges(connection: Connection) -> None:
    kept, merged = make_customer(connection, "Ana"), make_customer(connection, "Anna")
    connection.execute("UPDATE customer SET merged_into_id=? WHERE id=?", (kept, merged))
    uid = connection.execute("SELECT uid FROM customer WHERE id=?", (merged,)).fetchone()[0]
    assert find_customer(connection, str(kept)) == kept
    assert find_customer(connection, str(merged)) == find_customer(connection, uid_text(uid)) == kept


def test_a_circle_of_merges_ends(connection: Connection) -> None:
    one, two = make_customer(connection, "Ana"), make_customer(connection, "Anna")
    connection.executemany("UPDATE customer SET merged_into_id=? WHERE id=?", [(one, two), (two, one)])
    assert find_customer(connection, str(one)) in (one, two)


def test_a_customer_that_is_none_is_said(connection: Connection) -> None:
    for text in ("77", uid_text(new_uid())):
        with pytest.raises(NotFound, match="no customer"):
            find_customer(connection, text)
    with pytest.raises(BadInput):
        find_customer(connection, "ana")
    with pytest.raises(NotFound, match="gone"):
        card(connection, 77, NOW, UTC)


def test_notes_and_calls_come_newest_first(connection: Connection) -> None:
    customer = make_customer(connection)
    first, second = (make_ticket(connection, customer_id=customer) for _ in range(2))
    for ticket_id, kind, body, at in (
        (first, "note", "one", NOW), (second, "note", "two", NOW + 5), (first, "call", "rang", NOW + 1),
        (first, "inbound", "said", NOW),
    ):  # fmt: skip
        make_message(connection, ticket_id, kind=kind, body=body, at=at)
    make_message(connection, make_ticket(connection), kind="note", body="not theirs")
    assert [entry.body for entry in notes(connection, customer)] == ["two", "one"]
    assert [entry.body for entry in calls(connection, customer)] == ["rang"]
