"""Rows of tickets and messages, written plainly and in bulk, for every importer."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from desk.ids import new_uid
from desk.mail.quotes import Fold
from desk.text import clean
from storage.connect import Connection


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket to be made. Text needn't be clean yet; ids are those of the workspace."""

    subject: str
    channel_id: int
    customer_id: int | None
    created_at: int
    status: int = 0
    priority: int = 1
    assignee_id: int | None = None
    external_id: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to be made on a ticket; the fields are those of storage.models.Message."""

    kind: str
    at: int
    body: str
    subject: str = ""
    sender: str = ""
    recipients: str = ""
    copies: str = ""
    customer_id: int | None = None
    agent_id: int | None = None
    folds: Sequence[Fold] = ()
    html: bool = False
    automatic: str = ""
    bounce: str = ""
    unparsed: bool = False
    trackers: int = 0
    message_id: str | None = None
    in_reply_to: str | None = None
    digest: bytes | None = None
    raw: bytes | None = None
    external_id: str | None = None


def channel_id(connection: Connection, key: str) -> int:
    """The channel of that key; every workspace has all of them from its start."""
    return int(connection.execute("SELECT id FROM channel WHERE key = ?", (key,)).fetchone()[0])


def add_ticket(connection: Connection, source_id: int, new: NewTicket) -> int:
    """Insert a ticket under the next number, and return its id."""
    row = connection.execute(
        """INSERT INTO ticket(uid, number, subject, preview, status, priority, channel_id, customer_id, assignee_id,
               source_id, external_id, mood, contacts, unread, goal, summary, choice, details, message_count,
               created_at, updated_at, solved_at)
           VALUES(?, (SELECT coalesce(max(number), 1000) + 1 FROM ticket), ?, '', ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, '', '',
               '', ?, 0, ?, ?, ?) RETURNING id""",
        (
            new_uid(), clean(new.subject, lines=False).strip() or "(no subject)", new.status, new.priority,
            new.channel_id, new.customer_id, new.assignee_id, source_id, new.external_id, new.status < 3,
            _details(new.details), new.created_at, new.created_at, new.created_at if new.status >= 3 else None,
        ),
    ).fetchone()  # fmt: skip
    return int(row[0])


def add_message(connection: Connection, source_id: int, ticket_id: int, new: NewMessage) -> int:
    """Insert a message, and return its id. The ticket's own figures are brought up afterwards, once a batch."""
    row = connection.execute(
        """INSERT INTO message(uid, ticket_id, kind, at, agent_id, customer_id, sender, recipients, copies, subject,
               body, folds, html, automatic, bounce, unparsed, trackers, message_id, in_reply_to, digest, raw,
               source_id, external_id)
           VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) RETURNING id""",
        (
            new_uid(), ticket_id, new.kind, new.at, new.agent_id, new.customer_id, clean(new.sender, lines=False),
            clean(new.recipients, lines=False), clean(new.copies, lines=False), clean(new.subject, lines=False),
            clean(new.body), folds_json(new.folds), new.html, clean(new.automatic, lines=False),
            clean(new.bounce, lines=False), new.unparsed, new.trackers, new.message_id, new.in_reply_to, new.digest,
            new.raw, source_id, new.external_id,
        ),
    ).fetchone()  # fmt: skip
    return int(row[0])


def add_tags(connection: Connection, ticket_id: int, names: Sequence[str]) -> None:
    """Mark a ticket with tags, each made where it is new."""
    for name in names:
        tag = clean(name, lines=False).strip().lower()
        if tag:
            connection.execute("INSERT OR IGNORE INTO tag(name) VALUES(?)", (tag,))
            connection.execute(
                "INSERT OR IGNORE INTO ticket_tag(ticket_id, tag_id) SELECT ?, id FROM tag WHERE name = ?",
                (ticket_id, tag),
            )


def folds_json(folds: Sequence[Fold]) -> str:
    """Folds as the message's column keeps them."""
    return json.dumps([[fold.start, fold.end, fold.kind] for fold in folds]) if folds else "[]"


def _details(details: Mapping[str, str]) -> str:
    return json.dumps({clean(key, lines=False): clean(value) for key, value in details.items()}, ensure_ascii=False)
