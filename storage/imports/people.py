"""Finding or making the customers that an import meets, inside the importer's transaction.

The invariant: whoever is met here has every identity once, and stands in `changed` until the look-up has indexed them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from desk.identifiers import normal_form
from desk.ids import new_uid
from desk.lookup import IdentityKind
from desk.text import clean
from storage.connect import Connection


@dataclass(frozen=True, slots=True)
class Given:
    """An identity as it stood in the file, and whether it is confirmed."""

    kind: IdentityKind
    value: str
    known: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    """A customer as a file tells of them. Empty strings and None mean that the file says nothing."""

    name: str
    identities: tuple[Given, ...] = ()
    organization: str = ""
    since: int | None = None
    plan: str = ""
    note: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    external_id: str | None = None


class CustomerBook:
    """The customers of one workspace during one import."""

    def __init__(self, connection: Connection, regions: tuple[str, ...], source_id: int, now: int) -> None:
        self._connection = connection
        self._regions = regions
        self._source_id = source_id
        self._now = now
        self.changed: set[int] = set()

    def with_identity(self, kind: IdentityKind, value: str) -> list[int]:
        """The customers who have this identity, the most recently met first; a merged one counts as who they became."""
        rows = self._connection.execute(
            """SELECT DISTINCT coalesce(c.merged_into_id, c.id), c.recency FROM identity i
               JOIN customer c ON c.id = i.customer_id WHERE i.normal = ? AND i.kind = ? ORDER BY c.recency DESC""",
            (normal_form(kind, value, self._regions), kind),
        )
        return list(dict.fromkeys(row[0] for row in rows))

    def with_external_id(self, external_id: str) -> int | None:
        """The customer that an earlier run made from the same record."""
        row = self._connection.execute(
            "SELECT coalesce(merged_into_id, id) FROM customer WHERE source_id = ? AND external_id = ?",
            (self._source_id, external_id),
        ).fetchone()
        return None if row is None else int(row[0])

    def writer(self, address: str, name: str) -> int:
        """Who writes from `address`: the customer who has it, or a new one. A name in a header is only a maybe."""
        name = clean(name, lines=False).strip()
        known = self.with_identity(IdentityKind.EMAIL, address)
        if not known:
            return self.add(Person(name or address, (Given(IdentityKind.EMAIL, address),)))
        customer_id = known[0]
        if name and "@" not in name:
            self._learn_name(customer_id, name)
        return customer_id

    def add(self, person: Person) -> int:
        """A new customer."""
        name = clean(person.name, lines=False).strip() or _first_value(person.identities) or "Unknown"
        # Each new customer stands above all others in the look-up; `settle` of the importer orders a whole batch.
        row = self._connection.execute(
            """INSERT INTO customer(uid, name, organization_id, since, plan, note, mood, flags, details, recency,
                   source_id, external_id, created_at, updated_at)
               VALUES(?, ?, ?, ?, ?, ?, 0, '[]', ?, (SELECT coalesce(max(recency), 0) + 1 FROM customer), ?, ?, ?, ?)
               RETURNING id""",
            (
                new_uid(), name, self._organization(person.organization), person.since,
                clean(person.plan, lines=False), clean(person.note), _json(person.details),
                self._source_id, person.external_id, self._now, self._now,
            ),
        ).fetchone()  # fmt: skip
        customer_id = int(row[0])
        self._join(customer_id, [Given(IdentityKind.NAME, name), *person.identities, *_company(person)])
        self.changed.add(customer_id)
        return customer_id

    def update(self, customer_id: int, person: Person) -> bool:
        """Add what the file knows and the workspace lacks; whether anything was new. Nothing is overwritten."""
        before = self._connection.total_changes
        given = [*person.identities, *_company(person)]
        if person.name:
            given.insert(0, Given(IdentityKind.NAME, person.name))
        self._join(customer_id, given)
        row = self._connection.execute(
            "SELECT organization_id, since, plan, note, details FROM customer WHERE id = ?", (customer_id,)
        ).fetchone()
        details = {**person.details, **json.loads(row[4])}
        after = (
            row[0] or self._organization(person.organization),
            row[1] if row[1] is not None else person.since,
            row[2] or clean(person.plan, lines=False),
            row[3] or clean(person.note),
            _json(details),
        )
        if after != tuple(row):
            self._connection.execute(
                """UPDATE customer SET organization_id = ?, since = ?, plan = ?, note = ?, details = ?, updated_at = ?
                   WHERE id = ?""",
                (*after, self._now, customer_id),
            )
        if self._connection.total_changes == before:
            return False
        self.changed.add(customer_id)
        return True

    def _learn_name(self, customer_id: int, name: str) -> None:
        (shown,) = self._connection.execute("SELECT name FROM customer WHERE id = ?", (customer_id,)).fetchone()
        if "@" in shown:
            self._connection.execute("UPDATE customer SET name = ? WHERE id = ?", (name, customer_id))
            self.changed.add(customer_id)
        if self._join(customer_id, [Given(IdentityKind.NAME, name, known=False)]):
            self.changed.add(customer_id)

    def _join(self, customer_id: int, given: Sequence[Given]) -> bool:
        before = self._connection.total_changes
        for identity in given:
            value = clean(identity.value, lines=False).strip()
            if not value:
                continue
            self._connection.execute(
                """INSERT INTO identity(customer_id, kind, value, normal, known, source_id) VALUES(?, ?, ?, ?, ?, ?)
                   ON CONFLICT(customer_id, kind, normal) DO UPDATE SET known = 1 WHERE excluded.known > known""",
                (
                    customer_id, identity.kind, value, normal_form(identity.kind, value, self._regions),
                    identity.known, self._source_id,
                ),
            )  # fmt: skip
        return self._connection.total_changes > before

    def _organization(self, name: str) -> int | None:
        name = clean(name, lines=False).strip()
        if not name:
            return None
        row = self._connection.execute("SELECT id FROM organization WHERE name = ?", (name,)).fetchone()
        if row is None:
            row = self._connection.execute(
                "INSERT INTO organization(uid, name, domain, note, created_at) VALUES(?, ?, '', '', ?) RETURNING id",
                (new_uid(), name, self._now),
            ).fetchone()
        return int(row[0])


def _company(person: Person) -> tuple[Given, ...]:
    return (Given(IdentityKind.COMPANY, person.organization),) if person.organization.strip() else ()


def _first_value(identities: tuple[Given, ...]) -> str:
    return next((clean(identity.value, lines=False).strip() for identity in identities if identity.value.strip()), "")


def _json(details: Mapping[str, str]) -> str:
    cleaned = {clean(key, lines=False): clean(value) for key, value in details.items() if value.strip()}
    return json.dumps(cleaned, ensure_ascii=False, sort_keys=True)
