"""Tickets with their messages, out of JSON Lines or a table of one message each."""

import hashlib
import json

from desk.errors import BadInput
from desk.lookup import IdentityKind
from desk.nearest import mend_name
from desk.statuses import CHANNELS, parse_channel, parse_priority, parse_status
from storage.imports import values
from storage.imports.tables import Read
from storage.ingest.records import CustomerRecord, IdentityRecord, MessageRecord, TicketRecord

_MESSAGE_KINDS = ("inbound", "outbound", "note", "call")
_CUSTOMER = ("name", "email", "phone", "account")
FIELDS = ("subject", "text", "channel", "status", "priority", "tags", "assignee", "created_at", "external_id",
          "customer", "messages", "details", "number", *_CUSTOMER)  # fmt: skip


def ticket_of(read: Read, now: int) -> TicketRecord:
    """The ticket that a record tells of, of `now` where it has no time; BadInput names the field that can't be used."""
    fields = read.fields
    subject, created_at = values.text(fields, "subject"), values.time(fields, "created_at")
    messages = _messages(fields, created_at, now)
    if not subject and not messages:
        raise BadInput("The ticket has no subject and no message", 'Give at least "subject".')
    status, priority, channel = (values.text(fields, name) for name in ("status", "priority", "channel"))
    return TicketRecord(
        external_id=values.text(fields, "external_id") or _own_key(fields),
        subject=subject,
        created_at=created_at if created_at is not None else min((message.at for message in messages), default=now),
        channel=parse_channel(channel).key if channel else CHANNELS[0].key,
        status=parse_status(status) if status else 0,
        priority=parse_priority(priority) if priority else 1,
        tags=tuple(values.words(fields, "tags")),
        assignee=values.text(fields, "assignee"),
        customer=_customer(fields),
        messages=messages,
        details={**read.details, **_details(fields), **values.others(fields, FIELDS)},
    )


def _details(fields: dict[str, object]) -> dict[str, str]:
    """Other facts, as an object of texts."""
    given = fields.get("details")
    facts: dict[str, object] = {"details": given} if isinstance(given, str) else values.record(fields, "details")
    return {name: text for name in facts if (text := values.text(facts, name))}


def _messages(fields: dict[str, object], created_at: int | None, now: int) -> tuple[MessageRecord, ...]:
    start = created_at if created_at is not None else now
    found: list[MessageRecord] = []
    seen: dict[str, int] = {}

    def add(kind: str, at: int | None, sender: str, text: str, writer: CustomerRecord | None = None) -> None:
        # A message is known again by what it says; the same said twice on a ticket is a message of its own.
        digest = hashlib.sha256(json.dumps([kind, at, sender, text]).encode()).hexdigest()[:24]
        seen[digest] = seen.get(digest, 0) + 1
        found.append(MessageRecord(f"{digest}-{seen[digest]}", kind, start if at is None else at, text, sender, writer))

    alone = values.text(fields, "text")
    if alone:
        add("inbound", created_at, "", alone)
    for place, part in enumerate(values.records(fields, "messages"), 1):
        kind = values.text(part, "kind") or "inbound"
        if kind not in _MESSAGE_KINDS:
            raise BadInput(f"Message {place} has the kind {kind!r}", mend_name(kind, _MESSAGE_KINDS))
        add(
            kind,
            values.time(part, "at"),
            values.text(part, "from"),
            values.text(part, "text"),
            _customer(part, own=False),
        )
    return tuple(found)


def _customer(fields: dict[str, object], *, own: bool = True) -> CustomerRecord | None:
    """From the object "customer" of JSON, or (`own`) from a table's columns; None where nothing is said."""
    inner = fields.get("customer")
    if inner is None and not own:
        return None
    given = values.record(fields, "customer") if isinstance(inner, dict) else fields
    name = values.text(given, "name") or (inner if isinstance(inner, str) else "")
    identities = tuple(
        IdentityRecord(kind, value)
        for kind, column in (
            (IdentityKind.EMAIL, "email"), (IdentityKind.PHONE, "phone"), (IdentityKind.ACCOUNT, "account"),
        )
        for value in values.texts(given, column)
    )  # fmt: skip
    external_id = values.text(given, "external_id") or None if isinstance(inner, dict) else None
    return CustomerRecord(name, identities, external_id=external_id) if name or identities or external_id else None


def _own_key(fields: dict[str, object]) -> str:
    # Status, assignee and tags are left out: they change while the ticket stays the same.
    told = {name: fields.get(name) for name in ("subject", "text", "created_at", "customer", *_CUSTOMER)}
    first = values.records(fields, "messages")[:1]
    whole = json.dumps([told, first], sort_keys=True, default=str)
    return "record:" + hashlib.sha256(whole.encode()).hexdigest()[:32]
