"""People for the benchmarks, made up from syllables with a fixed seed, and how they get into a workspace.

Names follow a law of few common and many rare ones, as real ones do: the queries that hurt (`j`, `john`, `@gmail.com`,
`555`) must meet their crowds.
"""

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate, islice

from desk.identifiers import normal_form
from desk.ids import new_uid
from desk.lookup import IdentityKind
from storage.connect import Connection
from storage.search.index import rebuild

SEED = 20261
BATCH = 20_000
DAY = 86_400_000_000
NOW = 1_760_000_000_000_000

_GIVEN = """John Mary James Robert Michael Jennifer David Linda William Maria Anna Peter Sarah Daniel Laura
Johnny Johanna Jon Thomas Julia Paul Eva Martin Lena Carlos Ana Luis Marta Sven Ingrid Piotr
Agnieszka Pierre Claire Marco Giulia Kofi Amina Wei Mei Hiro Yuki Arjun Priya Omar Leila Jan Sanne
Björn Åsa José Lucía Jürgen Käthe François Zoë Søren Łukasz Siobhán Conor Fatima Yusuf Olga Dmitri
Chloe Ethan Grace Hugo Iris Jonas Karin Leo Nina Oscar Paula Quentin Rosa Simon Tara Ulrich Vera
Walter Xenia Yvonne Zack Bob Liz Bill Kate"""
_FAMILY = """Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Wilson Anderson
Thomas Taylor Moore Jackson Martin Lee Müller Schmidt Weber O'Hara O'Brien Dubois Rossi Novák Kowalski Nguyen Kim Singh
Ruiz Silva Santos Petrov Larsen Jensen Virtanen Yilmaz"""
_SYLLABLES = """ba ber bo cha da den el er fa far ga gen ha hol in ja ka kar la lin ma mar na nor o pa per ra ros sa ser
ta tor u va ver wa win ya zi"""
_ENDINGS = "son man ski ov ez ini sen berg er ley ton well ford wood ic idis oglu dottir field"
_TRADES = "Logistics Foods Systems Media Health Energy Partners Labs Software Retail Motors Design Travel Studios"
_FREE = ("gmail.com", "outlook.com", "yahoo.com", "hotmail.com", "icloud.com", "proton.me")
_FREE_SHARES = (57, 13, 13, 10, 5, 2)
# Calling code, length of the rest, share.
_COUNTRIES = (("1", 10, 60), ("44", 10, 14), ("49", 10, 10), ("34", 9, 6), ("33", 9, 6), ("48", 9, 4))


@dataclass(frozen=True, slots=True)
class Person:
    """One customer to be: their name, identities as given, and details."""

    name: str
    identities: tuple[tuple[IdentityKind, str], ...]
    details: dict[str, str] = field(default_factory=dict)


def people(count: int, seed: int = SEED) -> Iterator[Person]:
    """`count` people with five identities each on average, the same ones for the same seed."""
    chance = random.Random(seed)
    given = [*_GIVEN.split(), *_invented(chance, 3000, 1)]
    family = [*_FAMILY.split(), *_invented(chance, min(90_000, 2000 + count // 8), 3)]
    companies = [f"{name} {chance.choice(_TRADES.split())}" for name in _invented(chance, max(50, count // 17), 2)]
    given_shares = _shares(len(given), 1.05)
    family_shares = _shares(len(family), 0.85)
    company_shares = _shares(len(companies), 0.7)
    for number in range(count):
        first = chance.choices(given, cum_weights=given_shares)[0]
        last = chance.choices(family, cum_weights=family_shares)[0]
        company = chance.choices(companies, cum_weights=company_shares)[0] if chance.random() < 0.3 else ""
        yield _person(chance, number, first, last, company)


def fill(connection: Connection, persons: Iterable[Person]) -> None:
    """Write these people, newest last, into an empty workspace and index them."""
    remaining = enumerate(persons, 1)
    while batch := list(islice(remaining, BATCH)):
        connection.executemany(
            "INSERT INTO customer(id, uid, name, plan, note, mood, flags, details, contacted_at, recency, created_at, "
            "updated_at) VALUES (?, ?, ?, '', '', 0, '[]', ?, ?, ?, ?, ?)",
            [
                (number, new_uid(), person.name, json.dumps(person.details), NOW + number, number, NOW, NOW)
                for number, person in batch
            ],
        )
        connection.executemany(
            "INSERT OR IGNORE INTO identity(customer_id, kind, value, normal, known) VALUES (?, ?, ?, ?, 1)",
            [
                (number, kind, value, _normal(kind, value))
                for number, person in batch
                for kind, value in person.identities
            ],
        )
    rebuild(connection)


def _normal(kind: IdentityKind, value: str) -> str:
    # Numbers are made in their international form; to parse a million of them would only time the library.
    return value if kind is IdentityKind.PHONE else normal_form(kind, value)


def _person(chance: random.Random, number: int, first: str, last: str, company: str) -> Person:
    identities = [(IdentityKind.NAME, f"{first} {last}")]
    emails, phones = chance.choices((0, 1, 2), (10, 75, 15))[0], chance.choices((0, 1, 2), (20, 65, 15))[0]
    orders = chance.choices((0, 1, 2, 3), (58, 24, 10, 8))[0]
    identities += [(IdentityKind.EMAIL, _address(chance, first, last, company)) for _ in range(emails)]
    identities += [(IdentityKind.PHONE, _number(chance)) for _ in range(phones)]
    identities.append((IdentityKind.ACCOUNT, f"AC-{1_000_000 + number * 7919 % 9_000_011}"))
    identities += [(IdentityKind.ORDER, f"SO-{chance.randrange(10_000_000, 70_000_000)}") for _ in range(orders)]
    if company:
        identities.append((IdentityKind.COMPANY, company))
    return Person(f"{first} {last}", tuple(identities))


def _address(chance: random.Random, first: str, last: str, company: str) -> str:
    given, family = (normal_form(IdentityKind.NAME, name).replace(" ", "") for name in (first, last))
    local = chance.choice(
        (
            f"{given}.{family}",
            f"{given}{family}{chance.randrange(100)}",
            f"{given[0]}{family}{chance.randrange(1000)}",
            f"{family}.{given}{chance.randrange(100)}",
            f"{given}_{chance.randrange(10_000)}",
        )
    )
    if company and chance.random() < 0.85:
        return f"{local}@{normal_form(IdentityKind.COMPANY, company).replace(' ', '')}.com"
    return f"{local}@{chance.choices(_FREE, _FREE_SHARES)[0]}"


def _number(chance: random.Random) -> str:
    code, length, _ = chance.choices(_COUNTRIES, [share for _, _, share in _COUNTRIES])[0]
    if code == "1":
        exchange = 555 if chance.random() < 0.03 else chance.randrange(200, 990)
        return f"+1{chance.randrange(201, 990)}{exchange}{chance.randrange(10_000):04d}"
    return f"+{code}7{chance.randrange(10 ** (length - 1)):0{length - 1}d}"


def _invented(chance: random.Random, count: int, syllables: int) -> list[str]:
    parts, endings = _SYLLABLES.split(), _ENDINGS.split()
    made: dict[str, None] = {}
    while len(made) < count:
        start = "".join(chance.choices(parts, k=chance.randint(1, syllables + 1)))
        made[(start + chance.choice(endings)).capitalize()] = None
    return list(made)


def _shares(count: int, steepness: float) -> list[float]:
    return list(accumulate(1 / (rank + 8) ** steepness for rank in range(count)))
