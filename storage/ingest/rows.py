"""New tickets and messages of one batch: gathered with their ids while the batch is worked out, then written at once.

The invariant: what `write` leaves behind is what inserting row by row would have left, triggers and all. Ids are given
out here, so that it must be used inside one write transaction, by one at a time.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from desk.ids import new_uids
from desk.mail.quotes import Fold
from desk.text import clean
from storage.connect import Connection
from storage.ingest.together import insert

_TICKET = """
INSERT INTO ticket(id, uid, number, subject, preview, status, priority, channel_id, customer_id, assignee_id, queue_id,
    source_id, external_id, mood, contacts, unread, goal, summary, choice, details, message_count, created_at,
    updated_at, solved_at)"""
_TICKET_ROW = "(?, ?, ?, ?, '', ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, '', '', '', ?, 0, ?, ?, ?)"
_MESSAGE = """id, uid, ticket_id, kind, at, agent_id, customer_id, sender, recipients, copies, subject, body, folds,
    html, automatic, bounce, unparsed, trackers, message_id, in_reply_to, digest, raw, source_id, external_id"""
# A statement that fires the full text's trigger makes FTS5 write out what it has gathered: one statement a message
# takes 2.3 times as long as one for a batch. So messages are laid down in memory first, and go in together.
_ASIDE = f"CREATE TEMP TABLE IF NOT EXISTS incoming({_MESSAGE})"
_MESSAGE_ROW = f"({','.join('?' * 24)})"
_TAKE_IN = f"INSERT INTO message({_MESSAGE}) SELECT {_MESSAGE} FROM incoming ORDER BY id"  # noqa: S608  names of ours
_CLEAR = "DELETE FROM incoming"
_ATTACHMENT = "INSERT INTO attachment(uid, message_id, name, type, size, digest, content_id, inline)"
_REFERENCE = "INSERT OR IGNORE INTO message_reference(message_id, child_id)"
_TAG = "INSERT OR IGNORE INTO tag(name)"
_TICKET_TAG = "INSERT OR IGNORE INTO ticket_tag(ticket_id, tag_id)"
_COUNTERS = """
SELECT (SELECT coalesce(max(id), 0) FROM ticket), (SELECT coalesce(max(number), 1000) FROM ticket),
       (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'message')"""

_NO_DETAILS: Mapping[str, str] = MappingProxyType({})


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


@dataclass(frozen=True, slots=True)
class NewAttachment:
    """A file of a message, whose bytes lie in the attachments folder already."""

    name: str
    type: str
    size: int
    digest: bytes
    content_id: str
    inline: bool


class Rows:
    """The new rows of one batch."""

    def __init__(self, connection: Connection, source_id: int) -> None:
        self._connection = connection
        self._source_id = source_id
        self._uids = new_uids()
        counters: tuple[int, int, int] = connection.execute(_COUNTERS).fetchone()
        self._ticket_id, self._number, self._message_id = counters
        self._tickets: dict[int, tuple[object, ...]] = {}
        self._messages: list[tuple[object, ...]] = []
        self._attachments: list[tuple[object, ...]] = []
        self._references: list[tuple[str, int]] = []
        self._tags: dict[str, None] = {}
        self._ticket_tags: list[tuple[int, str]] = []

    def ticket(
        self, subject: str, channel_id: int, customer_id: int | None, created_at: int, *, status: int = 0,
        priority: int = 1, assignee_id: int | None = None, queue_id: int | None = None, external_id: str | None = None,
        details: Mapping[str, str] = _NO_DETAILS, updated_at: int | None = None,
    ) -> int:  # fmt: skip
        """The id of a new ticket, which gets the next number. Text needn't be clean yet; ids are the workspace's.

        `updated_at`: when it was touched last, where its source says so; what is solved counts as solved then.
        """
        updated_at = created_at if updated_at is None else updated_at
        self._ticket_id += 1
        self._number += 1
        self._tickets[self._ticket_id] = (
            self._ticket_id, next(self._uids), self._number, clean(subject, lines=False).strip() or "(no subject)",
            status, priority, channel_id, customer_id, assignee_id, queue_id, self._source_id, external_id, status < 3,
            details_json(details) if details else "{}", created_at, updated_at, updated_at if status >= 3 else None,
        )  # fmt: skip
        return self._ticket_id

    def join(self, ticket_id: int, into_id: int) -> bool:
        """Leave a new ticket out, and say what was said on it on the other; False where it is written already."""
        if self._tickets.pop(ticket_id, None) is None:
            return False
        self._messages = [(*row[:2], into_id, *row[3:]) if row[2] == ticket_id else row for row in self._messages]
        self._ticket_tags = [(into_id if one == ticket_id else one, tag) for one, tag in self._ticket_tags]
        return True

    def message(self, ticket_id: int, new: NewMessage) -> int:
        """The id of a new message. The ticket's own figures are brought up afterwards, once a batch."""
        self._message_id += 1
        self._messages.append(
            (
                self._message_id, next(self._uids), ticket_id, new.kind, new.at, new.agent_id, new.customer_id,
                clean(new.sender, lines=False), clean(new.recipients, lines=False), clean(new.copies, lines=False),
                clean(new.subject, lines=False), clean(new.body), folds_json(new.folds), new.html,
                clean(new.automatic, lines=False), clean(new.bounce, lines=False), new.unparsed, new.trackers,
                new.message_id, new.in_reply_to, new.digest, new.raw, self._source_id, new.external_id,
            )
        )  # fmt: skip
        return self._message_id

    def attachment(self, message_id: int, new: NewAttachment) -> None:
        """A file of a message."""
        self._attachments.append(
            (next(self._uids), message_id, new.name, new.type, new.size, new.digest, new.content_id, new.inline)
        )

    def references(self, message_id: int, parents: Sequence[str]) -> None:
        """What a mail refers to, so that a parent or sibling that comes later finds it."""
        self._references += [(parent, message_id) for parent in parents]

    def tags(self, ticket_id: int, names: Sequence[str]) -> None:
        """Mark a ticket with tags, each made where it is new."""
        for tag in filter(None, map(tag_of, names)):
            self._tags[tag] = None
            self._ticket_tags.append((ticket_id, tag))

    def write(self) -> None:
        """Put everything into the database; what was gathered is gone then, and more can be."""
        into = partial(insert, self._connection)
        into(_TICKET, _TICKET_ROW, list(self._tickets.values()))
        self._write_messages()
        into(_ATTACHMENT, "(?, ?, ?, ?, ?, ?, ?, ?)", self._attachments)
        into(_REFERENCE, "(?, ?)", self._references)
        into(_TAG, "(?)", [(tag,) for tag in self._tags])
        into(_TICKET_TAG, "(?, (SELECT id FROM tag WHERE name = ?))", self._ticket_tags)
        for gathered in (self._messages, self._attachments, self._references, self._ticket_tags):
            gathered.clear()
        self._tickets.clear()
        self._tags.clear()

    def _write_messages(self) -> None:
        if self._messages:
            self._connection.execute(_ASIDE)
            insert(self._connection, "INSERT INTO incoming", _MESSAGE_ROW, self._messages)
            self._connection.execute(_TAKE_IN)
            self._connection.execute(_CLEAR)


def tag_of(name: str) -> str:
    """A tag as the workspace writes it; empty where the name says nothing."""
    return clean(name, lines=False).strip().lower()


def folds_json(folds: Sequence[Fold]) -> str:
    """Folds as the message's column keeps them."""
    return json.dumps([[fold.start, fold.end, fold.kind] for fold in folds]) if folds else "[]"


def details_json(details: Mapping[str, str]) -> str:
    """What a source says of a ticket besides, as the ticket's column keeps it."""
    return json.dumps({clean(key, lines=False): clean(value) for key, value in details.items()}, ensure_ascii=False)
