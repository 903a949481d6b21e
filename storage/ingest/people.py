"""Finding or making the customers that a batch meets.

What is known of them is read for the whole batch at once (`expect`), what is new is gathered and written at once
(`write`). The invariant: after each call the book answers as if all before it had been written already; whoever is met
has every identity once, and stands in `changed` until the look-up has indexed them.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from desk.flags import Flag
from desk.flags import read as read_flags
from desk.flags import write as write_flags
from desk.identifiers import normal_form
from desk.ids import new_uid
from desk.lookup import IdentityKind
from desk.text import clean
from storage.connect import Connection
from storage.ingest.records import CustomerRecord, IdentityRecord
from storage.ingest.together import insert
from storage.tombstones import Tombstones

_OWNERS = """
SELECT i.kind, i.normal, coalesce(c.merged_into_id, c.id), c.recency FROM identity i JOIN customer c
ON c.id = i.customer_id WHERE i.normal IN (SELECT value FROM json_each(?)) ORDER BY c.recency DESC"""
_BY_EXTERNAL_ID = """
SELECT external_id, coalesce(merged_into_id, id) FROM customer
WHERE source_id = ? AND external_id IN (SELECT value FROM json_each(?))"""
_CUSTOMERS = """
SELECT id, recency, name, organization_id, since, plan, note, flags, details FROM customer
WHERE id IN (SELECT value FROM json_each(?))"""
_IDENTITIES = """
SELECT customer_id, kind, normal, known FROM identity WHERE customer_id IN (SELECT value FROM json_each(?))"""
_ORGANIZATIONS = "SELECT name, min(id) FROM organization WHERE name IN (SELECT value FROM json_each(?)) GROUP BY name"
_COUNTERS = """
SELECT (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'customer'),
       (SELECT coalesce(max(recency), 0) FROM customer), (SELECT coalesce(min(recency), 1) FROM customer),
       (SELECT coalesce(max(id), 0) FROM organization)"""
_ADD_ORGANIZATION = "INSERT INTO organization(id, uid, name, domain, note, created_at)"
_ADD = """
INSERT INTO customer(id, uid, name, organization_id, since, plan, note, mood, flags, details, recency, source_id,
    external_id, created_at, updated_at)"""
_ADD_ROW = "(?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?)"
_ADD_IDENTITY = "INSERT INTO identity(customer_id, kind, value, normal, known, source_id)"
_CONFIRM = "ON CONFLICT(customer_id, kind, normal) DO UPDATE SET known = 1 WHERE excluded.known > known"
_RENAME = "UPDATE customer SET name = ? WHERE id = ?"
_UPDATE = """
UPDATE customer SET organization_id = ?, since = ?, plan = ?, note = ?, flags = ?, details = ?,
    updated_at = ? WHERE id = ?"""
_VALUE = "SELECT amount, currency FROM customer_value WHERE customer_id = ?"
_SET_VALUE = """
INSERT INTO customer_value(customer_id, amount, currency, updated_at) VALUES(?, ?, ?, ?)
ON CONFLICT(customer_id) DO UPDATE SET amount = excluded.amount, currency = excluded.currency,
    updated_at = excluded.updated_at"""

# An identity's kind and normal form.
Key = tuple[int, str]


@dataclass(slots=True)
class _Known:
    """A customer as they stand, what this batch learnt included."""

    name: str
    organization_id: int | None
    since: int | None
    plan: str
    note: str
    flags: str
    details: str
    identities: dict[Key, bool] = field(default_factory=dict)

    @property
    def facts(self) -> tuple[object, ...]:
        """What a record may add to."""
        return self.organization_id, self.since, self.plan, self.note, self.flags, self.details


class CustomerBook:
    """The customers of one workspace during one batch."""

    def __init__(self, connection: Connection, regions: tuple[str, ...], source_id: int, now: int) -> None:
        self._connection = connection
        self._regions = regions
        self._source_id = source_id
        self._now = now
        self._tombstones = Tombstones(connection)
        counters: tuple[int, int, int, int] = connection.execute(_COUNTERS).fetchone()
        self._customer_id, self._recency, self._lowest, self._organization_id = counters
        self._owners: dict[Key, list[int]] = {}
        self._recencies: dict[int, int] = {}
        self._by_external_id: dict[str, int | None] = {}
        self._known: dict[int, _Known] = {}
        self._organizations: dict[str, int | None] = {}
        self._met: dict[Key, list[int]] = {}
        self._new_organizations: list[tuple[object, ...]] = []
        self._new: list[tuple[object, ...]] = []
        self._new_identities: list[tuple[object, ...]] = []
        self._values: dict[int, tuple[int, str] | None] = {}
        self._new_values: dict[int, tuple[int, str]] = {}
        self._updated: dict[int, None] = {}
        self._renamed: dict[int, None] = {}
        self.changed: set[int] = set()

    def expect(self, records: Iterable[CustomerRecord]) -> None:
        """Read what is known of these at once; asking without it is as right, and slower."""
        records = list(records)
        identities = [identity for record in records for identity in record.identities]
        keys = [(int(identity.kind), self._normal(identity.kind, identity.value)) for identity in identities]
        self._learn_owners(dict.fromkeys(keys))
        self._learn_external_ids({record.external_id for record in records if record.external_id})
        self._learn_organizations({_line(record.organization) for record in records if record.organization})
        found = {owner for key in keys for owner in self._owners[key]}
        self._learn(found | {owner for owner in self._by_external_id.values() if owner is not None})

    def with_identity(self, kind: IdentityKind, value: str) -> list[int]:
        """The customers who have this identity, the most recently met first; a merged one counts as who they became."""
        key = (int(kind), self._normal(kind, value))
        self._learn_owners([key])
        found = dict.fromkeys((*self._owners[key], *self._met.get(key, ())))
        return sorted(found, key=lambda owner: -self._recencies[owner])

    def was_erased(self, record: CustomerRecord) -> bool:
        """Whether this is the record of an erased customer, by its own key or by an identity that nobody else has."""
        if record.external_id and self._tombstones.hold("customer", f"{self._source_id} {record.external_id}"):
            return True
        return any(
            self._tombstones.hold("identity", f"{int(identity.kind)} {self._normal(identity.kind, identity.value)}")
            for identity in record.identities
        )

    def with_external_id(self, external_id: str) -> int | None:
        """The customer that an earlier run made from the same record."""
        self._learn_external_ids([external_id])
        return self._by_external_id[external_id]

    def writer(self, address: str, name: str) -> int:
        """Who writes from `address`: the customer who has it, or a new one. A name in a header is only a maybe."""
        name = _line(name)
        known = self.with_identity(IdentityKind.EMAIL, address)
        if not known:
            return self.add(CustomerRecord(name or address, (IdentityRecord(IdentityKind.EMAIL, address),)))
        customer_id = known[0]
        if name and "@" not in name:
            self._learn_name(customer_id, name)
        return customer_id

    def add(self, record: CustomerRecord, *, met: bool = True) -> int:
        """A new customer; one who was not `met` is only known by name so far."""
        name = _line(record.name) or _first_value(record.identities) or "Unknown"
        self._customer_id += 1
        customer_id, recency = self._customer_id, self._place(met=met)
        known = _Known(
            name, self._organization(record.organization), record.since, clean(record.plan, lines=False),
            clean(record.note), write_flags(record.flags) if record.flags else "[]", _json(record.details),
        )  # fmt: skip
        self._new.append(
            (customer_id, new_uid(), name, *known.facts, recency, self._source_id, record.external_id, self._now,
             self._now)
        )  # fmt: skip
        self._known[customer_id] = known
        self._recencies[customer_id] = recency
        if record.external_id:
            self._by_external_id[record.external_id] = customer_id
        self._join(customer_id, [IdentityRecord(IdentityKind.NAME, name), *record.identities, *_company(record)])
        self._worth(customer_id, record)
        self.changed.add(customer_id)
        return customer_id

    def _place(self, *, met: bool) -> int:
        """Where a new customer stands in the look-up: above all others, or below them.

        An import puts in order whom it has met when it ends; whoever was never in contact is at their place at once.
        """
        if met:
            self._recency += 1
            return self._recency
        self._lowest -= 1
        return self._lowest

    def update(self, customer_id: int, record: CustomerRecord) -> bool:
        """Add what the record knows and the workspace lacks; whether anything was new. Nothing is overwritten."""
        given = [*record.identities, *_company(record)]
        if record.name:
            given.insert(0, IdentityRecord(IdentityKind.NAME, record.name))
        joined = self._join(customer_id, given)
        known = self._customer(customer_id)
        before = known.facts
        known.organization_id = known.organization_id or self._organization(record.organization)
        known.since = known.since if known.since is not None else record.since
        known.plan = known.plan or clean(record.plan, lines=False)
        known.note = known.note or clean(record.note)
        if record.details:
            known.details = _json({**record.details, **json.loads(known.details)})
        worth = self._worth(customer_id, record)
        if record.flags:
            known.flags = _with(known.flags, record.flags)
        if known.facts != before:
            self._updated[customer_id] = None
        elif not (joined or worth):
            return False
        self.changed.add(customer_id)
        return True

    def _worth(self, customer_id: int, record: CustomerRecord) -> bool:
        """Keep what a record says that they pay, the newest record being right; whether that was new."""
        if record.value is None:
            return False
        value = (record.value.amount, record.value.currency)
        if customer_id not in self._values:
            found = self._connection.execute(_VALUE, (customer_id,)).fetchone()
            self._values[customer_id] = found
        if self._values[customer_id] == value:
            return False
        self._values[customer_id] = value
        self._new_values[customer_id] = value
        return True

    def write(self) -> None:
        """Put everything that is new into the database."""
        many = self._connection.executemany
        insert(self._connection, _ADD_ORGANIZATION, "(?, ?, ?, '', '', ?)", self._new_organizations)
        insert(self._connection, _ADD, _ADD_ROW, self._new)
        insert(self._connection, _ADD_IDENTITY, "(?, ?, ?, ?, ?, ?)", self._new_identities, _CONFIRM)
        many(_RENAME, [(self._known[customer_id].name, customer_id) for customer_id in self._renamed])
        many(
            _UPDATE,
            [(*self._known[customer_id].facts, self._now, customer_id) for customer_id in self._updated],
        )
        many(_SET_VALUE, [(customer_id, *value, self._now) for customer_id, value in self._new_values.items()])
        self._new_values.clear()
        for gathered in (self._new_organizations, self._new, self._new_identities, self._renamed, self._updated):
            gathered.clear()

    def _learn_name(self, customer_id: int, name: str) -> None:
        known = self._customer(customer_id)
        if "@" in known.name:
            known.name = name
            self._renamed[customer_id] = None
            self.changed.add(customer_id)
        if self._join(customer_id, [IdentityRecord(IdentityKind.NAME, name, known=False)]):
            self.changed.add(customer_id)

    def _join(self, customer_id: int, given: Sequence[IdentityRecord]) -> bool:
        identities = self._customer(customer_id).identities
        joined = False
        for identity in given:
            value = _line(identity.value)
            if not value:
                continue
            key = (int(identity.kind), _normal(identity.kind, value, self._regions))
            if identities.get(key, -1) >= identity.known:
                continue
            identities[key] = identity.known
            self._met.setdefault(key, []).append(customer_id)
            self._new_identities.append((customer_id, key[0], value, key[1], identity.known, self._source_id))
            joined = True
        return joined

    def _organization(self, name: str) -> int | None:
        name = _line(name)
        if not name:
            return None
        self._learn_organizations([name])
        known = self._organizations[name]
        if known is None:
            self._organization_id += 1
            known = self._organizations[name] = self._organization_id
            self._new_organizations.append((known, new_uid(), name, self._now))
        return known

    def _normal(self, kind: IdentityKind, value: str) -> str:
        return _normal(kind, _line(value), self._regions)

    def _customer(self, customer_id: int) -> _Known:
        self._learn([customer_id])
        return self._known[customer_id]

    def _learn(self, customer_ids: Iterable[int]) -> None:
        missing = [customer_id for customer_id in customer_ids if customer_id not in self._known]
        if not missing:
            return
        asked = (json.dumps(missing),)
        for customer_id, recency, *facts in self._connection.execute(_CUSTOMERS, asked):
            self._known[customer_id] = _Known(*facts)
            self._recencies.setdefault(customer_id, recency)
        for customer_id, kind, normal, known in self._connection.execute(_IDENTITIES, asked):
            self._known[customer_id].identities[kind, normal] = bool(known)

    def _learn_owners(self, keys: Iterable[Key]) -> None:
        missing = [key for key in keys if key not in self._owners]
        if not missing:
            return
        self._owners.update((key, []) for key in missing)
        asked = json.dumps(list({normal for _, normal in missing}))
        for kind, normal, owner, recency in self._connection.execute(_OWNERS, (asked,)):
            if owner not in self._owners.setdefault((kind, normal), []):
                self._owners[kind, normal].append(owner)
            self._recencies[owner] = max(recency, self._recencies.get(owner, recency))

    def _learn_external_ids(self, external_ids: Iterable[str]) -> None:
        missing = [external_id for external_id in external_ids if external_id not in self._by_external_id]
        if missing:
            found = self._connection.execute(_BY_EXTERNAL_ID, (self._source_id, json.dumps(missing)))
            self._by_external_id.update({**dict.fromkeys(missing), **dict(found)})

    def _learn_organizations(self, names: Iterable[str]) -> None:
        missing = [name for name in names if name not in self._organizations]
        if missing:
            found = dict(self._connection.execute(_ORGANIZATIONS, (json.dumps(missing),)).fetchall())
            self._organizations.update({name: found.get(name) for name in missing})


@lru_cache(maxsize=10_000)
def _normal(kind: IdentityKind, value: str, regions: tuple[str, ...]) -> str:
    return normal_form(kind, value, regions)


def _company(record: CustomerRecord) -> tuple[IdentityRecord, ...]:
    return (IdentityRecord(IdentityKind.COMPANY, record.organization),) if record.organization.strip() else ()


def _first_value(identities: tuple[IdentityRecord, ...]) -> str:
    return next((value for identity in identities if (value := _line(identity.value))), "")


def _with(held: str, given: Sequence[Flag]) -> str:
    """Flags as the column keeps them, with those that are new."""
    flags = read_flags(held)
    known = {flag.telling for flag in flags}
    return write_flags((*flags, *(flag for flag in given if flag.telling not in known)))


def _line(text: str) -> str:
    return clean(text, lines=False).strip()


def _json(details: Mapping[str, str]) -> str:
    if not details:
        return "{}"
    cleaned = {clean(key, lines=False): clean(value) for key, value in details.items() if value.strip()}
    return json.dumps(cleaned, ensure_ascii=False, sort_keys=True)
