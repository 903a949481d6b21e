"""Making the demo's customers: names of several languages, several identities each, some with two records' worth."""

import random
from dataclasses import dataclass

from console.demo.content import Cast, Names
from desk.identifiers import fold
from desk.lookup import IdentityKind
from desk.times import DAY
from storage.ingest.records import CustomerRecord, IdentityRecord


@dataclass(frozen=True, slots=True)
class Made:
    """A customer as made, with what a story about them may name."""

    person: CustomerRecord
    first: str
    email: str
    phone: str
    account: str
    order: str


# The three whom the guide's walkthroughs name; the first two are looked up there by the digits 0134 and 4471.
STARS = (
    ("Ana Ruiz", "Ana", "ana.ruiz@example.org", "+1 415 555 0134", "220814471", "8841", "Pro", ""),
    ("Li Wei", "Wei", "li.wei@example.com", "+86 10 5555 1271", "220815102", "8850", "Basic", ""),
    ("Sam O'Hara", "Sam", "sam@tidewater.example", "+353 1 555 0177", "220817733", "8862", "Office", "Tidewater Press"),
)


def stars(now: int) -> list[Made]:
    """The customers with fixed names."""
    return [
        _made(now, name, email, phone, account, order, plan, organization, 1_400, first=first)
        for name, first, email, phone, account, order, plan, organization in STARS
    ]


def customers(dice: random.Random, cast: Cast, count: int, now: int) -> list[Made]:
    """`count` customers; the same dice make the same people."""
    weights = [names.weight for names in cast.names]
    return [_customer(dice, cast, dice.choices(cast.names, weights)[0], place, now) for place in range(count)]


def _customer(dice: random.Random, cast: Cast, names: Names, place: int, now: int) -> Made:
    given, family = dice.choice(names.given), dice.choice(names.family)
    name = f"{family} {given}" if names.country == "CN" else f"{given} {family}"
    local = f"{_letters(given)}.{_letters(family)}{dice.choice(('', '', place % 90 + 10))}"
    organization = dice.choice(cast.organizations) if dice.random() < 0.15 else ""
    domain = f"{_letters(organization)}.example" if organization else dice.choice(cast.domains)
    phone = names.phone.format(dice.randrange(1_000), dice.randrange(100)) if dice.random() < 0.8 else ""
    return _made(
        now,
        name,
        f"{local}@{domain}",
        phone,
        f"22{dice.randrange(10_000_000):07}",
        str(10_000 + place * 7 + dice.randrange(7)),
        dice.choices(cast.plans, (4, 3, 2, 1))[0],
        organization,
        dice.randrange(20, 2_200),
        first=given,
    )


def _made(
    now: int,
    name: str,
    email: str,
    phone: str,
    account: str,
    order: str,
    plan: str,
    organization: str,
    days: int,
    *,
    first: str,
) -> Made:
    given = [
        IdentityRecord(kind, value)
        for kind, value in (
            (IdentityKind.EMAIL, email), (IdentityKind.ACCOUNT, account), (IdentityKind.ORDER, order),
        )
    ]  # fmt: skip
    if phone:
        # Every fifth number was only seen in a signature so far.
        given.append(IdentityRecord(IdentityKind.PHONE, phone, known=int(account) % 5 != 0))
    person = CustomerRecord(name, tuple(given), organization, since=now - days * DAY, plan=plan)
    return Made(person, first, email, phone, account, order)


def _letters(name: str) -> str:
    return "".join(letter for letter in fold(name) if letter.isalnum())
