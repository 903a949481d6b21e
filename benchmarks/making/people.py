"""Customers with five identities each on average, the same ones for the same seed, and how they get into a workspace.

The queries that hurt (`j`, `john`, `@gmail.com`, `555`) must meet their crowds. Every identity comes with its normal
form, made with it where that is quicker than working it out again: it is the one that `desk.identifiers` gives.
"""

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import islice

from benchmarks.making import phones
from benchmarks.making.calendar import NOW, SPAN, uid
from benchmarks.making.names import SYLLABLES, Language, Name, invented, languages, shares
from benchmarks.making.rows import indexed_afterwards
from desk.identifiers import normal_form
from desk.lookup import IdentityKind
from storage.connect import Connection
from storage.search.index import rebuild

BATCH = 20_000
_TRADES = "Logistics Foods Systems Media Health Energy Partners Labs Software Retail Motors Design Travel Studios"
_ENDINGS = ("tec", "lux", "mar", "co", "port", "line", "well", "ford", "wood", "ic", "soft", "land")
# Most of those with no address of their own firm: with them, gmail.com has 35 % of all addresses.
_FREE = ("gmail.com", "outlook.com", "yahoo.com", "hotmail.com", "icloud.com", "proton.me", "")
_FREE_SHARES = (47, 12, 12, 8, 5, 2, 14)
_PLANS = ("", "", "", "Basic", "Basic", "Pro", "Business")
# What those are called who go by another name too.
_NICKNAMES = """
Robert:Bob William:Bill Elizabeth:Liz James:Jim Michael:Mike Richard:Dick Thomas:Tom Joseph:Joe Charles:Chuck
Christopher:Chris Matthew:Matt Anthony:Tony Jennifer:Jenny Daniel:Dan David:Dave Francisco:Paco José:Pepe Antonio:Toni
Giuseppe:Beppe Francesca:Cesca Krzysztof:Krzyś Katarzyna:Kasia Wolfgang:Wolfi Ursula:Uschi Иван:Ваня Мария:Маша
Дмитрий:Дима Сергей:Серёжа Елена:Лена
"""

# Kind, as it was given, normal form.
Identity = tuple[IdentityKind, str, str]


@dataclass(frozen=True, slots=True)
class Person:
    """One customer to be: their name, identities, company and details."""

    name: str
    identities: tuple[Identity, ...]
    company: str = ""
    details: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Company:
    name: str
    normal: str
    domain: str


def identity(kind: IdentityKind, value: str) -> Identity:
    """An identity with its normal form worked out."""
    return kind, value, normal_form(kind, value)


def people(count: int, seed: int) -> Iterator[Person]:
    """So many people, the same ones for the same count and seed; those that come last wrote last."""
    chance = random.Random(seed)
    spoken = languages(chance, count)
    weights = [language.share for language in spoken]
    companies = list(_companies(chance, max(50, count // 17)))
    company_shares = shares(len(companies), 0.7)
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        chosen = chance.choices(spoken, weights, k=size)
        employers = chance.choices(companies, cum_weights=company_shares, k=size)
        for number, (language, company) in enumerate(zip(chosen, employers, strict=True), start):
            (first,) = chance.choices(language.given, cum_weights=language.given_shares)
            (last,) = chance.choices(language.family, cum_weights=language.family_shares)
            yield _person(chance, number, language, first, last, company if chance.random() < 0.3 else None)


def fill(connection: Connection, persons: Iterable[Person]) -> None:
    """Write these people, newest last, into a workspace without customers, and build the look-up over them."""
    with indexed_afterwards(connection, ("customer", "identity", "organization")):
        _write(connection, persons)
    rebuild(connection)


def _write(connection: Connection, persons: Iterable[Person]) -> None:
    organizations: dict[str, int] = {}
    remaining = enumerate(persons, 1)
    while batch := list(islice(remaining, BATCH)):
        known = len(organizations)
        for _, person in batch:
            if person.company:
                organizations.setdefault(person.company, len(organizations) + 1)
        connection.executemany(
            "INSERT INTO organization(id, uid, name, domain, note, created_at) VALUES(?, ?, ?, '', '', ?)",
            [
                (key, uid(NOW - SPAN, key, 1), name, NOW - SPAN)
                for name, key in islice(organizations.items(), known, None)
            ],
        )
        connection.executemany(
            "INSERT INTO customer(id, uid, name, organization_id, plan, note, mood, flags, details, contacted_at,"
            " recency, created_at, updated_at) VALUES(?, ?, ?, ?, ?, '', 0, '[]', ?, ?, ?, ?, ?)",
            [
                (number, uid(NOW - SPAN, number, 2), person.name, organizations.get(person.company),
                 _PLANS[number % len(_PLANS)], json.dumps(person.details), NOW - SPAN + number, number, NOW - SPAN, NOW)
                for number, person in batch
            ],
        )  # fmt: skip
        connection.executemany(
            "INSERT INTO identity(customer_id, kind, value, normal, known) VALUES(?, ?, ?, ?, 1)",
            [(number, *entry) for number, person in batch for entry in _different(person.identities)],
        )


def _different(identities: Iterable[Identity]) -> Iterable[Identity]:
    """Each identity once: the index that would refuse the second is not there yet."""
    return {(kind, normal): (kind, value, normal) for kind, value, normal in identities}.values()


def _person(
    chance: random.Random, number: int, language: Language, first: Name, last: Name, company: _Company | None
) -> Person:
    name = language.join(first.written, last.written)
    identities: list[Identity] = [(IdentityKind.NAME, name, language.join(first.normal, last.normal))]
    nickname = _nicknames().get(first.written)
    if nickname is not None and chance.random() < 0.25:
        identities.append(identity(IdentityKind.NAME, language.join(nickname, last.written)))
    for _ in range(_several(chance.random(), 0.10, 0.85)):
        address = _address(chance, language, first.latin, last.latin, company)
        # People write capitals where they like; addresses are kept without them.
        identities.append((IdentityKind.EMAIL, address.title() if chance.random() < 0.03 else address, address))
    numbers = (phones.number(chance, language.region) for _ in range(_several(chance.random(), 0.20, 0.85)))
    identities.extend((IdentityKind.PHONE, *number) for number in numbers)
    account = str(1_000_000 + number * 7919 % 9_000_011)
    identities.append((IdentityKind.ACCOUNT, f"AC-{account}", f"ac{account}"))
    for _ in range(_several(chance.random(), 0.64, 0.86)):
        order = str(10_000_000 + int(chance.random() * 60_000_000))
        identities.append((IdentityKind.ORDER, f"SO-{order}", f"so{order}"))
    if chance.random() < 0.05:
        handle = f"{first.latin}_{last.latin}{int(chance.random() * 100)}"
        identities.append((IdentityKind.HANDLE, f"@{handle}", handle))
    if company is None:
        return Person(name, tuple(identities))
    identities.append((IdentityKind.COMPANY, company.name, company.normal))
    return Person(name, tuple(identities), company.name)


@cache
def _nicknames() -> dict[str, str]:
    return {name: short for name, _, short in (pair.partition(":") for pair in _NICKNAMES.split())}


def _several(drawn: float, none: float, one: float) -> int:
    """None, one, two or (rarely) three, by where a number below one falls."""
    return 0 if drawn < none else 1 if drawn < one else 2 if drawn < 1 - (1 - one) / 4 else 3


def _address(chance: random.Random, language: Language, first: str, last: str, company: _Company | None) -> str:
    digits = int(chance.random() * 10_000)
    match int(chance.random() * 5):
        case 0:
            local = f"{first}.{last}"
        case 1:
            local = f"{first}{last}{digits % 100}"
        case 2:
            local = f"{first[0]}{last}{digits % 1000}"
        case 3:
            local = f"{last}.{first}{digits % 100}"
        case _:
            local = f"{first}_{digits}"
    if company is not None and chance.random() < 0.85:
        return f"{local}@{company.domain}"
    (domain,) = chance.choices(_FREE, _FREE_SHARES)
    return f"{local}@{domain or chance.choice(language.domains)}"


def _companies(chance: random.Random, count: int) -> Iterator[_Company]:
    trades = _TRADES.split()
    for word, _ in invented(chance, count, _ENDINGS, 3, SYLLABLES):
        name = f"{word} {chance.choice(trades)}"
        normal = normal_form(IdentityKind.COMPANY, name)
        yield _Company(name, normal, f"{normal.replace(' ', '')}.com")
