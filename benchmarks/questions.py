"""What is typed into the look-up: whole sessions of somebody who looks for one customer, slips, and plain nonsense.

Always the same ones over the same workspace. Seven sessions in ten look for one of the tenth that was last in contact.
"""

import random
import string
from collections.abc import Iterator

from desk.lookup import IdentityKind
from storage.connect import Connection

# What meets the largest crowds, and what is half of something.
BAD = ("j", "john", "@gmail.com", "555", "0134", "smith john", "smi john", "maria g", "jhon smiht")
_KINDS = {
    IdentityKind.NAME: 32,
    IdentityKind.EMAIL: 20,
    IdentityKind.PHONE: 22,
    IdentityKind.ACCOUNT: 8,
    IdentityKind.ORDER: 8,
    IdentityKind.COMPANY: 7,
}
_LONGEST = 24
_CROWDS = (
    *(
        "a",
        "j",
        "m",
        "s",
        "1",
        "4",
        "44",
        "141",
        "555",
        "0",
        "00",
        "so",
        "ac",
        "john",
        "maria",
        "anna",
        "smith",
        "mart",
    ),
    *(
        "gmail",
        "com",
        "outlook",
        "gmail.com",
        "@",
        "@gmail",
        "yahoo.com",
        "+",
        "+1",
        "+44",
        "0134",
        "2024",
        "berg",
        "son",
    ),
    *("~", "*", '"', "'", "(", ")", "AND", "OR", "NOT", "NEAR", "-", ".", "_", "%", "#", "de", "ü", "ß", "李", "мар"),
)
_ALPHABET = f"{string.ascii_lowercase}{string.digits} @.+-_'\"*()#~:/^{{}}äéßñ李мар\u0301\u200b"


def sessions(connection: Connection, count: int, seed: int) -> list[tuple[int, str]]:
    """Customers, and what is typed for each until they are found or all is said."""
    chance = random.Random(seed)
    return [_session(connection, chance) for _ in range(count)]


def keystrokes(typed: list[tuple[int, str]]) -> list[str]:
    """Every text that stood in the field while these were typed."""
    return [text[:end] for _, text in typed for end in range(1, len(text) + 1)]


def slips(connection: Connection, kind: IdentityKind, count: int, seed: int) -> Iterator[tuple[set[int], str]]:
    """Identities of a kind with one slip each, and everybody who is known by the right one."""
    chance = random.Random(seed)
    while count:
        _, value, normal = _identity(connection, chance, kind, recent=chance.random() < 0.7)
        # A number is dialled as it is stored; everything else is typed as it is written.
        right = normal if kind is IdentityKind.PHONE else value
        wrong = slip(chance, right)
        if wrong != right:
            rows = connection.execute("SELECT customer_id FROM identity WHERE normal = ? AND kind = ?", (normal, kind))
            yield {customer for (customer,) in rows}, wrong
            count -= 1


def slip(chance: random.Random, value: str) -> str:
    """`value` with one letter changed, added, left out, or swapped with the next, never the first one."""
    if len(value) < 2:
        return value
    at = chance.randrange(1, len(value))
    letter = chance.choice(string.digits if value[-1].isdigit() and value[0] in "+0" else string.ascii_lowercase)
    match chance.randrange(4):
        case 0:
            return value[:at] + letter + value[at + 1 :]
        case 1:
            return value[:at] + letter + value[at:]
        case 2:
            return value[:at] + value[at + 1 :]
        case _:
            at = min(at, len(value) - 2)
            return value[:at] + value[at + 1] + value[at] + value[at + 2 :]


def nonsense(connection: Connection, count: int, seed: int) -> Iterator[str]:
    """Texts that no one means: crowds beside crowds, pieces of identities run together, letters at random."""
    chance = random.Random(seed)
    for number in range(count):
        match number % 4:
            case 0:
                yield " ".join(chance.choices(_CROWDS, k=chance.randint(1, 4)))
            case 1:
                yield "".join(chance.choices(_ALPHABET, k=chance.randint(1, 40)))
            case 2:
                pieces = (_piece(connection, chance) for _ in range(chance.randint(1, 3)))
                yield chance.choice((" ", "", "@", ".")).join(pieces)
            case _:
                yield f"{chance.choice(_CROWDS)}{chance.choice((' ', '', '@'))}{_piece(connection, chance)}"


def _piece(connection: Connection, chance: random.Random) -> str:
    _, value, _ = _identity(connection, chance, chance.choice(list(_KINDS)), recent=False)
    start = chance.randrange(len(value))
    return value[start : start + chance.randint(1, 12)]


def _session(connection: Connection, chance: random.Random) -> tuple[int, str]:
    (kind,) = chance.choices(list(_KINDS), list(_KINDS.values()))
    customer, value, _ = _identity(connection, chance, kind, recent=chance.random() < 0.7)
    if kind is IdentityKind.NAME and chance.random() < 0.3:
        value = " ".join(reversed(value.split()))
    if kind is IdentityKind.PHONE and chance.random() < 0.4:
        value = value[-chance.choice((4, 5, 6, 7)) :]
    return customer, value[:_LONGEST]


def _identity(
    connection: Connection, chance: random.Random, kind: IdentityKind, *, recent: bool
) -> tuple[int, str, str]:
    """Somebody's identity of that kind: customer, value and normal form."""
    (last,) = connection.execute("SELECT max(id) FROM customer").fetchone()
    while True:
        customer = chance.randint(last - last // 10 if recent else 1, last)
        rows = connection.execute(
            "SELECT customer_id, value, normal FROM identity WHERE customer_id = ? AND kind = ?", (customer, kind)
        ).fetchall()
        if rows:
            found: tuple[int, str, str] = chance.choice(rows)
            return found
