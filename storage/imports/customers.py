"""Customers out of tables. A record is known again by its external id, its account, its email, or by itself."""

import hashlib
import json
from dataclasses import replace

from desk.errors import BadInput
from desk.identifiers import normal_form
from desk.lookup import IdentityKind
from storage.imports import values
from storage.imports.tables import Read
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
_SINGLE = ("name", "given_name", "surname", "organization", "since", "plan", "note", "external_id")
FIELDS = (*_SINGLE, *(name for _, names in _LISTS for name in names))


def person_of(read: Read) -> CustomerRecord:
    """The customer that a record tells of; BadInput where it names nobody."""
    fields = read.fields
    name = values.text(fields, "name") or " ".join(
        part for part in (values.text(fields, "given_name"), values.text(fields, "surname")) if part
    )
    identities = tuple(IdentityRecord(kind, value) for kind, names in _LISTS for value in values.texts(fields, *names))
    if not name and not identities:
        raise BadInput("The customer has no name and no identity", "Give a name, an email, a phone or an account.")
    return CustomerRecord(
        name=name,
        identities=identities,
        organization=values.text(fields, "organization"),
        since=values.time(fields, "since"),
        plan=values.text(fields, "plan"),
        note=values.text(fields, "note"),
        details={**read.details, **values.others(fields, FIELDS)},
        external_id=values.text(fields, "external_id") or None,
    )


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
