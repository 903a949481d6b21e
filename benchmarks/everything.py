"""Every benchmark at a size that takes minutes, as one table: what Heard takes, peers, limits, goals.

    python -m benchmarks.everything [--write docs/performance.md] [--runs 5]

Those that need ../shared/data are left out where it isn't there, and the table says so.
"""

import argparse
import os
import platform
import random
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import febrl, imports, lookup, mail_accuracy, queue, terminal
from benchmarks.figures import Beside, Figure, at_least, at_most, table
from benchmarks.made_tickets import make
from benchmarks.people import SEED, fill, people
from desk.identifiers import ask, fold
from storage.connect import writing
from storage.search import expressions
from storage.search.query import Finder
from storage.workspace import Workspace, open_to_read, open_to_write

QUEUE_TICKETS = 50_000
CUSTOMERS = 21_000
SESSIONS = 100

HEAD = """# Performance

Made by `make bench` (`python -m benchmarks.everything --write docs/performance.md`), {date}, on {machine}.

Every peer and every limit was measured in the same run. A *peer* is what does the same thing elsewhere; a *limit* is
what it can't be faster than (the bare SQL statement, reading mails without storing them). The ratio is Heard to the
peer, else to the limit. Times in a terminal are the best of {runs} runs from outside, over a pseudo-terminal of
120×40, with everything compiled; those of the look-up are medians of CPU time. The queue has {tickets:,} tickets, the
look-up {customers:,} customers, the console in the terminal 1,000 tickets.

"Textual list" is the smallest Textual application with a list of 1,000 rows and a cursor, "Textual line" one with a
line of text (`benchmarks/bare.py`). The keyboard is live when the first `j`, pressed every 20 ms from the first rows
on, has moved the cursor. Memory is warm when SQLModel has been imported. A cursor key's bytes don't hold the preview,
which is drawn when the cursor rests for 80 ms.

{table}
"""


def start(runs: int) -> Iterator[Figure]:
    """The console in a terminal."""
    with TemporaryDirectory() as folder:
        for found in terminal.measure(terminal.prepare(Path(folder), 1000), runs):
            yield found.figure()


def lists() -> Iterator[Figure]:
    """Pages, counts and searches of the queue."""
    with TemporaryDirectory() as folder, closing(open_to_read(make(Path(folder), QUEUE_TICKETS))) as connection:
        for found in queue.figures(connection):
            limit = Beside(found.bare, "bare SQL")
            if found.goal is None:
                yield Figure(found.what, found.heard, "ms", limit=limit)
            else:
                yield at_most(found.what, found.heard, "ms", found.goal, limit=limit)


def keystrokes() -> Iterator[Figure]:
    """Typing in the look-up."""
    with TemporaryDirectory() as folder, closing(open_to_write(Workspace(Path(folder)))) as connection:
        with writing(connection):
            fill(connection, people(CUSTOMERS))
        chance = random.Random(SEED + 1)
        finder = Finder(connection)
        given = argparse.Namespace(customers=CUSTOMERS)
        typed = [lookup.typed_for(connection, chance, given.customers) for _ in range(SESSIONS)]
        texts = [text[:end] for _, text in typed for end in range(1, len(text) + 1)]

        def rows(statement: str, value: str) -> object:
            return connection.execute(statement, (value,)).fetchall()

        matches = [expression for text in texts if (expression := expressions.narrow(ask(text)))]
        bare = [lookup.cost(rows, lookup.BARE_WORDS, match) for match in matches]
        like = [lookup.cost(rows, lookup.LIKE, f"%{text}%") for text in chance.sample(texts, 40)]
        fast = [lookup.cost(finder.fast, text) for text in texts]
        yield at_most(
            "a keystroke in the look-up", _ms(fast), "ms", 5, Beside(_ms(like), "LIKE"), Beside(_ms(bare), "bare FTS")
        )
        reached = sum(customer in [hit.customer_id for hit in finder.find(text)] for customer, text in typed)
        yield at_least("who was meant is among ten", reached / len(typed), "of 1", 0.95)


def names() -> Iterator[Figure]:
    """Garbled names of the Febrl set."""
    from rapidfuzz import fuzz, process

    originals, questions = febrl.questions_of(febrl.records(febrl.DATASET))
    known = {number: fold(febrl.person(row).name) for number, row in enumerate(originals, 1)}
    with TemporaryDirectory() as folder, closing(open_to_write(Workspace(Path(folder)))) as connection:
        with writing(connection):
            fill(connection, map(febrl.person, originals))
        finder = Finder(connection, ("AU",))
        share, took = febrl.recall(questions, lambda text: [hit.customer_id for hit in finder.find(text, febrl.TOP)])

    def brute(text: str) -> list[int]:
        return [key for _, _, key in process.extract(fold(text), known, scorer=fuzz.WRatio, limit=febrl.TOP)]

    brute_share, brute_took = febrl.recall(questions, brute)
    yield at_least(
        "Febrl: right person among ten", share, "of 1", brute_share, Beside(brute_share, "rapidfuzz over all names")
    )
    yield Figure("Febrl: a question", took, "ms", Beside(brute_took, "rapidfuzz over all names"))


def mails() -> Iterator[Figure]:
    """How truly and how fast mails are read and taken in."""
    fields = mail_accuracy.zammad(mail_accuracy.DATA / "zammad")
    yield at_least("mail fields as Zammad reads them", fields.share * 100, "%", 95)
    replies, different = mail_accuracy.trimmed(mail_accuracy.DATA / "email_reply_trimmer")
    yield at_least("replies folded as trimmed by hand", (replies - len(different)) / replies * 100, "%", 50)
    box = mail_accuracy.DATA / "easy-ham.mbox.gz"
    yield at_least("mails read and folded", mail_accuracy.speed(box)[1], "mails/s", 600)
    yield from imports.figures(box)


def collect(runs: int) -> tuple[list[Figure], list[str]]:
    """Every figure, and which parts were left out."""
    parts: list[tuple[str, Path | None, Callable[[], Iterator[Figure]]]] = [
        ("the console", None, lambda: start(runs)),
        ("lists", None, lists),
        ("the look-up", None, keystrokes),
        ("garbled names", febrl.DATASET, names),
        ("mails", mail_accuracy.DATA, mails),
    ]
    found: list[Figure] = []
    left_out = []
    for name, needed, measure in parts:
        if needed is not None and not needed.exists():
            left_out.append(f"Left out, since {needed.name} is not there: {name}.")
            continue
        begun = time.monotonic()
        found += measure()
        print(f"{name}: {time.monotonic() - begun:.0f} s", flush=True)
    return found, left_out


def machine() -> str:
    """What this runs on."""
    model = ""
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    processor = f"{os.cpu_count()} cores ({model or platform.machine()})"
    return f"{processor}, {platform.system()}, Python {platform.python_version()}"


def _ms(costs: list[float]) -> float:
    return median(costs) * 1000


def main() -> None:
    """Print the table; write it where that was asked for."""
    options = argparse.ArgumentParser(description="Run every benchmark.")
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--write", type=Path, help="put the table into this file too")
    given = options.parse_args()
    found, left_out = collect(given.runs)
    text = "\n\n".join((table(found), *left_out))
    print(text)
    if given.write:
        page = HEAD.format(
            date=datetime.now(UTC).strftime("%-d %B %Y"), machine=machine(), runs=given.runs, table=text,
            tickets=QUEUE_TICKETS, customers=CUSTOMERS,
        )  # fmt: skip
        given.write.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
