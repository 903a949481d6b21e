"""How fast records are taken in, beside the bare statements with the same indexes and triggers, in the same run.

    python -m benchmarks.ingest [--records 20000] [--customers 20000]

Bare is `executemany` with tuples that are ready, in transactions of as many rows: for tickets one statement each that
asks the index of external ids and inserts, for messages an insert that fires the full text's trigger. Heard's side is
all of it, from the source's JSON on. Rates are of CPU time, so that they can be compared on a machine that does
something else too; how long others wait is wall time.
"""

import argparse
import csv
import json
import multiprocessing
import random
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from benchmarks.figures import Beside, Figure, at_least, at_most, at_most_times, table
from desk.ids import new_uid
from storage.connect import Connection, writing
from storage.imports.run import Wish, import_files, import_source
from storage.ingest.batch import Batch
from storage.ingest.records import CustomerRecord, TicketRecord
from storage.ingest.tickets import put_tickets
from storage.search.query import Finder
from storage.workspace import Workspace, open_to_read, open_to_write

if TYPE_CHECKING:
    from multiprocessing.connection import Connection as Pipe
    from multiprocessing.synchronize import Event

NOW = 1_772_442_000_000_000
PAGE = 500
ROUNDS = 3
SESSIONS = 200
_WORDS = """order invoice refund delivery password account parcel address payment card login update printer cable window
garden kettle blanket ticket train hotel booking seat voucher discount return exchange colour size damaged"""
WORDS = _WORDS.split()

_TICKET = """
INSERT INTO ticket(id, uid, number, subject, preview, status, priority, channel_id, source_id, external_id, mood,
    contacts, unread, goal, summary, choice, details, message_count, created_at, updated_at, solved_at)
SELECT ?, ?, ?, ?, '', ?, 1, 1, 1, ?, 0, 0, ?, '', '', '', '{}', 0, ?, ?, ?
WHERE NOT EXISTS (SELECT 1 FROM ticket WHERE source_id = 1 AND external_id = ?)"""
_MESSAGE = """
INSERT INTO message(id, uid, ticket_id, kind, at, sender, recipients, copies, subject, body, folds, html, automatic,
    bounce, unparsed, trackers, source_id, external_id)
VALUES(?, ?, ?, 'inbound', ?, '', '', '', ?, ?, '[]', 0, '', '', 0, 0, 1, ?)"""

Row = tuple[object, ...]


def figures(records: int, customers: int) -> Iterator[Figure]:
    """Rates of tickets, messages and tables, how long others wait, and the look-up beside a writer."""
    with TemporaryDirectory() as folder:
        yield from _statements(Path(folder), records)
        yield from _tables(Path(folder), records)
        yield from _beside_a_writer(Path(folder), customers)


def _statements(folder: Path, records: int) -> Iterator[Figure]:
    """Heard's rows of tickets and of messages, and the bare statements'."""
    chance = random.Random(1)
    tickets = [_ticket(chance, number) for number in range(records)]
    said = [(ticket, some_text(chance)) for ticket in tickets]
    empty = Workspace(folder / "empty")
    with closing(open_to_write(empty)) as connection:
        import_source(connection, NOW)
    bare = _best(empty, _many(_TICKET, [_ticket_row(place, ticket) for place, ticket in enumerate(tickets, 1)]))
    heard = _best(empty, lambda connection: _put(connection, _pages(tickets)))
    limit = Beside(bare * records, "bare upsert")
    yield at_least("tickets taken in", heard * records, "/s", 0.8 * limit.value, limit=limit)
    filled = Workspace(folder / "filled")
    shutil.copytree(empty.folder, filled.folder)
    with closing(open_to_write(filled)) as connection:
        _put(connection, _pages(tickets))
    rows = [_message_row(place, ticket, text) for place, (ticket, text) in enumerate(said, 1)]
    bare = _best(filled, _many(_MESSAGE, rows))
    pages = _pages([_with_message(ticket, text) for ticket, text in said])
    heard = _best(filled, lambda connection: _put(connection, pages))
    limit = Beside(bare * records, "bare insert")
    yield at_least("messages taken in, with full text", heard * records, "/s", 0.9 * limit.value, limit=limit)


def _tables(folder: Path, records: int) -> Iterator[Figure]:
    """Tables out of files, and how long another writer has to wait meanwhile."""
    workspace = Workspace(folder / "tables")
    with closing(open_to_write(workspace)) as connection, other_writer(workspace) as waits:
        for name, (header, row) in _FILES.items():
            chance = random.Random(2)
            file = folder / f"{name}.csv"
            with file.open("w", newline="", encoding="utf-8") as opened:
                csv.writer(opened).writerows([header, *(row(chance, number) for number in range(records))])
            begun = time.process_time()
            report = import_files(workspace, connection, Wish([file], regions=("DE",)), NOW)
            rate = records / (time.process_time() - begun)
            assert report.added == records, report.problems[:3]
            yield at_least(f"import of {name} out of CSV", rate, "/s", 5_000)
    waited = waits()
    yield at_most("another writer's wait beside an import, p99", quantiles(waited, n=100)[98] * 1000, "ms", 100)
    yield Figure("another writer's wait beside an import, longest", max(waited) * 1000, "ms")


@contextmanager
def other_writer(workspace: Workspace) -> Iterator[Callable[[], list[float]]]:
    """Somebody who saves a draft every few milliseconds; afterwards, what it waited each time."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    enough = context.Event()
    writer = context.Process(target=save_on, args=(workspace, enough, sending), daemon=True)
    writer.start()
    receiving.recv()
    try:
        yield receiving.recv
    finally:
        enough.set()


def save_on(workspace: Workspace, enough: "Event", sending: "Pipe") -> None:
    """The process of somebody who types: a small transaction, then a pause, again and again."""
    waited = []
    with closing(open_to_write(workspace)) as connection:
        sending.send(None)
        while not enough.wait(0.02):
            begun = time.perf_counter()
            with writing(connection):
                connection.execute("INSERT INTO setting(key, value) VALUES('x', 1) ON CONFLICT DO UPDATE SET value = 1")
            waited.append(time.perf_counter() - begun)
    sending.send(waited)


def _beside_a_writer(folder: Path, customers: int) -> Iterator[Figure]:
    """Typing in the look-up while another process takes in tickets with customers and messages as fast as it can."""
    workspace = Workspace(folder / "shared")
    chance = random.Random(3)
    endings = [f"{word.title()}{letter}" for word in WORDS for letter in "aeiou"]
    names = [" ".join(chance.sample(endings, 2)) for _ in range(customers)]
    with closing(open_to_write(workspace)) as connection:
        source_id = import_source(connection, NOW)
        for first in range(0, customers, PAGE):
            with writing(connection):
                batch = Batch(connection, source_id, (), NOW)
                for name in names[first : first + PAGE]:
                    batch.book.add(CustomerRecord(name))
                batch.finish()
    typed = [name[:end] for name in chance.sample(names, SESSIONS) for end in range(1, 11)]
    context = multiprocessing.get_context("spawn")
    begun, enough = context.Event(), context.Event()
    writer = context.Process(target=write_on, args=(workspace, begun, enough), daemon=True)
    with closing(open_to_read(workspace)) as connection:
        idle = _slowest(connection, typed)
        writer.start()
        begun.wait()
        busy = _slowest(connection, typed)
        enough.set()
        writer.join()
    for name, beside, alone in zip(("wall", "CPU"), busy, idle, strict=True):
        yield at_most_times(
            f"a keystroke beside a writer, p99, {name}", beside, "ms", 1.4, Beside(alone, "nobody writing")
        )


def write_on(workspace: Workspace, begun: "Event", enough: "Event") -> None:
    """The process that takes in."""
    chance = random.Random(4)
    number = 0
    with closing(open_to_write(workspace)) as connection:
        while not enough.is_set():
            page = [_with_message(_ticket(chance, number + place), some_text(chance)) for place in range(100)]
            number += len(page)
            _put(connection, _pages(page), finish=True)
            begun.set()


def _slowest(connection: Connection, typed: list[str]) -> tuple[float, float]:
    """The 99th percentiles of a keystroke's wall time and CPU time, in ms."""
    finder = Finder(connection)
    finder.fast("warm")
    wall, processor = [], []
    for text in typed:
        begun, spent = time.perf_counter(), time.thread_time()
        finder.fast(text)
        processor.append((time.thread_time() - spent) * 1000)
        wall.append((time.perf_counter() - begun) * 1000)
        # Nobody types without a pause, and who never rests is made to by the scheduler, in the middle of a keystroke.
        time.sleep(0.002)
    return quantiles(wall, n=100)[98], quantiles(processor, n=100)[98]


def _best(template: Workspace, work: Callable[[Connection], None]) -> float:
    """How often a second of CPU time `work` can be done, each time in a fresh copy of the workspace."""
    took = []
    for _ in range(ROUNDS):
        with TemporaryDirectory() as folder:
            copy = Workspace(Path(folder) / "copy")
            shutil.copytree(template.folder, copy.folder)
            with closing(open_to_write(copy)) as connection:
                begun = time.process_time()
                work(connection)
                took.append(time.process_time() - begun)
    return 1 / min(took)


def _put(connection: Connection, pages: list[bytes], *, finish: bool = False) -> None:
    adapter = TypeAdapter(list[TicketRecord])
    source_id = import_source(connection, NOW)
    for page in pages:
        records = adapter.validate_json(page)
        with writing(connection):
            batch = Batch(connection, source_id, (), NOW)
            put_tickets(batch, records)
            if finish:
                batch.finish()
            else:
                batch.write()


def _many(statement: str, rows: list[Row]) -> Callable[[Connection], None]:
    def work(connection: Connection) -> None:
        for first in range(0, len(rows), PAGE):
            with writing(connection):
                connection.executemany(statement, rows[first : first + PAGE])

    return work


def _pages(records: list[dict[str, object]]) -> list[bytes]:
    return [json.dumps(records[first : first + PAGE]).encode() for first in range(0, len(records), PAGE)]


def _ticket(chance: random.Random, number: int) -> dict[str, object]:
    status = 0 if chance.random() < 0.03 else 4
    subject = " ".join(chance.choices(WORDS, k=5))
    return {"external_id": f"T-{number}", "subject": subject, "created_at": NOW + number, "status": status}


def _with_message(ticket: dict[str, object], text: str) -> dict[str, object]:
    name = f"{ticket['external_id']} caller"
    message = {"external_id": f"{ticket['external_id']}-1", "kind": "inbound", "at": NOW, "body": text}
    return {**ticket, "messages": [message], "customer": {"name": name}}


def some_text(chance: random.Random) -> str:
    return " ".join(f"{chance.choice(WORDS)}{int(chance.paretovariate(1)) % 3000 or ''}" for _ in range(35))


def _ticket_row(place: int, ticket: dict[str, object]) -> Row:
    status, created_at = ticket["status"], ticket["created_at"]
    return (
        place, new_uid(), 1000 + place, ticket["subject"], status, ticket["external_id"], status == 0, created_at,
        created_at, None if status == 0 else created_at, ticket["external_id"],
    )  # fmt: skip


def _message_row(place: int, ticket: dict[str, object], text: str) -> Row:
    return place, new_uid(), place, NOW, ticket["subject"], text, f"{ticket['external_id']}-1"


_CUSTOMER_COLUMNS = ("id", "name", "email", "phone", "account", "company", "plan", "city")
_TICKET_COLUMNS = ("id", "subject", "text", "status", "tags", "customer", "email", "created_at")


def _customer(chance: random.Random, number: int) -> Row:
    name = f"{chance.choice(WORDS).title()} {chance.choice(WORDS).title()}{number % 977}"
    company = f"Firm {number % 500}" if number % 5 == 0 else ""
    return number, name, f"c{number}@example.org", f"+4930{number:07}", f"AC-{number:06}", company, "Pro", "Berlin"


def _ticket_cells(chance: random.Random, number: int) -> Row:
    subject = " ".join(chance.choices(WORDS, k=5))
    created = f"2026-01-{number % 28 + 1:02}T10:{number % 60:02}:00Z"
    status = "open" if chance.random() < 0.03 else "closed"
    return (
        number,
        subject,
        some_text(chance),
        status,
        chance.choice(WORDS),
        "",
        f"c{number % 5000}@example.org",
        created,
    )


_FILES: Mapping[str, tuple[tuple[str, ...], Callable[[random.Random, int], Row]]] = {
    "customers": (_CUSTOMER_COLUMNS, _customer),
    "tickets": (_TICKET_COLUMNS, _ticket_cells),
}


if __name__ == "__main__":
    options = argparse.ArgumentParser(description="How fast records are taken in.")
    options.add_argument("--records", type=int, default=20_000)
    options.add_argument("--customers", type=int, default=20_000)
    given = options.parse_args()
    print(table(figures(given.records, given.customers)))
