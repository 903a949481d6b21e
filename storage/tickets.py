"""One ticket, whole: its fields, and everything that was said and done on it in one line of time.

Each part is one query, however long the conversation, and nothing here writes.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from desk.errors import NotFound
from desk.ids import parse_uid
from desk.mail.quotes import Fold
from desk.records import AttachmentRow, Message, Ticket
from storage.clocks import ticket_clocks
from storage.connect import Connection
from storage.helpdesk.standing import numbered, standing
from storage.promises import of_ticket
from storage.queue.rows import rows

MESSAGE_KINDS = ("inbound", "outbound", "note", "call", "event")

_REST = """
    SELECT t.assignee_id, ifnull(e.name, ''), ifnull(q.name, ''), t.goal, t.summary, t.choice, i.number,
           t.solved_at
      FROM ticket t LEFT JOIN team e ON e.id = t.team_id LEFT JOIN queue q ON q.id = t.queue_id
           LEFT JOIN ticket i ON i.id = t.merged_into_id
     WHERE t.id = ?"""
_WATCHERS = "SELECT a.name FROM watch w JOIN agent a ON a.id = w.agent_id WHERE w.ticket_id = ? ORDER BY a.name"
# Of one that was merged, what it became.
_SUGGESTED = """
    WITH RECURSIVE other(suggestion_id, id) AS (
        SELECT id, other_ticket_id FROM suggestion WHERE ticket_id = ?1 AND dismissed_at IS NULL
        UNION SELECT o.suggestion_id, t.merged_into_id FROM other o JOIN ticket t ON t.id = o.id
        WHERE t.merged_into_id IS NOT NULL)
    SELECT t.number FROM other o JOIN ticket t ON t.id = o.id
     WHERE t.merged_into_id IS NULL AND t.id <> ?1 GROUP BY t.id ORDER BY min(o.suggestion_id)"""

# CROSS keeps SQLite from beginning with all attachments, or with all that is on its way out.
_MESSAGES = """
    SELECT m.id, m.uid, m.kind, m.at, coalesce(nullif(a.name, ''), nullif(c.name, ''), m.sender), m.sender,
           m.recipients, m.copies, m.subject, m.body, m.folds, m.html, m.automatic, m.bounce, m.unparsed, m.trackers,
           m.seconds
      FROM json_each(?) wanted CROSS JOIN message m ON m.ticket_id = wanted.value
      LEFT JOIN agent a ON a.id = m.agent_id
      LEFT JOIN customer c ON c.id = m.customer_id AND m.agent_id IS NULL
     WHERE m.kind IN (SELECT value FROM json_each(?)) ORDER BY m.at, m.id"""
_ATTACHMENTS = """
    SELECT f.message_id, f.id, f.name, f.type, f.size, f.digest, f.inline, r.attachment_id IS NOT NULL,
           r.asked_at IS NOT NULL AND r.said = '', ifnull(r.done, 0), ifnull(r.said, '')
      FROM json_each(?) wanted CROSS JOIN message m ON m.ticket_id = wanted.value
      CROSS JOIN attachment f ON f.message_id = m.id LEFT JOIN remote_file r ON r.attachment_id = f.id ORDER BY f.id"""
_DELIVERIES = """
    SELECT o.message_id, o.state, o.ready_at, o.kind, o.error, coalesce(o.payload ->> '$.doubtful', 0)
      FROM json_each(?) wanted CROSS JOIN outbox o ON o.ticket_id = wanted.value
     WHERE o.message_id IS NOT NULL ORDER BY o.id"""
_EVENTS = """
    SELECT e.id, e.deed, e.kind, e.at, ifnull(a.name, ''), e.data
      FROM event e LEFT JOIN agent a ON a.id = e.agent_id
     WHERE e.ticket_id = ? AND e.undone_by IS NULL ORDER BY e.at, e.id"""

_Row = tuple[
    *tuple[int, bytes, str, int, str, str, str, str, str, str, str],
    *tuple[int, str, str, int, int, int | None],
]


def ticket(connection: Connection, ticket_id: int) -> Ticket:
    """One ticket; NotFound where it is gone."""
    from storage.gestures import marks_of
    from storage.reach import reach_marks

    found = rows(connection, (ticket_id,))
    if not found:
        raise NotFound("This ticket is gone", "Go back to the list; it may have been erased.")
    assignee_id, team, queue, goal, summary, choice, merged, solved = connection.execute(_REST, (ticket_id,)).fetchone()
    watchers = tuple(name for (name,) in connection.execute(_WATCHERS, (ticket_id,)))
    suggested = tuple(number for (number,) in connection.execute(_SUGGESTED, (ticket_id,)))
    return Ticket(
        row=found[0],
        assignee_id=assignee_id,
        team=team,
        queue=queue,
        goal=goal,
        summary=summary,
        choice=choice,
        watchers=watchers,
        suggested=suggested,
        merged_into=merged,
        solved_at=solved,
        marks=(*reach_marks(connection, ticket_id), *marks_of(connection, ticket_id)),
        clocks=ticket_clocks(connection, ticket_id),
        promises=tuple(promise for promise in of_ticket(connection, ticket_id) if promise.state == "open"),
        standing=standing(connection, ticket_id),
    )


def find_ticket(connection: Connection, text: str) -> int:
    """The id of the ticket with that number (`1042`, `#1042`) or uid, or that its helpdesk calls so (`42`, `acme#42`).

    NotFound with the numbers that are nearest, or with a source where several helpdesks call a ticket so.
    """
    wanted = text.strip()
    source, _, digits = wanted.rpartition("#")
    if source and digits:
        return _at_helpdesk(connection, digits, source)
    if digits.isdecimal() and len(digits) <= 18:
        found = connection.execute("SELECT id FROM ticket WHERE number = ?", (int(digits),)).fetchone()
        return int(found[0]) if found else _at_helpdesk(connection, digits, "")
    uid = parse_uid(wanted)
    found = connection.execute("SELECT id FROM ticket WHERE uid = ?", (uid,)).fetchone()
    if found is None:
        raise NotFound(f"There is no ticket with the id {wanted}", "Ids are printed by `heard tickets --json`.")
    return int(found[0])


def _at_helpdesk(connection: Connection, number: str, source: str) -> int:
    """The one ticket that a helpdesk calls so."""
    found = numbered(connection, number, source)
    if len(found) > 1:
        names = [one.source for each in found if (one := standing(connection, each)) is not None]
        raise NotFound(f"Several tickets are called {number}", f"Say which: `{names[0]}#{number}`, for one.")
    if not found and source:
        raise NotFound(f"No ticket {number} of {source} is known here", "`heard sync` looks for news.")
    if not found:
        raise NotFound(f"There is no ticket #{int(number)}", _nearest(connection, int(number)))
    return found[0]


def conversation(connection: Connection, ticket_id: int) -> tuple[Message, ...]:
    """Messages and events of a ticket, the oldest first. An event has the negative of its own id."""
    said = messages(connection, (ticket_id,))
    return tuple(sorted((*said, *events(connection, ticket_id)), key=lambda entry: (entry.at, entry.kind == "event")))


def events(connection: Connection, ticket_id: int) -> tuple[Message, ...]:
    """What was done on a ticket and still stands, the oldest first, as entries of its conversation."""
    from storage.history import SILENT, event_words

    return tuple(
        _event(event_id, deed, at, author, event_words(kind, data, author))
        for event_id, deed, kind, at, author, data in connection.execute(_EVENTS, (ticket_id,))
        if kind not in SILENT
    )


def messages(
    connection: Connection, ticket_ids: Sequence[int], kinds: Sequence[str] = MESSAGE_KINDS
) -> tuple[Message, ...]:
    """What was said on these tickets, the oldest first; three queries however much it is."""
    wanted = json.dumps(list(ticket_ids))
    attachments: dict[int, list[AttachmentRow]] = defaultdict(list)
    for row in connection.execute(_ATTACHMENTS, (wanted,)):
        key, name, type_, size, digest, inline, away, asked, done, said = row[1:]
        attachments[row[0]].append(
            AttachmentRow(key, name, type_, size, digest, bool(inline), bool(away), bool(asked), done, said)
        )
    deliveries: dict[int, list[_Delivery]] = defaultdict(list)
    for message_id, *delivery in connection.execute(_DELIVERIES, (wanted,)):
        deliveries[message_id].append(_Delivery(*delivery))
    return tuple(
        _message(row, tuple(attachments.get(row[0], ())), deliveries.get(row[0], []))
        for row in connection.execute(_MESSAGES, (wanted, json.dumps(list(kinds))))
    )


class _Delivery(NamedTuple):
    """A row of the outbox that is about a message."""

    state: str
    ready_at: int
    kind: str
    error: str
    doubtful: int


def _message(row: _Row, attachments: tuple[AttachmentRow, ...], deliveries: Sequence[_Delivery]) -> Message:
    state, ready_at = _delivered(deliveries)
    # What is held has a place of its own, where its reasons are told.
    troubles = (each.error for each in deliveries if each.error and each.state != "held" and not each.doubtful)
    html, automatic, bounce, unparsed, trackers, seconds = row[11:]
    folds = _folds(row[10])
    return Message(
        *row[:10], folds, attachments, bool(html), automatic, bounce, bool(unparsed), trackers, state, ready_at,
        seconds, "; ".join(troubles),
    )  # fmt: skip


def _delivered(deliveries: Sequence[_Delivery]) -> tuple[str, int | None]:
    """What became of a message: what needs a person, else what is still open, else what became of it as a whole."""
    if not deliveries:
        return "", None
    newest = deliveries[::-1]
    for states in (("failed", "bounced"), ("undoable", "waiting", "sending", "handed", "held")):
        for each in newest:
            if each.state in states:
                # What can't be sent again to some, the others have.
                came_back = each.kind == "resend" and each.state == "failed"
                return "bounced" if came_back else each.state, each.ready_at
    whole = next((each for each in newest if each.kind != "resend"), newest[0])
    return whole.state, whole.ready_at


def _folds(text: str) -> tuple[Fold, ...]:
    return () if text == "[]" else tuple(Fold(*fold) for fold in json.loads(text))


def _event(event_id: int, deed: bytes, at: int, author: str, words: str) -> Message:
    return Message(
        -event_id, deed, "event", at, author, "", "", "", "", words, (), (), False, "", "", False, 0, "", None, None
    )  # fmt: skip


def _nearest(connection: Connection, number: int) -> str:
    found = connection.execute(
        "SELECT (SELECT max(number) FROM ticket WHERE number < ?), (SELECT min(number) FROM ticket WHERE number > ?)",
        (number, number),
    ).fetchone()
    near = [f"#{each}" for each in found if each is not None]
    return f"The nearest: {', '.join(near)}." if near else "This workspace has no tickets yet."
