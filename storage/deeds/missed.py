"""A call that nobody took comes to the queue: who rang in vain waits for us, and must not be forgotten.

The invariant: a missed call stands on one ticket, however often this is asked for; who rings in vain again stands on
the same one as long as it is open. Nobody can call back a withheld number, so that those are only counted.
"""

from desk.calls import CallRow, clock, pick_up_seconds
from desk.ids import new_uid
from desk.times import DAY
from storage.calls import call
from storage.connect import Connection, writing
from storage.inbound import reopen

# What is older was counted; a ticket for it would come too late.
LOOKED_BACK = DAY
SOURCE = "telephone"

_MISSED = """
    SELECT id FROM call WHERE rang_at > ? AND state = 'missed' AND direction = 'in' AND ticket_id IS NULL
       AND number<>'' ORDER BY rang_at, id"""
_SAME = """
    SELECT t.id FROM channel h CROSS JOIN ticket t ON t.channel_id = h.id CROSS JOIN call c ON c.ticket_id = t.id
     WHERE h.key = 'phone' AND t.status<3 AND t.merged_into_id IS NULL AND c.number = ? AND c.state = 'missed'
     ORDER BY c.rang_at DESC LIMIT 1"""


def to_queue(connection: Connection, now: int) -> tuple[int, ...]:
    """The tickets of missed calls that stood on none yet."""
    if connection.execute(_MISSED, (now - LOOKED_BACK,)).fetchone() is None:
        return ()
    with writing(connection):
        waiting = connection.execute(_MISSED, (now - LOOKED_BACK,)).fetchall()
        return tuple(_ticket(connection, call(connection, call_id), now) for (call_id,) in waiting)


def _ticket(connection: Connection, missed: CallRow, now: int) -> int:
    # Imported here: it is much, and most calls are taken.
    from storage.ingest.batch import Batch
    from storage.ingest.rows import NewMessage

    batch = Batch(connection, _source(connection, now), (), now)
    found = connection.execute(_SAME, (missed.number,)).fetchone()
    if found is None:
        (channel,) = connection.execute("SELECT id FROM channel WHERE key = 'phone'").fetchone()
        ticket_id = batch.rows.ticket(f"Missed call from {missed.title}", channel, missed.customer_id, missed.rang_at)
    else:
        ticket_id = found[0]
        reopen(connection, ticket_id, missed.rang_at)
    sender = " ".join(filter(None, (missed.caller, f"<{missed.number}>")))
    batch.rows.message(
        ticket_id,
        NewMessage(
            kind="inbound",
            at=missed.rang_at,
            body=f"{_rang(missed)}, and nobody took it.",
            sender=sender,
            customer_id=missed.customer_id,
        ),
    )
    batch.changed_tickets.add(ticket_id)
    batch.finish()
    connection.execute("UPDATE call SET ticket_id = ? WHERE id = ?", (ticket_id, missed.id))
    return ticket_id


def _rang(missed: CallRow) -> str:
    """How long it rang, where that was told."""
    return "Rang" if missed.ended_at is None else f"Rang for {clock(pick_up_seconds(missed, missed.ended_at))}"


def _source(connection: Connection, now: int) -> int:
    """What such tickets come from; nothing is ever sent there."""
    connection.execute(
        "INSERT OR IGNORE INTO source(uid, kind, name, settings, created_at) VALUES(?, 'phone', ?, '{}', ?)",
        (new_uid(), SOURCE, now),
    )
    source_id: int = connection.execute("SELECT id FROM source WHERE name = ?", (SOURCE,)).fetchone()[0]
    return source_id
