"""What a keystroke in the look-up costs, a slip, a contact, a cold start, and how much room an identity takes.

    python -m benchmarks.lookup [--customers N] [--sessions N] [--touches N] [--folder PATH]

Times are CPU milliseconds of the thread, which neighbours on the machine don't change, except where a figure says wall.
"""

import argparse
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Beside, Figure, at_least, at_most, table
from benchmarks.making import SEED, Wanted, copy, kept
from benchmarks.questions import BAD, keystrokes, nonsense, sessions, slips
from desk.identifiers import ask
from desk.lookup import IdentityKind
from storage.connect import Connection, connect, writing
from storage.search import expressions
from storage.search.index import touch
from storage.search.query import HIGHEST, Finder
from storage.workspace import open_to_write

WARM = 1500
FEW = 40
NONSENSE = 5000
SLIPS = 1000
COLD = 20
LIKE = (
    "SELECT DISTINCT c.id FROM identity i JOIN customer c ON c.id = i.customer_id WHERE i.normal LIKE ? "
    "ORDER BY c.recency DESC LIMIT 10"
)
BARE_WORDS = "SELECT rowid FROM lookup WHERE lookup MATCH ? ORDER BY rowid LIMIT 30"
BARE_START = "SELECT customer_id FROM identity WHERE normal >= ? AND normal < ? LIMIT 13"
FORGIVEN = (
    (IdentityKind.NAME, "names", 0.96),
    (IdentityKind.PHONE, "phones", 0.97),
    (IdentityKind.EMAIL, "emails", 0.92),
)


def measure(connection: Connection, typed: int = 300, touches: int = 25_000) -> Iterator[Figure]:
    """Every figure of the look-up over an open workspace, which the last ones write to: `touches` contacts."""
    yield _size(connection)
    texts = keystrokes(sessions(connection, typed, SEED + 1))
    yield from _typing(connection, texts)
    yield from _crowds(connection)
    yield _anything(connection)
    yield from _slips(connection)
    yield _cold(connection, random.Random(SEED).sample(texts, COLD))
    yield from _touches(connection, touches, texts)


def _size(connection: Connection) -> Figure:
    (identities,) = connection.execute("SELECT count(*) FROM identity").fetchone()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return at_most("the whole file, an identity", _path(connection).stat().st_size / identities, "B", 200)


def _typing(connection: Connection, texts: Sequence[str]) -> Iterator[Figure]:
    # Imported here: it brings Textual.
    from screens.customers import search

    def rows(statement: str, *values: str) -> list[tuple[int]]:
        return connection.execute(statement, values).fetchall()

    finder = Finder(connection)
    for text in texts[:WARM]:
        finder.fast(text)
    words = _costs(lambda match: rows(BARE_WORDS, match), [words for text in texts if (words := _words(text))])
    starts = _costs(lambda text: rows(BARE_START, text, text + HIGHEST), texts)
    like = Beside(_at(_costs(lambda text: rows(LIKE, f"%{text}%"), _few(texts)), 0.5), "LIKE, newest first")
    found = _costs(finder.fast, texts)
    shown = _costs(lambda text: search(connection, text, ("US",), deep=False), texts)
    yield at_most("a keystroke, ten found, p50", _at(found, 0.5), "ms", 0.5, like, Beside(_at(words, 0.5), "bare FTS"))
    yield at_most("a keystroke, ten found, p99", _at(found, 0.99), "ms", 2, None, Beside(_at(words, 0.99), "bare FTS"))
    yield Figure("the same, p99", _at(found, 0.99), "ms", limit=Beside(_at(starts, 0.99), "bare B-tree"))
    yield at_most("a keystroke, the screen's thirty lines, p50", _at(shown, 0.5), "ms", 0.5)
    yield at_most("a keystroke, the screen's thirty lines, p99", _at(shown, 0.99), "ms", 2)


def _crowds(connection: Connection) -> Iterator[Figure]:
    finder = Finder(connection)
    for text in BAD:
        yield at_most(f"“{text}”", min(_costs(finder.fast, [text] * 5)), "ms", 2)


def _anything(connection: Connection) -> Figure:
    finder = Finder(connection)
    # The better of two, since once in thousands of times it is the machine.
    texts = nonsense(connection, NONSENSE, SEED + 2)
    most, text = max((min(_costs(finder.fast, [text, text])), text) for text in texts)
    return at_most(f"the worst of {NONSENSE:,} senseless texts, {text!a}", most, "ms", 15)


def _slips(connection: Connection) -> Iterator[Figure]:
    finder = Finder(connection)
    names = [name for (name,) in connection.execute("SELECT normal FROM identity WHERE kind = 1")]
    for kind, label, least in FORGIVEN:
        costs, found = [], 0
        asked = list(slips(connection, kind, SLIPS, SEED + kind))
        for owners, text in asked:
            start = time.thread_time()
            hits = finder.find(text)
            costs.append((time.thread_time() - start) * 1000)
            found += any(hit.customer_id in owners for hit in hits)
        peer = _brute_force(names, asked[:FEW]) if kind is IdentityKind.NAME else None
        yield at_least(f"{label} with a slip, found among ten", found / SLIPS, "of 1", least)
        yield at_most(f"{label} with a slip, p99", _at(costs, 0.99), "ms", 10, peer)


def _brute_force(names: Sequence[str], asked: Sequence[tuple[set[int], str]]) -> Beside:
    from rapidfuzz import fuzz, process

    def nearest(text: str) -> object:
        return process.extract(text, names, scorer=fuzz.WRatio, limit=10)

    return Beside(_at(_costs(nearest, [text for _, text in asked]), 0.99), "rapidfuzz over all names")


def _cold(connection: Connection, texts: Sequence[str]) -> Figure:
    """The first answer over a new connection to a file that no page of is in memory, by the clock."""
    path = _path(connection)
    costs = []
    for text in texts:
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        start = time.perf_counter()
        with closing(connect(path, read_only=True)) as opened:
            Finder(opened).fast(text)
        costs.append((time.perf_counter() - start) * 1000)
    return at_most(f"the first answer of a cold file, worst of {COLD}, wall", max(costs), "ms", 100)


def _touches(connection: Connection, count: int, texts: Sequence[str]) -> Iterator[Figure]:
    chance = random.Random(SEED + 3)
    (last,) = connection.execute("SELECT max(id) FROM customer").fetchone()
    finder = Finder(connection)
    before = _at(_costs(finder.fast, texts), 0.5)
    cpu, wall = [], []
    for _ in range(count):
        customer = chance.randint(1, last)
        start, clock = time.thread_time(), time.perf_counter()
        with writing(connection):
            touch(connection, customer)
        cpu.append((time.thread_time() - start) * 1000)
        wall.append((time.perf_counter() - clock) * 1000)
    after = _at(_costs(finder.fast, texts), 0.5)
    yield at_most("a contact", sum(cpu) / count, "ms", 0.35)
    yield at_most(f"the worst of {count:,} contacts, wall", max(wall), "ms", 70)
    yield Figure(f"a keystroke after {count:,} contacts, p50", after, "ms", Beside(before, "before them"))


def _words(text: str) -> str:
    return expressions.narrow(ask(text))


def _few(texts: Sequence[str]) -> list[str]:
    return random.Random(SEED).sample(texts, FEW)


def _costs(work: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    """Milliseconds of CPU that each takes."""
    costs = []
    for text in texts:
        start = time.thread_time()
        work(text)
        costs.append((time.thread_time() - start) * 1000)
    return costs


def _at(costs: Sequence[float], share: float) -> float:
    return sorted(costs)[min(len(costs) - 1, int(len(costs) * share))]


def _path(connection: Connection) -> Path:
    return Path(connection.execute("PRAGMA database_list").fetchone()[2])


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=21_000)
    parser.add_argument("--sessions", type=int, default=300)
    parser.add_argument("--touches", type=int, default=25_000)
    parser.add_argument("--folder", type=Path, default=None)
    given = parser.parse_args()
    with TemporaryDirectory(dir=given.folder) as folder:
        workspace = copy(kept(Wanted(given.customers, 0, 0), given.folder), Path(folder) / "workspace")
        with closing(open_to_write(workspace)) as connection:
            print(table(measure(connection, given.sessions, given.touches)))


if __name__ == "__main__":
    main()
