"""Who may be the same person as a customer: told by what both have, never merged by itself.

The invariants: the work is bounded however many customers there are (indexes alone, and a few rows of each); what
somebody said to be two people is never suggested again, whichever of their records are compared.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from desk.lookup import IdentityKind
from storage.connect import Connection
from storage.merges import listed, tree
from storage.search.query import Finder

# So many are shown, so many of an identity's other owners looked at, and so many names searched for with a typo.
MOST, OWNERS, NAMES = 5, 8, 6
# Whoever was in contact lately, for the list of all.
RECENT = 300

_TELLING = (IdentityKind.EMAIL, IdentityKind.PHONE, IdentityKind.ACCOUNT)
_WORDS = {
    IdentityKind.EMAIL: "the same address",
    IdentityKind.PHONE: "the same number",
    IdentityKind.ACCOUNT: "the same account",
}
_IDENTITIES = """
    SELECT kind, normal, value FROM identity WHERE customer_id = ? AND kind IN (1, 2, 3, 4, 6) ORDER BY known DESC, id
     LIMIT 40"""
_OWNERS = """
    SELECT coalesce(c.merged_into_id, c.id) FROM identity i JOIN customer c ON c.id = i.customer_id
     WHERE i.normal = ? AND i.kind = ? AND i.customer_id <> ? LIMIT ?"""
_NAMED = """
    SELECT c.id, c.name, coalesce(o.name, ''), c.plan, c.contacted_at FROM customer c
      LEFT JOIN organization o ON o.id = c.organization_id WHERE c.id = ? AND c.merged_into_id IS NULL
       AND NOT EXISTS(SELECT 1 FROM tombstone x WHERE x.customer_id = c.id)"""
_TOGETHER = """
    SELECT 1 FROM no_duplicate WHERE customer_id IN (SELECT value FROM json_each(?1))
       AND other_id IN (SELECT value FROM json_each(?2)) OR customer_id IN (SELECT value FROM json_each(?2))
       AND other_id IN (SELECT value FROM json_each(?1)) LIMIT 1"""
_LATELY = "SELECT id FROM customer WHERE merged_into_id IS NULL ORDER BY recency DESC LIMIT ?"
# Mail providers' domains are shared by strangers.
_SHARED = frozenset(
    (
        *(
            "gmail.com",
            "googlemail.com",
            "outlook.com",
            "hotmail.com",
            "live.com",
            "msn.com",
            "yahoo.com",
            "icloud.com",
        ),
        *(
            "me.com",
            "aol.com",
            "gmx.de",
            "gmx.net",
            "web.de",
            "t-online.de",
            "mail.ru",
            "yandex.ru",
            "qq.com",
            "163.com",
        ),
        *("proton.me", "protonmail.com", "orange.fr", "free.fr", "libero.it"),
    )
)


@dataclass(frozen=True, slots=True)
class Alike:
    """Somebody who may be the same person, and why."""

    customer_id: int
    name: str
    organization: str
    plan: str
    contacted_at: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two customers who may be one, the one in contact last first."""

    customer_id: int
    name: str
    other: Alike


def alike(connection: Connection, customer_id: int, *, typos: bool = True, most: int = MOST) -> tuple[Alike, ...]:
    """Who may be the same as this customer, the surest first."""
    records = tree(connection, customer_id)
    found: dict[int, Alike] = {}
    for other_id, why in _candidates(connection, customer_id, typos=typos):
        if len(found) >= most:
            break
        if other_id in found or other_id in records or _told_apart(connection, records, other_id):
            continue
        row = connection.execute(_NAMED, (other_id,)).fetchone()
        if row is not None:
            key, name, organization, plan, contacted_at = row
            found[other_id] = Alike(key, name, organization, plan, contacted_at, why)
    return tuple(found.values())


def pairs(connection: Connection, most: int = 100) -> tuple[Pair, ...]:
    """Pairs among those who were in contact lately, told by what both have; names alone aren't compared here."""
    found: list[Pair] = []
    seen: set[frozenset[int]] = set()
    for (customer_id,) in connection.execute(_LATELY, (RECENT,)).fetchall():
        row = connection.execute(_NAMED, (customer_id,)).fetchone()
        for other in alike(connection, customer_id, typos=False) if row else ():
            both = frozenset((customer_id, other.customer_id))
            if both not in seen and len(found) < most:
                seen.add(both)
                found.append(Pair(customer_id, row[1], other))
    return tuple(found)


def _candidates(connection: Connection, customer_id: int, *, typos: bool) -> Iterator[tuple[int, str]]:
    identities = connection.execute(_IDENTITIES, (customer_id,)).fetchall()
    for kind, normal, _ in identities:
        if kind in _TELLING:
            for (other,) in connection.execute(_OWNERS, (normal, kind, customer_id, OWNERS)).fetchall():
                yield other, _WORDS[IdentityKind(kind)]
    domains = {normal.partition("@")[2] for kind, normal, _ in identities if kind == IdentityKind.EMAIL} - _SHARED
    companies = {normal for kind, normal, _ in identities if kind == IdentityKind.COMPANY}
    names = [(normal, value) for kind, normal, value in identities if kind == IdentityKind.NAME and " " in normal]
    for normal, _ in names:
        for (other,) in connection.execute(_OWNERS, (normal, IdentityKind.NAME, customer_id, OWNERS)).fetchall():
            if why := _beside(connection, other, domains, companies):
                yield other, f"the same name, {why}"
    finder = Finder(connection)
    for _, value in names[:1] if typos and (domains or companies) else ():
        for hit in finder.deep(value, NAMES, ()):
            if hit.match == "typo" and (why := _beside(connection, hit.customer_id, domains, companies)):
                yield hit.customer_id, f"nearly the same name, {why}"


def _beside(connection: Connection, other_id: int, domains: set[str], companies: set[str]) -> str:
    """What another has of these besides the name."""
    for kind, normal, _ in connection.execute(_IDENTITIES, (other_id,)).fetchall():
        if kind == IdentityKind.EMAIL and normal.partition("@")[2] in domains:
            return f"both at {normal.partition('@')[2]}"
        if kind == IdentityKind.COMPANY and normal in companies:
            return "the same company"
    return ""


def _told_apart(connection: Connection, records: list[int], other_id: int) -> bool:
    asked = (listed(records), listed(tree(connection, other_id)))
    return connection.execute(_TOGETHER, asked).fetchone() is not None
