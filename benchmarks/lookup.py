"""What a keystroke in the look-up costs, beside the bare statements (the limit) and what people use otherwise (peers).

    python -m benchmarks.lookup [--customers N] [--sessions N] [--folder PATH]

Times are CPU milliseconds of the thread, which neighbours on the machine don't change.
"""

import argparse
import random
import string
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.making import SEED, Wanted, copy, kept
from desk.identifiers import ask
from desk.lookup import IdentityKind
from storage.connect import Connection, writing
from storage.search import expressions
from storage.search.index import touch
from storage.search.query import HIGHEST, Finder
from storage.workspace import Workspace, open_to_write

BAD = ("j", "john", "a", "@gmail.com", "555", "com", "maria g", "0134", "smith john", "gmail", "john smith foods")
KINDS = (
    (IdentityKind.NAME, 32),
    (IdentityKind.EMAIL, 20),
    (IdentityKind.PHONE, 22),
    (IdentityKind.ACCOUNT, 8),
    (IdentityKind.ORDER, 8),
    (IdentityKind.COMPANY, 7),
)
LIKE = (
    "SELECT DISTINCT c.id FROM identity i JOIN customer c ON c.id = i.customer_id WHERE i.normal LIKE ? "
    "ORDER BY c.recency DESC LIMIT 10"
)
OWNERS = (
    "SELECT i.customer_id FROM identity i WHERE (i.normal, i.kind) IN "
    "(SELECT normal, kind FROM identity WHERE customer_id = ? AND kind = ? AND value = ?)"
)
BARE_WORDS = "SELECT rowid FROM lookup WHERE lookup MATCH ? ORDER BY rowid DESC LIMIT 30"
BARE_START = "SELECT customer_id FROM identity WHERE normal >= ? AND normal < ? LIMIT 12"


def main() -> None:
    """Make the people, then print every figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=21_000)
    parser.add_argument("--sessions", type=int, default=300)
    parser.add_argument("--folder", type=Path, default=None)
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        made = kept(Wanted(arguments.customers, 0, 0), arguments.folder)
        workspace = copy(made, Path(folder) / "workspace")
        connection = open_to_write(workspace)
        _sizes(connection, workspace)
        chance = random.Random(SEED + 1)
        _typing(connection, chance, arguments)
        _typos(connection, chance, arguments.customers)
        _touches(connection, chance, arguments.customers)
        connection.close()


def _sizes(connection: Connection, workspace: Workspace) -> None:
    identities = connection.execute("SELECT count(*) FROM identity").fetchone()[0]
    size = workspace.database.stat().st_size
    print(f"{identities} identities, {size / 1e6:.0f} MB in all, {size / identities:.0f} bytes an identity")


def _typing(connection: Connection, chance: random.Random, arguments: argparse.Namespace) -> None:
    finder = Finder(connection)
    typed = [typed_for(connection, chance, arguments.customers) for _ in range(arguments.sessions)]
    keystrokes = [text[:end] for _, text in typed for end in range(1, len(text) + 1)]
    for text in keystrokes[:500]:
        finder.fast(text)

    def rows(statement: str, *values: str) -> list[tuple[int]]:
        return connection.execute(statement, values).fetchall()

    print(f"{len(typed)} sessions, {len(keystrokes)} keystrokes, CPU ms")
    matches = [expression for text in keystrokes if (expression := expressions.narrow(ask(text)))]
    few = chance.sample(keystrokes, 40)
    _line("limit: bare FTS statement", [cost(rows, BARE_WORDS, match) for match in matches])
    _line("limit: bare B-tree statement", [cost(rows, BARE_START, text, text + HIGHEST) for text in keystrokes])
    _line("heard, first tiers, ranked and hydrated", [cost(finder.fast, text) for text in keystrokes])
    _line("heard, every tier as needed", [cost(finder.find, text) for text in keystrokes])
    _line("peer: SQLite LIKE '%x%', newest first", [cost(rows, LIKE, f"%{text}%") for text in few])
    _line("peer: rapidfuzz over all names", _brute_force(connection, few))
    for text in BAD:
        _line(repr(text), [cost(finder.fast, text) for _ in range(5)])
        _line(f"{text!r}, every tier", [cost(finder.find, text) for _ in range(5)])
    reached = sum(_finds(finder, text, customer) for customer, text in typed)
    print(f"  the one who was meant is among ten at the end of typing: {reached} of {len(typed)}")


def _finds(finder: Finder, text: str, customer: int) -> bool:
    return customer in [hit.customer_id for hit in finder.find(text)]


def _brute_force(connection: Connection, texts: Sequence[str]) -> list[float]:
    from rapidfuzz import fuzz, process

    names = [name for (name,) in connection.execute("SELECT normal FROM identity WHERE kind = 1")]

    def nearest(text: str) -> object:
        return process.extract(text, names, scorer=fuzz.WRatio, limit=10)

    return [cost(nearest, text) for text in texts]


def typed_for(connection: Connection, chance: random.Random, customers: int) -> tuple[int, str]:
    """A customer and what is typed for them; most are among those who wrote last."""
    while True:
        kind = chance.choices([kind for kind, _ in KINDS], [share for _, share in KINDS])[0]
        customer, value = _identity(connection, chance, customers, kind)
        if not value:
            continue
        if kind is IdentityKind.NAME and chance.random() < 0.3:
            value = " ".join(reversed(value.split()))
        if kind is IdentityKind.PHONE and chance.random() < 0.4:
            value = value[-chance.choice((4, 5, 6, 7)) :]
        return customer, value[:24]


def _identity(connection: Connection, chance: random.Random, customers: int, kind: IdentityKind) -> tuple[int, str]:
    recent = chance.random() < 0.7
    customer = (
        chance.randrange(customers - customers // 10, customers) + 1 if recent else chance.randrange(customers) + 1
    )
    rows = connection.execute(
        "SELECT value FROM identity WHERE customer_id = ? AND kind = ?", (customer, kind)
    ).fetchall()
    return customer, chance.choice(rows)[0] if rows else ""


def _typos(connection: Connection, chance: random.Random, customers: int) -> None:
    """Recall@10 after one random slip; anyone with the true identity counts."""
    finder = Finder(connection)
    for kind, label in ((IdentityKind.NAME, "names"), (IdentityKind.PHONE, "phones"), (IdentityKind.EMAIL, "emails")):
        hits, costs = 0, []
        asked = 0
        while asked < 400:
            customer, value = _identity(connection, chance, customers, kind)
            wrong = slip(chance, value) if value else value
            if wrong == value:
                continue
            asked += 1
            owned = connection.execute(OWNERS, (customer, kind, value)).fetchall()
            owners = {customer for (customer,) in owned}
            start = time.thread_time()
            found = finder.find(wrong)
            costs.append(time.thread_time() - start)
            hits += bool(owners & {hit.customer_id for hit in found})
        _line(f"one slip in {label}: recall@10 {hits / asked:.3f}", costs)


def slip(chance: random.Random, value: str) -> str:
    """`value` with one letter changed, added, left out, or swapped with the next, never the first one."""
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


def _touches(connection: Connection, chance: random.Random, customers: int) -> None:
    costs = []
    for _ in range(300):
        customer = chance.randrange(customers) + 1
        start = time.thread_time()
        with writing(connection):
            touch(connection, customer)
        costs.append(time.thread_time() - start)
    _line("touch, each in its own transaction", costs)


def cost(work: Callable[..., object], *given: str) -> float:
    """Seconds of CPU that it takes."""
    start = time.thread_time()
    work(*given)
    return time.thread_time() - start


def _line(label: str, costs: list[float]) -> None:
    costs = sorted(each * 1000 for each in costs)
    middle, high = costs[len(costs) // 2], costs[min(len(costs) - 1, int(len(costs) * 0.99))]
    print(f"  {label:<44} p50 {middle:8.3f}  p99 {high:8.3f}  max {costs[-1]:8.2f}")


if __name__ == "__main__":
    main()
