"""Tickets with their messages, known again by their external ids: what the workspace has stays, what it lacks comes."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desk.text import clean
from storage.agents import me
from storage.ingest.batch import Batch
from storage.ingest.records import CustomerRecord, MessageRecord, TicketRecord
from storage.ingest.rows import NewMessage, tag_of
from storage.library import Outcome
from storage.tombstones import Tombstones

# What comes for a ticket that was merged belongs to the one that has its messages now.
_KNOWN = """
WITH RECURSIVE known(external_id, id) AS (
    SELECT external_id, id FROM ticket WHERE source_id = ? AND external_id IN (SELECT value FROM json_each(?))
    UNION SELECT k.external_id, t.merged_into_id FROM known k JOIN ticket t ON t.id = k.id
    WHERE t.merged_into_id IS NOT NULL)
SELECT k.external_id, t.id, t.customer_id FROM known k JOIN ticket t ON t.id = k.id WHERE t.merged_into_id IS NULL"""
_SAID = "SELECT ticket_id, external_id FROM message WHERE ticket_id IN (SELECT value FROM json_each(?))"
_TAGGED = """
SELECT k.ticket_id, g.name FROM ticket_tag k JOIN tag g ON g.id = k.tag_id
WHERE k.ticket_id IN (SELECT value FROM json_each(?))"""
_AGENT = "SELECT id FROM agent WHERE handle = ? OR name = ? ORDER BY id LIMIT 1"
_LONGEST_SUBJECT = 120


@dataclass(slots=True)
class _Known:
    """A ticket that is there, and what it has."""

    ticket_id: int
    customer_id: int | None
    said: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()


def put_tickets(batch: Batch, records: Sequence[TicketRecord]) -> list[Outcome]:
    """Add or bring up each ticket, in order: "added", "updated" or "skipped" (all of it was there).

    To a ticket that is there only messages and tags are added: what agents changed here since stays as they left it.
    Raises KeyError for a channel that the workspace doesn't have.
    """
    tombstones = Tombstones(batch.connection)
    batch.book.expect(record.customer for record in records if record.customer is not None)
    known = _known(batch, records)
    desk = _Desk(batch)
    outcomes: list[Outcome] = []
    for record in records:
        ticket = known.get(record.external_id)
        outcome: Outcome = "skipped"
        if ticket is None and tombstones.hold("ticket", f"{batch.source_id} {record.external_id}"):
            outcomes.append(outcome)
            continue
        if ticket is None:
            ticket = known[record.external_id] = _add(batch, desk, record)
            outcome = "added"
        if record.messages and _say(batch, ticket, record, tombstones) and outcome == "skipped":
            outcome = "updated"
        if record.tags and _mark(batch, ticket, record) and outcome == "skipped":
            outcome = "updated"
        if outcome != "skipped":
            batch.changed_tickets.add(ticket.ticket_id)
        outcomes.append(outcome)
    return outcomes


def _say(batch: Batch, ticket: _Known, record: TicketRecord, tombstones: Tombstones) -> bool:
    """Add the messages that the ticket lacks; whether there were any."""
    new = [
        message
        for message in record.messages
        if message.external_id not in ticket.said
        and not tombstones.hold("message", f"{batch.source_id} {message.external_id}")
    ]
    ticket.said |= {message.external_id for message in new}
    for message in new:
        batch.rows.message(
            ticket.ticket_id,
            NewMessage(
                kind=message.kind,
                at=message.at,
                body=message.body,
                # The full text finds a subject where a message carries it.
                subject=record.subject,
                sender=message.sender,
                customer_id=_writer(batch, ticket, message),
                external_id=message.external_id,
            ),
        )
    return bool(new)


def _writer(batch: Batch, ticket: _Known, message: MessageRecord) -> int | None:
    """Who said it: whom the record names, else the ticket's customer where it is a customer's word."""
    if message.customer is not None:
        return customer_of(batch, message.customer)
    return ticket.customer_id if message.kind in ("inbound", "call") else None


def _mark(batch: Batch, ticket: _Known, record: TicketRecord) -> bool:
    """Add the tags that the ticket lacks; whether there were any."""
    new = [tag for tag in map(tag_of, record.tags) if tag and tag not in ticket.tags]
    ticket.tags |= set(new)
    batch.rows.tags(ticket.ticket_id, new)
    return bool(new)


def _add(batch: Batch, desk: "_Desk", record: TicketRecord) -> _Known:
    customer_id = None if record.customer is None else customer_of(batch, record.customer)
    ticket_id = batch.rows.ticket(
        record.subject or _first_words(record),
        desk.channels[record.channel],
        customer_id,
        record.created_at,
        status=record.status,
        priority=record.priority,
        assignee_id=desk.agent(record.assignee) if record.assignee else None,
        external_id=record.external_id,
        details=record.details,
    )
    return _Known(ticket_id, customer_id)


def _first_words(record: TicketRecord) -> str:
    return record.messages[0].body.strip().partition("\n")[0][:_LONGEST_SUBJECT] if record.messages else ""


def customer_of(batch: Batch, record: CustomerRecord) -> int:
    """Who a record is about: somebody who is known, or a new customer."""
    known = known_customer(batch, record)
    return batch.book.add(record) if known is None else known


def known_customer(batch: Batch, record: CustomerRecord) -> int | None:
    """Whoever came from a record, else the one who alone has one of its identities, with what it adds; None: nobody."""
    known = batch.book.with_external_id(record.external_id) if record.external_id else None
    if known is not None:
        batch.book.update(known, record)
        return known
    for identity in record.identities:
        found = batch.book.with_identity(identity.kind, identity.value)
        if len(found) == 1:
            batch.book.update(found[0], record)
            return found[0]
    return None


def _known(batch: Batch, records: Iterable[TicketRecord]) -> dict[str, _Known]:
    asked = json.dumps([record.external_id for record in records])
    rows = batch.connection.execute(_KNOWN, (batch.source_id, asked)).fetchall()
    known = {external_id: _Known(ticket_id, customer_id) for external_id, ticket_id, customer_id in rows}
    if known:
        ids = [ticket.ticket_id for ticket in known.values()]
        said, tags = _by_ticket(batch, _SAID, ids), _by_ticket(batch, _TAGGED, ids)
        for ticket in known.values():
            ticket.said = frozenset(said.get(ticket.ticket_id, ()))
            ticket.tags = frozenset(tags.get(ticket.ticket_id, ()))
    return known


def _by_ticket(batch: Batch, statement: str, ticket_ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for ticket_id, value in batch.connection.execute(statement, (json.dumps(ticket_ids),)):
        found.setdefault(ticket_id, []).append(value)
    return found


class _Desk:
    """The channels and agents of the workspace; an agent who is new is made."""

    def __init__(self, batch: Batch) -> None:
        self._connection = batch.connection
        self.channels: dict[str, int] = dict(batch.connection.execute("SELECT key, id FROM channel").fetchall())
        self._agents: dict[str, int] = {}

    def agent(self, name: str) -> int | None:
        handle = clean(name, lines=False).strip()
        if not handle:
            return None
        if handle not in self._agents:
            row = self._connection.execute(_AGENT, (handle.lower(), handle)).fetchone()
            made = row or (me(self._connection, handle.lower().replace(" ", "."), handle).id,)
            self._agents[handle] = int(made[0])
        return self._agents[handle]
