"""Customers out of tables. A record is known again by its external id, its account, its email, or by itself."""

import hashlib
import json
from dataclasses import replace

from desk.errors import BadInput
from desk.flags import Flag, typed
from desk.identifiers import normal_form
from desk.lookup import IdentityKind
from desk.money import Money, parse
from desk.nearest import mend_name
from desk.text import clean
from storage.imports import values
from storage.imports.tables import Read, Row
from storage.ingest.people import CustomerBook
from storage.ingest.records import CustomerRecord, IdentityRecord
from storage.library import Outcome

_LISTS = (
    (IdentityKind.EMAIL, ("email", "emails")),
    (IdentityKind.PHONE, ("phone", "phones")),
    (IdentityKind.ACCOUNT, ("account", "accounts")),
    (IdentityKind.ORDER, ("order", "orders")),
    (IdentityKind.HANDLE, ("handle", "handles")),
)
_SINGLE = (
    "name", "given_name", "surname", "organization", "since", "plan", "note", "external_id", "value", "currency",
    "flags", "identities", "details",
)  # fmt: skip
KINDS = {kind.name.lower(): kind for kind in IdentityKind if kind is not IdentityKind.TICKET}
FIELDS = (*_SINGLE, *(name for _, names in _LISTS for name in names))


def person_of(read: Read) -> CustomerRecord:
    """The customer that a record tells of; BadInput where it names nobody."""
    fields = read.fields
    name = values.text(fields, "name") or " ".join(
        part for part in (values.text(fields, "given_name"), values.text(fields, "surname")) if part
    )
    identities = tuple(IdentityRecord(kind, value) for kind, names in _LISTS for value in values.texts(fields, *names))
    identities += _identities(fields)
    if not name and not identities:
        raise BadInput("The customer has no name and no identity", "Give a name, an email, a phone or an account.")
    return CustomerRecord(
        name=name,
        identities=identities,
        organization=values.text(fields, "organization"),
        since=values.time(fields, "since"),
        plan=values.text(fields, "plan"),
        note=values.text(fields, "note"),
        details={**read.details, **_details(fields), **values.others(fields, FIELDS)},
        external_id=values.text(fields, "external_id") or None,
        value=_value(fields),
        flags=_flags(fields),
    )


def _identities(fields: Row) -> tuple[IdentityRecord, ...]:
    """What an export says of identities that aren't simply known, or of other kinds than the lists have."""
    found = []
    for part in values.records(fields, "identities"):
        kind = values.text(part, "kind")
        if kind not in KINDS:
            raise BadInput(f"identities has the kind {kind!r}", mend_name(kind, KINDS))
        found.append(IdentityRecord(KINDS[kind], values.text(part, "value"), known=part.get("known") is not False))
    return tuple(found)


def _details(fields: Row) -> dict[str, str]:
    """Other facts: an object of texts, or one text under its own name; a value without a currency may be anything."""
    given = fields.get("details")
    facts: dict[str, object] = {"details": given} if isinstance(given, str) else values.record(fields, "details")
    if _value(fields) is None:
        facts = {**facts, "value": fields.get("value"), "currency": fields.get("currency")}
    return {name: text for name in facts if (text := values.text(facts, name))}


def _value(fields: Row) -> Money | None:
    """What they pay a year; without a currency it may be anything, and is a detail."""
    amount, currency = values.text(fields, "value"), values.text(fields, "currency")
    return parse(amount, currency) if amount and currency else None


def _flags(fields: Row) -> tuple[Flag, ...]:
    """Flags as objects with kind and reason, or as texts such as "vip: since the first day"."""
    given = fields.get("flags")
    if not isinstance(given, list) or not all(isinstance(part, dict) for part in given):
        return tuple(typed(text) for text in values.texts(fields, "flags"))
    return tuple(
        typed(values.text(part, "kind"))._replace(reason=clean(values.text(part, "reason"), lines=False),
                at=values.time(part, "at"), by=clean(values.text(part, "by"), lines=False))
        for part in values.records(fields, "flags")
    )  # fmt: skip


def take(book: CustomerBook, person: CustomerRecord) -> Outcome:
    """Add or update one customer: "added", "updated" or "skipped" (nothing new)."""
    key = person.external_id or _own_key(person)
    customer_id = book.with_external_id(key) if key else None
    if customer_id is None and person.external_id is None:
        customer_id = _same(book, person)
    if customer_id is None and book.was_erased(replace(person, external_id=key)):
        # Whoever was erased comes back by writing anew, never by an old list.
        return "skipped"
    if customer_id is None:
        book.add(replace(person, external_id=key))
        return "added"
    return "updated" if book.update(customer_id, person) else "skipped"


def _same(book: CustomerBook, person: CustomerRecord) -> int | None:
    """The one customer with the same account or email, where there is exactly one."""
    for kind in (IdentityKind.ACCOUNT, IdentityKind.EMAIL):
        found = {
            customer_id
            for identity in person.identities
            if identity.kind is kind
            for customer_id in book.with_identity(kind, identity.value)
        }
        if len(found) == 1:
            return found.pop()
    return None


def _own_key(person: CustomerRecord) -> str | None:
    """A key made of the record itself, for records that have nothing else by which a second run would know them."""
    telling = {IdentityKind.ACCOUNT, IdentityKind.EMAIL}
    if any(identity.kind in telling for identity in person.identities):
        return None
    parts = sorted((int(given.kind), normal_form(given.kind, given.value)) for given in person.identities)
    whole = json.dumps([normal_form(IdentityKind.NAME, person.name), parts, sorted(person.details.items())])
    return "record:" + hashlib.sha256(whole.encode()).hexdigest()[:32]
