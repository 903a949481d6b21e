"""What a ticket says of its messages, counted anew after messages were added: the importer's and the sync's last step.

Safe to call at any time: it writes what a recount from `message` gives, whatever was there before.
"""

import json
from collections.abc import Iterable

from desk.mood import mood
from desk.times import DAY
from storage.clocks import refresh_due
from storage.connect import Connection

WEEK = 7 * DAY
PREVIEW_LENGTH = 160

# A call is contact from both sides; what a machine of ours sent answers nobody.
_COUNTS = """
UPDATE ticket SET
    message_count = (SELECT count(*) FROM message m WHERE m.ticket_id = ticket.id),
    inbound_at = (SELECT max(m.at) FROM message m WHERE m.ticket_id = ticket.id AND m.kind IN ('inbound', 'call')),
    outbound_at = (SELECT max(m.at) FROM message m WHERE m.ticket_id = ticket.id
                   AND (m.kind = 'call' OR m.kind = 'outbound' AND m.automatic = '')),
    first_response_at = (SELECT min(m.at) FROM message m WHERE m.ticket_id = ticket.id
                   AND (m.kind = 'call' OR m.kind = 'outbound' AND m.automatic = ''))
WHERE id IN (SELECT value FROM json_each(?))
"""
_NEWEST = """
SELECT t.id, m.body, m.folds, m.subject FROM ticket t JOIN message m ON m.id = (
    SELECT n.id FROM message n WHERE n.ticket_id = t.id AND n.kind IN ('inbound', 'outbound', 'call')
    ORDER BY n.at DESC, n.id DESC LIMIT 1)
WHERE t.id IN (SELECT value FROM json_each(?))
"""
# By customer where that is known (a second ticket is a second contact), by ticket otherwise.
_CONTACTS = """
SELECT t.id, m.body, CASE WHEN t.customer_id IS NULL
    THEN (SELECT count(*) FROM message n WHERE n.ticket_id = t.id AND n.kind IN ('inbound', 'call')
          AND n.at > m.at - :week AND n.at <= m.at)
    ELSE (SELECT count(*) FROM message n WHERE n.customer_id = t.customer_id AND n.kind IN ('inbound', 'call')
          AND n.at > m.at - :week AND n.at <= m.at) END
FROM ticket t JOIN message m ON m.id = (
    SELECT i.id FROM message i WHERE i.ticket_id = t.id AND i.kind IN ('inbound', 'call')
    ORDER BY i.at DESC, i.id DESC LIMIT 1)
WHERE t.id IN (SELECT value FROM json_each(:asked))
"""


def after_inbound(connection: Connection, ticket_ids: Iterable[int]) -> None:
    """Count messages and contacts, take the preview, hear the mood and set the clock of these tickets anew."""
    ids = list(ticket_ids)
    asked = json.dumps(ids)
    connection.execute(_COUNTS, (asked,))
    connection.executemany(
        "UPDATE ticket SET preview = ? WHERE id = ?",
        [
            (preview(body, folds) or subject, ticket)
            for ticket, body, folds, subject in connection.execute(_NEWEST, (asked,)).fetchall()
        ],
    )
    heard = connection.execute(_CONTACTS, {"asked": asked, "week": WEEK}).fetchall()
    connection.executemany(
        "UPDATE ticket SET contacts = ?, mood = ? WHERE id = ?",
        [(contacts, mood(body, max(1, contacts)).score, ticket) for ticket, body, contacts in heard],
    )
    refresh_due(connection, ids)


def preview(body: str, folds: str) -> str:
    """The first words of a message in one line, without its folded lines (quotes, signatures)."""
    hidden: set[int] = set()
    for start, end, *_ in json.loads(folds):
        hidden.update(range(start, end))
    words: list[str] = []
    length = 0
    for number, line in enumerate(body.split("\n")):
        if number in hidden:
            continue
        words.extend(line.split())
        length += len(line)
        if length > PREVIEW_LENGTH:
            break
    return " ".join(words)[:PREVIEW_LENGTH].rstrip()
