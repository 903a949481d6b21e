"""A customer, whole: the card that stands beside a ticket or a call, and what they wrote and were told.

The card is made anew at each opening (under a millisecond), so that it is never older than the database.
"""

import json
from array import array
from datetime import datetime, tzinfo

from desk.errors import NotFound
from desk.flags import read as read_flags
from desk.ids import parse_uid
from desk.lookup import IdentityKind
from desk.money import Money
from desk.records import CustomerCard, IdentityRow, Message
from desk.times import DAY, from_datetime, to_datetime
from storage.came_again import CONTACT
from storage.connect import Connection
from storage.queue.rows import rows

# Tickets on the card, and tickets whose notes and calls are read for the customer's own page.
RECENT = 5
READ_BACK = 200

_CUSTOMER = """
    SELECT c.id, c.uid, c.name, ifnull(o.name, ''), c.plan, c.since, c.note, c.mood, c.flags, c.details, c.contacted_at,
           v.amount, v.currency
      FROM customer c LEFT JOIN organization o ON o.id = c.organization_id
      LEFT JOIN customer_value v ON v.customer_id = c.id
     WHERE c.id = ?"""
# The main name stands on the card already.
_IDENTITIES = """
    SELECT i.id, i.kind, i.value, i.known FROM identity i JOIN customer c ON c.id = i.customer_id
     WHERE i.customer_id = ? AND NOT (i.kind = 1 AND i.value = c.name)
     ORDER BY i.known DESC, i.kind = 1, i.kind, i.id"""
_TICKETS = """
    SELECT count(*), count(*) FILTER (WHERE status<3), min(promised_at) FILTER (WHERE status<3),
           ifnull(max(mood) FILTER (WHERE status<3), 0)
      FROM ticket WHERE customer_id = ? AND merged_into_id IS NULL"""
_CONTACTS = f"""
    SELECT count(*) FILTER (WHERE n.at >= ?), count(*) FROM message n
     WHERE n.customer_id = ? AND n.at >= ? AND n.at <= ? AND {CONTACT}"""  # noqa: S608  the condition is ours
_BY_ID = "SELECT id, merged_into_id FROM customer WHERE id = ?"
_BY_UID = "SELECT id, merged_into_id FROM customer WHERE uid = ?"
# What was merged is a contact no more: the other ticket has all that was said.
_THEIRS = "SELECT id FROM ticket WHERE customer_id = ? AND merged_into_id IS NULL"
_FOREMOST = f"{_THEIRS} ORDER BY status>=3, updated_at DESC, id DESC LIMIT ?"
_TICKET_IDS = f"{_THEIRS} ORDER BY updated_at DESC, id DESC"


def card(connection: Connection, customer_id: int, now: int, zone: tzinfo | None = None) -> CustomerCard:
    """Everything that an agent sees of a customer without a further key; NotFound where there is none of that id.

    Today is the day of `zone`, or of this computer's own zone.
    """
    found = connection.execute(_CUSTOMER, (customer_id,)).fetchone()
    if found is None:
        raise NotFound("This customer is gone", "Search again; they may have been merged or erased.")
    fields: tuple[int, bytes, str, str, str, int | None, str, int] = found[:8]
    flags, details, contacted_at, amount, currency = found[8:]
    all_tickets, open_tickets, promised_at, mood = connection.execute(_TICKETS, (customer_id,)).fetchone()
    today, week = connection.execute(_CONTACTS, (_midnight(now, zone), customer_id, now - 7 * DAY, now)).fetchone()
    recent = connection.execute(f"{_TICKET_IDS} LIMIT ?", (customer_id, RECENT)).fetchall()
    return CustomerCard(
        *fields[:7],
        max(fields[7], mood),
        read_flags(flags),
        tuple((str(name), str(value)) for name, value in json.loads(details).items()),
        identities(connection, customer_id),
        open_tickets,
        all_tickets,
        today,
        week,
        contacted_at,
        promised_at,
        tuple(rows(connection, [ticket_id for (ticket_id,) in recent])),
        None if amount is None else Money(amount, currency),
    )


def identities(connection: Connection, customer_id: int) -> tuple[IdentityRow, ...]:
    """The ways to know a customer besides their main name: what is known first, then the maybes."""
    return tuple(
        IdentityRow(key, IdentityKind(kind), value, bool(known))
        for key, kind, value, known in connection.execute(_IDENTITIES, (customer_id,))
    )


def find_customer(connection: Connection, text: str) -> int:
    """The id of the customer with that uid or id, or of the one that they were merged into; NotFound otherwise."""
    wanted = text.strip()
    if wanted.isdecimal() and len(wanted) <= 18:
        found = connection.execute(_BY_ID, (int(wanted),)).fetchone()
    else:
        found = connection.execute(_BY_UID, (parse_uid(wanted),)).fetchone()
    if found is None:
        raise NotFound(f"There is no customer with the id {wanted}", "Look for them by anything with `heard find`.")
    seen = set()
    while found[1] is not None and found[1] not in seen:
        seen.add(found[1])
        found = connection.execute(_BY_ID, (found[1],)).fetchone()
    customer_id: int = found[0]
    return customer_id


def customer_ticket_ids(connection: Connection, customer_id: int) -> "array[int]":
    """All tickets of a customer, the one that changed last first."""
    return array("q", (ticket_id for (ticket_id,) in connection.execute(_TICKET_IDS, (customer_id,))))


def foremost_ticket_ids(connection: Connection, customer_id: int, most: int) -> list[int]:
    """At most so many tickets of a customer: the active ones first, then those that changed last."""
    return [ticket_id for (ticket_id,) in connection.execute(_FOREMOST, (customer_id, most))]


def notes(connection: Connection, customer_id: int) -> tuple[Message, ...]:
    """The internal notes on the customer's last tickets, the newest first."""
    return _said(connection, customer_id, "note")


def calls(connection: Connection, customer_id: int) -> tuple[Message, ...]:
    """The calls on the customer's last tickets, the newest first."""
    return _said(connection, customer_id, "call")


def _said(connection: Connection, customer_id: int, kind: str) -> tuple[Message, ...]:
    # Its clocks and promises are many modules more, and no card needs them.
    from storage.tickets import messages

    return messages(connection, customer_ticket_ids(connection, customer_id)[:READ_BACK], (kind,))[::-1]


def _midnight(now: int, zone: tzinfo | None) -> int:
    present = to_datetime(now, zone) if zone else to_datetime(now).astimezone()
    start: datetime = present.replace(hour=0, minute=0, second=0, microsecond=0)
    return from_datetime(start)
