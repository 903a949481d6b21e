"""How a ticket's fields are known to be at its helpdesk: what both sides began with when they are merged.

The invariants: it says what was told there last, or was taken there; a field that was never told isn't in it. A status
is what its word means here: where one was given to a service that has none of the kind, the word that came of it goes
on meaning what was given, as long as the service says that word. Nothing here tells of a customer.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from desk.statuses import Status
from storage.deeds.plan import tag_names
from storage.elsewhere import Value
from storage.helpdesk.records import TicketNews
from storage.ingest.records import CustomerRecord

# Where a service hasn't said yet which word a status of ours became: what it may have made of it.
_LIKE = (frozenset({Status.PENDING, Status.HOLD}), frozenset({Status.SOLVED, Status.CLOSED}))


@dataclass(frozen=True, slots=True)
class Base:
    """The fields as they are there: an agent by handle, a queue by name; tags by our spelling, with theirs.

    `customer` is a digest of whom the ticket was said to be of.
    """

    fields: Mapping[str, Value] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    customer: str = ""

    def with_fields(self, fields: Mapping[str, Value]) -> "Base":
        """The same with these as they are now."""
        return replace(self, fields={**self.fields, **fields})

    def with_tags(self, added: Iterable[str], removed: Iterable[str]) -> "Base":
        """The same with tags that were put on and taken off there, in our spelling."""
        gone = set(removed)
        kept = {ours: theirs for ours, theirs in self.tags.items() if ours not in gone}
        return replace(self, tags={**{each: each for each in added}, **kept})


@dataclass(frozen=True, slots=True)
class Label:
    """A status in the service's own word: what that means there (`category`) and on this ticket here (`status`).

    `of` has the word that each status had last.
    """

    word: str
    category: int
    status: int
    of: Mapping[str, str] = field(default_factory=dict)

    def told(self, word: str, category: Status) -> "Label":
        """The word that the service says now; it means what it meant while it stays the same."""
        if (word, category) == (self.word, self.category):
            return self
        unsaid = not self.word and any({category, self.status} <= like for like in _LIKE)
        status = self.status if unsaid else int(category)
        return Label(word, int(category), status, {**self.of, str(status): word})

    def given(self, status: int, found: TicketNews | None) -> "Label":
        """The status was set from here, and `found` is what came of it; None: that is told with the next news."""
        if found is None:
            return Label("", status, status, self.of)
        return Label(found.label, int(found.status), status, {**self.of, str(status): found.label})

    def of_status(self, status: int) -> str:
        """The service's word for a status on this ticket, empty where it never had one."""
        return self.of.get(str(status), "")


def spelled(tags: Iterable[str]) -> dict[str, str]:
    """Tags as they are spelled here, with the service's own spelling."""
    return {ours: theirs for theirs in tags for ours in tag_names((theirs,))}


def customer_digest(record: CustomerRecord | None) -> str:
    """What tells one customer of the service from another, and can't be read back."""
    if record is None:
        return ""
    key = record.external_id or "\0".join(f"{int(each.kind)} {each.value}" for each in record.identities)
    return blake2b(key.encode(errors="surrogatepass"), digest_size=8).hexdigest()


def read_base(text: str) -> Base:
    """The base as the column has it."""
    told = json.loads(text)
    return Base(told.get("fields", {}), told.get("tags", {}), told.get("customer", ""))


def write_base(base: Base) -> str:
    """What the column keeps."""
    told = {"fields": dict(base.fields), "tags": dict(base.tags), "customer": base.customer}
    return json.dumps(told, ensure_ascii=False)
