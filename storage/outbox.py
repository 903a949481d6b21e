"""What is on its way out, for the outbox screen and the title line. Reading only: deeds and delivery write it."""

from typing import NamedTuple

from desk.records import OutboxRow
from storage.connect import Connection

# A ticket that was merged has left its messages to the other one.
_ROWS = """
    SELECT o.id, o.uid, t.id, t.number, t.subject, o.kind, o.state, o.created_at, o.ready_at, o.tries, o.error,
           o.state = 'held' AND ifnull(json_extract(o.payload, '$.doubtful'), 0)
      FROM outbox o LEFT JOIN message m ON m.id = o.message_id
      CROSS JOIN ticket t ON t.id = coalesce(m.ticket_id, o.ticket_id)"""
# The index of what is open says this very term.
_OPEN = "WHERE o.state NOT IN ('sent','dropped')"
# By id, which needs no index; an import writes an archive's newest messages last, or nearly so. Of an archive in which
# nobody answers, all messages would be read: the last ten thousand take some milliseconds.
_LAST = """
    SELECT m.at, m.ticket_id, t.number, t.subject
      FROM (SELECT at, ticket_id FROM message
             WHERE kind = 'outbound' AND id > (SELECT max(id) FROM message) - 10000
             ORDER BY id DESC LIMIT 500) m
      CROSS JOIN ticket t ON t.id = m.ticket_id ORDER BY m.at DESC LIMIT 1"""

# As storage.delivery decides it: a machine's answer is no word of the customer's, and a call no mail.
_HELD = """
    SELECT m.at, m.body, m.ticket_id, coalesce(json_extract(o.payload, '$.seen_inbound_id'), m.id),
           coalesce(json_extract(o.payload, '$.seen_id'), m.id), m.id
      FROM outbox o CROSS JOIN message m ON m.id = o.message_id
     WHERE o.id = ? AND o.state = 'held' AND o.kind = 'reply'"""
_HEARD_SINCE = """
    SELECT m.id, m.at, coalesce(nullif(a.name, ''), nullif(c.name, ''), m.sender), m.body
      FROM message m LEFT JOIN customer c ON c.id = m.customer_id LEFT JOIN agent a ON a.id = m.agent_id
     WHERE m.ticket_id = ? AND m.automatic = '' AND m.bounce = ''
       AND (m.kind = 'inbound' AND m.id > ?
            OR m.kind = 'outbound' AND m.id > ? AND m.external_id IS NOT NULL
               AND NOT EXISTS(SELECT 1 FROM outbox o WHERE o.message_id = m.id)
               AND m.at > (SELECT coalesce(max(k.at), 0) FROM message k
                            WHERE k.ticket_id = m.ticket_id AND k.kind IN ('inbound','outbound') AND k.id < ?))
     ORDER BY m.id"""


class LastSent(NamedTuple):
    """The newest message that went out, and its ticket."""

    at: int
    ticket_id: int
    ticket_number: int
    subject: str


class Heard(NamedTuple):
    """What a customer wrote after a reply was begun, or a colleague elsewhere after it was written."""

    id: int
    at: int
    sender: str
    body: str


class Overtaken(NamedTuple):
    """A reply that has not left, and what others wrote to or for its customer meanwhile, the oldest first."""

    row_id: int
    written_at: int
    body: str
    heard: tuple[Heard, ...]


def overtaken(connection: Connection, row_id: int) -> Overtaken | None:
    """What a held reply says, and what it didn't know of; None where it was overtaken by nothing."""
    row = connection.execute(_HELD, (row_id,)).fetchone()
    if row is None:
        return None
    at, body, *asked = row
    heard = tuple(Heard(*found) for found in connection.execute(_HEARD_SINCE, asked))
    return Overtaken(row_id, at, body, heard) if heard else None


def listed(connection: Connection, everything: bool = False) -> tuple[OutboxRow, ...]:
    """What has not left yet, the oldest first, since that is the order it leaves in; or all there was, newest first."""
    query = " ".join((_ROWS, "ORDER BY o.id DESC") if everything else (_ROWS, _OPEN, "ORDER BY o.id"))
    return tuple(OutboxRow(*row) for row in connection.execute(query))


def waiting_count(connection: Connection) -> int:
    """How many have not left yet, whatever the reason."""
    number: int = connection.execute(" ".join(("SELECT count(*) FROM outbox o", _OPEN))).fetchone()[0]
    return number


def last_sent(connection: Connection) -> LastSent | None:
    """What the team sent last, by whatever way; None where nothing was sent for ten thousand messages."""
    row = connection.execute(_LAST).fetchone()
    return None if row is None else LastSent(*row)
