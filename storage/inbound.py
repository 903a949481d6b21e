"""What a ticket says of its messages, counted anew after messages were added: the importer's and the sync's last step.

Safe to call at any time: it writes what a recount from `message` gives, whatever was there before.
"""

import json
from collections.abc import Iterable

from desk.ids import new_uid
from desk.mood import mood
from desk.statuses import Status
from desk.times import DAY, SECOND
from storage.came_again import CONTACT
from storage.clocks import due_times
from storage.connect import Connection
from storage.search.index import touch_all

WEEK = 7 * DAY
PREVIEW_LENGTH = 160

# A call is contact from both sides; what a machine of ours sent answers nobody, and moves nothing in the queue.
_COUNTS = """
UPDATE ticket SET message_count = f.messages, updated_at = max(updated_at, coalesce(f.newest, 0)),
    inbound_at = f.asked, outbound_at = f.answered, first_response_at = f.first,
    promised_at = (SELECT min(p.due_at) FROM promise p WHERE p.ticket_id = ticket.id AND p.state = 'open')
FROM (SELECT value AS ticket_id, count(m.id) AS messages,
             max(m.at) FILTER (WHERE m.kind <> 'outbound' OR m.automatic = '') AS newest,
             max(m.at) FILTER (WHERE m.kind IN ('inbound', 'call')) AS asked,
             max(m.at) FILTER (WHERE m.kind = 'call' OR m.kind = 'outbound' AND m.automatic = '') AS answered,
             min(m.at) FILTER (WHERE m.kind = 'call' OR m.kind = 'outbound' AND m.automatic = '') AS first
      FROM json_each(?) LEFT JOIN message m ON m.ticket_id = value GROUP BY value) f
WHERE id = f.ticket_id
"""
_NEWEST = """
SELECT t.id, m.body, m.folds, m.subject FROM ticket t JOIN message m ON m.id = (
    SELECT n.id FROM message n WHERE n.ticket_id = t.id
    AND (n.kind IN ('inbound', 'call') OR n.kind = 'outbound' AND n.automatic = '')
    ORDER BY n.at DESC, n.id DESC LIMIT 1)
WHERE t.id IN (SELECT value FROM json_each(?))
"""
_CONTACTS = f"""
SELECT t.id, CASE WHEN t.customer_id IS NULL
    THEN (SELECT count(*) FROM message n WHERE n.ticket_id = t.id
          AND n.at > m.at - :week AND n.at <= m.at AND {CONTACT})
    ELSE (SELECT count(*) FROM message n WHERE n.customer_id = t.customer_id
          AND n.at > m.at - :week AND n.at <= m.at AND {CONTACT}) END
FROM ticket t JOIN message m ON m.id = (
    SELECT i.id FROM message i WHERE i.ticket_id = t.id AND i.kind IN ('inbound', 'call')
    ORDER BY i.at DESC, i.id DESC LIMIT 1)
WHERE t.id IN (SELECT value FROM json_each(:asked))
"""  # noqa: S608  the condition is ours
_SAID = """
SELECT t.id, m.body FROM ticket t CROSS JOIN message m ON m.id IN (
    SELECT n.id FROM message n WHERE n.ticket_id = t.id AND n.kind = 'inbound' AND n.at > t.inbound_at - :week
    ORDER BY n.at DESC, n.id DESC LIMIT :heard)
WHERE t.id IN (SELECT value FROM json_each(:asked))
"""
# What stays None was not told anew.
_WRITE = """
UPDATE ticket SET preview = coalesce(?, preview), contacts = coalesce(?, contacts), mood = coalesce(?, mood),
    due_at = ?, warns_at = ?
WHERE id = ?
"""
# Anger outlives a calm answer; the customer's newest words on the ticket are enough to hear it.
HEARD = 5
_CONTACTED = """
SELECT c.id, max(m.at) FROM ticket t JOIN message m ON m.ticket_id = t.id AND m.kind IN ('inbound', 'call')
JOIN customer c ON c.id = coalesce(m.customer_id, t.customer_id)
WHERE t.id IN (SELECT value FROM json_each(?)) GROUP BY c.id
HAVING max(m.at) > coalesce(c.contacted_at, -1 << 62) ORDER BY 2
"""
_NEWEST_CONTACT = "SELECT contacted_at FROM customer ORDER BY recency DESC LIMIT 1"
# So many of those who wrote last come to the front at once. Who brings in more at a time than people write puts the
# others in order at its end (storage.ingest.recency): one by one that would cost more than all the rest.
MOVED = 20


def after_inbound(connection: Connection, ticket_ids: Iterable[int]) -> None:
    """Count messages and contacts, take the preview, hear the mood and set the clock of these tickets anew."""
    ids = list(ticket_ids)
    if not ids:
        return
    asked = json.dumps(ids)
    connection.execute(_COUNTS, (asked,))
    previews = {
        ticket: preview(body, folds) or subject
        for ticket, body, folds, subject in connection.execute(_NEWEST, (asked,))
    }
    contacts: dict[int, int] = dict(connection.execute(_CONTACTS, {"asked": asked, "week": WEEK}).fetchall())
    moods = _moods(connection, contacts)
    due = due_times(connection, ids)
    connection.executemany(
        _WRITE,
        [
            (previews.get(ticket), contacts.get(ticket), moods.get(ticket), *next_due, ticket)
            for ticket, next_due in due.items()
        ],
    )
    _remember_contact(connection, asked)


def _moods(connection: Connection, contacts: dict[int, int]) -> dict[int, int]:
    """The angriest that the customers were on these tickets lately, by how often each came within a week."""
    moods = dict.fromkeys(contacts, 0)
    asked = {"asked": json.dumps(list(contacts)), "week": WEEK, "heard": HEARD}
    for ticket, body in connection.execute(_SAID, asked):
        moods[ticket] = max(moods[ticket], mood(body, max(1, contacts[ticket])).score)
    return moods


def _remember_contact(connection: Connection, asked: str) -> None:
    """When each customer was last in contact, and their place in the look-up where nobody was later."""
    contacts = connection.execute(_CONTACTED, (asked,)).fetchall()
    connection.executemany(
        "UPDATE customer SET contacted_at = ? WHERE id = ?", [(at, customer) for customer, at in contacts]
    )
    newest = connection.execute(_NEWEST_CONTACT).fetchone()
    touch_all(connection, [customer for customer, at in contacts[-MOVED:] if newest[0] is None or at >= newest[0]])


def reopen(connection: Connection, ticket_id: int, at: int) -> None:
    """The customer wrote at `at`: what waits for them, sleeps or is solved comes back to the queue, and is unread.

    Only where that is news: a mail that is older than the last deed on the ticket was known to whoever did it.
    """
    # Mail servers tell whole seconds: of the same second as a deed it came after it, as far as anybody can know.
    until = at if at % SECOND else at + SECOND
    row = connection.execute(
        """SELECT status FROM ticket WHERE id = ? AND updated_at < ?
           AND (status IN (1, 3) OR snoozed_until IS NOT NULL AND status < 3 OR NOT unread)""",
        (ticket_id, until),
    ).fetchone()
    if row is None:
        return
    status = int(Status.HOLD) if row[0] == Status.HOLD else int(Status.OPEN)
    connection.execute(
        "UPDATE ticket SET status = ?, solved_at = NULL, snoozed_until = NULL, unread = 1 WHERE id = ?",
        (status, ticket_id),
    )
    if status != row[0]:
        connection.execute(
            "INSERT INTO event(deed, kind, at, ticket_id, data, patch) VALUES(?, 'changed', ?, ?, ?, '')",
            (new_uid(), at, ticket_id, json.dumps({"field": "status", "before": row[0], "after": status})),
        )


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
