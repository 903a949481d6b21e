"""What was said on a helpdesk's tickets: new messages come in, our own are met again, and what was edited follows.

The invariant: a message is here once, however often and by whatever way it is told; our own keeps the words that were
written here.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from storage.attachments import safe_name
from storage.helpdesk.echoes import Echoes
from storage.helpdesk.office import Office
from storage.helpdesk.reading import ReadMessage
from storage.helpdesk.records import FileNews
from storage.ingest.rows import NewAttachment, folds_json
from storage.ingest.tickets import customer_of

# What comes for a ticket that was merged belongs to the one that has its messages now.
_TICKETS = """
WITH RECURSIVE known(external_id, id) AS (
    SELECT external_id, id FROM ticket WHERE source_id = ? AND external_id IN (SELECT value FROM json_each(?))
    UNION SELECT k.external_id, t.merged_into_id FROM known k JOIN ticket t ON t.id = k.id
    WHERE t.merged_into_id IS NOT NULL)
SELECT k.external_id, t.id, t.customer_id, t.subject FROM known k JOIN ticket t ON t.id = k.id
 WHERE t.merged_into_id IS NULL"""
_KNOWN = """
    SELECT m.external_id, m.id, m.ticket_id, EXISTS(SELECT 1 FROM outbox o WHERE o.message_id = m.id)
      FROM message m WHERE m.source_id = ? AND m.external_id IN (SELECT value FROM json_each(?))"""
_SAYS = """
    UPDATE message SET body = ?, folds = ?, subject = ?, kind = ?, automatic = ?, digest = ?, ticket_id = ?
     WHERE id = ?"""
# What was written before a customer's word may have been said there after it.
_LIES = "UPDATE message SET digest = ?, ticket_id = ?, at = ? WHERE id = ?"
_NEW_FILES = "SELECT id, message_id FROM attachment WHERE message_id IN (SELECT value FROM json_each(?)) ORDER BY id"
_REMOTE_FILE = "INSERT INTO remote_file(attachment_id, source_id, external_id, done, said) VALUES(?, ?, ?, 0, '')"


@dataclass(frozen=True, slots=True)
class _Ticket:
    """Where messages belong."""

    id: int
    customer_id: int | None
    subject: str


@dataclass(frozen=True, slots=True)
class _Known:
    """A message that is here. `ours`: it was written here."""

    id: int
    ticket_id: int
    ours: bool


@dataclass(slots=True)
class Said:
    """What came in: how many messages were new, and when a customer wrote last, by ticket."""

    new: int = 0
    heard: dict[int, int] = field(default_factory=dict)


def put_messages(office: Office, read: Sequence[ReadMessage]) -> Said:
    """Take these in; those of a ticket that isn't here, or of an erased customer's, are left out."""
    tickets = _tickets(office, read)
    known = _known(office, read)
    echoes = Echoes(office)
    said = Said()
    files: dict[int, tuple[FileNews, ...]] = {}
    for each in read:
        news = each.news
        ticket = tickets.get(news.ticket)
        if ticket is None or office.erased.hold("message", f"{office.source_id} {news.external_id}"):
            continue
        found = known.get(news.external_id)
        if found is not None:
            _bring_up(office, found, ticket.id, each)
        elif not echoes.meets(ticket.id, each):
            message_id = _add(office, ticket, each)
            said.new += 1
            if news.files:
                files[message_id] = news.files
            if news.kind == "inbound" and not news.automatic:
                said.heard[ticket.id] = max(news.at, said.heard.get(ticket.id, 0))
    office.batch.write()
    _keep_files(office, files)
    return said


def _add(office: Office, ticket: _Ticket, each: ReadMessage) -> int:
    news = each.news
    agent = office.colleagues.of(news.agent) if news.agent else None
    customer_id = None
    if news.customer is not None:
        customer_id = customer_of(office.batch, news.customer)
    elif news.kind in ("inbound", "call"):
        customer_id = ticket.customer_id
    # The full text finds a ticket's subject where a message carries it.
    subject = each.message.subject or ticket.subject
    message = replace(
        each.message, subject=subject, customer_id=customer_id, agent_id=None if agent is None else agent.id
    )
    office.batch.changed_tickets.add(ticket.id)
    message_id = office.batch.rows.message(ticket.id, message)
    for file in news.files:
        kind = file.type or "application/octet-stream"
        office.batch.rows.attachment(
            message_id, NewAttachment(safe_name(file.name), kind, file.size, b"", "", file.inline)
        )
    return message_id


def _bring_up(office: Office, known: _Known, ticket_id: int, each: ReadMessage) -> None:
    """What was edited there says so here; what was moved there lies where it lies there."""
    message = each.message
    if known.ours:
        office.connection.execute(_LIES, (message.digest, ticket_id, each.news.at, known.id))
    else:
        says = (
            message.body, folds_json(message.folds), message.subject, message.kind, message.automatic,
            message.digest, ticket_id, known.id,
        )  # fmt: skip
        office.connection.execute(_SAYS, says)
    office.batch.changed_tickets |= {known.ticket_id, ticket_id}


def _keep_files(office: Office, files: dict[int, tuple[FileNews, ...]]) -> None:
    """Where the bytes of files lie that were just made."""
    if not files:
        return
    waiting = {message_id: iter(told) for message_id, told in files.items()}
    made = office.connection.execute(_NEW_FILES, (json.dumps(list(files)),)).fetchall()
    rows = [
        (attachment_id, office.source_id, next(waiting[message_id]).external_id) for attachment_id, message_id in made
    ]
    office.connection.executemany(_REMOTE_FILE, rows)


def _tickets(office: Office, read: Sequence[ReadMessage]) -> dict[str, _Ticket]:
    asked = json.dumps(list({each.news.ticket for each in read}))
    found = office.connection.execute(_TICKETS, (office.source_id, asked)).fetchall()
    return {external_id: _Ticket(*rest) for external_id, *rest in found}


def _known(office: Office, read: Sequence[ReadMessage]) -> dict[str, _Known]:
    asked = json.dumps([each.news.external_id for each in read])
    found = office.connection.execute(_KNOWN, (office.source_id, asked)).fetchall()
    return {external_id: _Known(key, ticket_id, bool(ours)) for external_id, key, ticket_id, ours in found}
