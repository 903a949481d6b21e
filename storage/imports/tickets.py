"""Tickets with their messages, out of JSON Lines or a table of one message each."""

import hashlib
import json
from dataclasses import dataclass

from desk.errors import BadInput
from desk.lookup import IdentityKind
from desk.nearest import mend_name
from desk.statuses import CHANNELS, parse_channel, parse_priority, parse_status
from desk.text import clean
from storage.agents import me
from storage.connect import Connection
from storage.imports import values
from storage.imports.conversations import NewMessage, NewTicket, add_message, add_tags, add_ticket, channel_id
from storage.imports.people import CustomerBook, Given, Person
from storage.imports.tables import Read
from storage.library import Outcome

_MESSAGE_KINDS = ("inbound", "outbound", "note", "call")
_CUSTOMER = ("name", "email", "phone", "account")
FIELDS = ("subject", "text", "channel", "status", "priority", "tags", "assignee", "created_at", "external_id",
          "customer", "messages", *_CUSTOMER)  # fmt: skip


@dataclass(frozen=True, slots=True)
class GivenMessage:
    """A message as the file tells of it."""

    kind: str
    at: int | None
    sender: str
    text: str


@dataclass(frozen=True, slots=True)
class GivenTicket:
    """A ticket as the file tells of it. `key` is its external id, or one made of the record itself."""

    key: str
    subject: str
    channel: str
    status: int
    priority: int
    tags: tuple[str, ...]
    assignee: str
    customer: Person | None
    created_at: int | None
    messages: tuple[GivenMessage, ...]
    details: dict[str, str]


def ticket_of(read: Read) -> GivenTicket:
    """The ticket that a record tells of; BadInput names the field that can't be used."""
    fields = read.fields
    subject, messages = values.text(fields, "subject"), _messages(fields)
    if not subject and not messages:
        raise BadInput("The ticket has no subject and no message", 'Give at least "subject".')
    status, priority, channel = (values.text(fields, name) for name in ("status", "priority", "channel"))
    return GivenTicket(
        key=values.text(fields, "external_id") or _own_key(fields),
        subject=subject,
        channel=parse_channel(channel).key if channel else CHANNELS[0].key,
        status=parse_status(status) if status else 0,
        priority=parse_priority(priority) if priority else 1,
        tags=tuple(values.words(fields, "tags")),
        assignee=values.text(fields, "assignee"),
        customer=_customer(fields),
        created_at=values.time(fields, "created_at"),
        messages=messages,
        details={**read.details, **values.others(fields, FIELDS)},
    )


class TicketTaker:
    """Takes tickets into one workspace, inside the importer's transaction."""

    def __init__(self, connection: Connection, book: CustomerBook, source_id: int, now: int) -> None:
        self._connection = connection
        self._book = book
        self._source_id = source_id
        self._now = now
        self.changed: set[int] = set()

    def take(self, given: GivenTicket) -> Outcome:
        """Add or update one ticket: "added", "updated" or "skipped" (all of it was there)."""
        row = self._connection.execute(
            "SELECT id FROM ticket WHERE source_id = ? AND external_id = ?", (self._source_id, given.key)
        ).fetchone()
        if row is not None:
            return self._add_what_is_new(int(row[0]), given)
        customer_id = self._customer(given.customer)
        first = min((message.at for message in given.messages if message.at is not None), default=self._now)
        ticket_id = add_ticket(
            self._connection,
            self._source_id,
            NewTicket(
                subject=given.subject or given.messages[0].text.strip().partition("\n")[0][:120],
                channel_id=channel_id(self._connection, given.channel),
                customer_id=customer_id,
                created_at=given.created_at if given.created_at is not None else first,
                status=given.status,
                priority=given.priority,
                assignee_id=self._assignee(given.assignee),
                external_id=given.key,
                details=given.details,
            ),
        )
        self._add_messages(ticket_id, customer_id, given)
        add_tags(self._connection, ticket_id, given.tags)
        self.changed.add(ticket_id)
        return "added"

    def _add_what_is_new(self, ticket_id: int, given: GivenTicket) -> Outcome:
        """Messages and tags that the workspace lacks. What agents changed here since stays as they left it."""
        before = self._connection.total_changes
        (customer_id,) = self._connection.execute(
            "SELECT customer_id FROM ticket WHERE id = ?", (ticket_id,)
        ).fetchone()
        self._add_messages(ticket_id, customer_id, given)
        add_tags(self._connection, ticket_id, given.tags)
        if self._connection.total_changes == before:
            return "skipped"
        self.changed.add(ticket_id)
        return "updated"

    def _add_messages(self, ticket_id: int, customer_id: int | None, given: GivenTicket) -> None:
        known = {
            row[0]
            for row in self._connection.execute("SELECT external_id FROM message WHERE ticket_id = ?", (ticket_id,))
        }
        start = given.created_at if given.created_at is not None else self._now
        seen: dict[str, int] = {}
        for message in given.messages:
            digest = _digest(message)
            # The same words may be said twice on a ticket: the second time is a message of its own.
            seen[digest] = seen.get(digest, 0) + 1
            external_id = f"{digest}-{seen[digest]}"
            if external_id in known:
                continue
            by_customer = message.kind in ("inbound", "call")
            add_message(
                self._connection,
                self._source_id,
                ticket_id,
                NewMessage(
                    kind=message.kind,
                    at=message.at if message.at is not None else start,
                    body=message.text,
                    # The full text finds a subject where a message carries it.
                    subject=given.subject,
                    sender=message.sender,
                    customer_id=customer_id if by_customer else None,
                    external_id=external_id,
                ),
            )

    def _customer(self, person: Person | None) -> int | None:
        if person is None:
            return None
        for given in person.identities:
            found = self._book.with_identity(given.kind, given.value)
            if len(found) == 1:
                self._book.update(found[0], person)
                return found[0]
        return self._book.add(person)

    def _assignee(self, name: str) -> int | None:
        handle = clean(name, lines=False).strip()
        if not handle:
            return None
        row = self._connection.execute(
            "SELECT id FROM agent WHERE handle = ? OR name = ? ORDER BY id LIMIT 1", (handle.lower(), handle)
        ).fetchone()
        if row is None:
            return me(self._connection, handle.lower().replace(" ", "."), handle).id
        return int(row[0])


def _messages(fields: dict[str, object]) -> tuple[GivenMessage, ...]:
    found = []
    for place, part in enumerate(values.records(fields, "messages"), 1):
        kind = values.text(part, "kind") or "inbound"
        if kind not in _MESSAGE_KINDS:
            raise BadInput(f"Message {place} has the kind {kind!r}", mend_name(kind, _MESSAGE_KINDS))
        body = values.text(part, "text")
        found.append(GivenMessage(kind, values.time(part, "at"), values.text(part, "from"), body))
    alone = values.text(fields, "text")
    if alone:
        found.insert(0, GivenMessage("inbound", values.time(fields, "created_at"), "", alone))
    return tuple(found)


def _customer(fields: dict[str, object]) -> Person | None:
    """From the object "customer" of JSON, or from a table's columns; None where nothing is said."""
    inner = fields.get("customer")
    given = values.record(fields, "customer") if isinstance(inner, dict) else fields
    name = values.text(given, "name") or (inner if isinstance(inner, str) else "")
    identities = tuple(
        Given(kind, value)
        for kind, column in (
            (IdentityKind.EMAIL, "email"), (IdentityKind.PHONE, "phone"), (IdentityKind.ACCOUNT, "account"),
        )
        for value in values.texts(given, column)
    )  # fmt: skip
    return Person(name, identities) if name or identities else None


def _own_key(fields: dict[str, object]) -> str:
    # Status, assignee and tags are left out: they change while the ticket stays the same.
    told = {name: fields.get(name) for name in ("subject", "text", "created_at", "customer", *_CUSTOMER)}
    first = values.records(fields, "messages")[:1]
    whole = json.dumps([told, first], sort_keys=True, default=str)
    return "record:" + hashlib.sha256(whole.encode()).hexdigest()[:32]


def _digest(message: GivenMessage) -> str:
    whole = json.dumps([message.kind, message.at, message.sender, message.text])
    return hashlib.sha256(whole.encode()).hexdigest()[:24]
