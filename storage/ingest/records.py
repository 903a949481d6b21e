"""Customers and tickets as others tell of them, before they have ids here.

Plain data, made from a file's cells or straight from a source's JSON: pydantic's `TypeAdapter(list[TicketRecord])`
reads these classes as they are. Text needn't be clean yet. Empty texts and None mean that nothing was said. Times are
microseconds UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from desk.flags import Flag
from desk.lookup import IdentityKind
from desk.money import Money


@dataclass(frozen=True, slots=True)
class IdentityRecord:
    """One way to know a customer, and whether it is confirmed."""

    kind: IdentityKind
    value: str
    known: bool = True


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """A customer. `external_id` is their key where they come from; `value` is what they pay a year."""

    name: str
    identities: tuple[IdentityRecord, ...] = ()
    organization: str = ""
    since: int | None = None
    plan: str = ""
    note: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    external_id: str | None = None
    value: Money | None = None
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class MessageRecord:
    """A message of a ticket; `external_id` is its key among those of the ticket. Kinds: storage.models.Message.

    `customer` is who wrote it, where that isn't the ticket's customer.
    """

    external_id: str
    kind: str
    at: int
    body: str
    sender: str = ""
    customer: CustomerRecord | None = None


@dataclass(frozen=True, slots=True)
class TicketRecord:
    """A ticket. `external_id` is its key where it comes from; `channel` and the numbers are those of desk.statuses."""

    external_id: str
    subject: str
    created_at: int
    channel: str = "email"
    status: int = 0
    priority: int = 1
    tags: tuple[str, ...] = ()
    assignee: str = ""
    customer: CustomerRecord | None = None
    messages: tuple[MessageRecord, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
