"""What a message on its way out is made of: its own words and files, and the message that it answers."""

from dataclasses import dataclass
from pathlib import Path

from storage import attachments
from storage.connect import Connection
from storage.workspace import Workspace

_WRITTEN = """
    SELECT coalesce(nullif(a.name, ''), m.sender), m.at, m.recipients, m.copies, m.subject, m.body
      FROM message m LEFT JOIN agent a ON a.id = m.agent_id WHERE m.id = ?"""
_FILES = "SELECT name, type, digest FROM attachment WHERE message_id = ? AND NOT inline ORDER BY id"
# What the customer wrote last; where they never did, what was sent to them last, so that it stays one thread.
_ANSWERED = """
    SELECT m.id, m.message_id, coalesce(nullif(c.name, ''), m.sender), m.at, m.body
      FROM message m LEFT JOIN customer c ON c.id = m.customer_id
     WHERE m.ticket_id = ? AND m.id < ? AND m.message_id IS NOT NULL AND m.kind IN ('inbound','outbound')
       AND m.bounce = ''
     ORDER BY m.kind = 'inbound' DESC, m.at DESC, m.id DESC LIMIT 1"""
# Those that are here in the order of their times, after those that never came, as References wants the oldest first.
_REFERENCES = """
    SELECT r.message_id FROM message_reference r LEFT JOIN message m ON m.message_id = r.message_id
     WHERE r.child_id = ? GROUP BY r.message_id ORDER BY min(m.at) NULLS FIRST, r.message_id"""


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes along, and where its bytes lie."""

    name: str
    type: str
    path: Path


@dataclass(frozen=True, slots=True)
class Written:
    """A message of an agent's. `recipients` and `copies` as they were typed."""

    author: str
    at: int
    recipients: str
    copies: str
    subject: str
    body: str
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class Before:
    """The message that is answered. `references`: the Message-IDs that it named, the oldest first."""

    message_id: str
    author: str
    at: int
    body: str
    references: tuple[str, ...]


def written(workspace: Workspace, connection: Connection, message_id: int) -> Written:
    """The message of that id."""
    author, at, recipients, copies, subject, body = connection.execute(_WRITTEN, (message_id,)).fetchone()
    files = tuple(
        File(name, kind, attachments.path(workspace, digest))
        for name, kind, digest in connection.execute(_FILES, (message_id,))
    )
    return Written(author, at, recipients, copies, subject, body, files)


def before(connection: Connection, ticket_id: int, message_id: int) -> Before | None:
    """What a message of that ticket answers; None where nothing there ever had a Message-ID."""
    row = connection.execute(_ANSWERED, (ticket_id, message_id)).fetchone()
    if row is None:
        return None
    answered_id, named, author, at, body = row
    references = tuple(each for (each,) in connection.execute(_REFERENCES, (answered_id,)))
    return Before(named, author, at, body, references)
