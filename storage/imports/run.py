"""An import from beginning to end: files told apart, records taken in batches, each batch one transaction.

Stopped anywhere, a batch is there whole or not at all; the next run finds what it knows (mails by the hash of their
bytes, records by their keys) and goes on behind it. So nothing else needs to be remembered about an import.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import TypeVar

from desk.errors import BadInput
from desk.ids import new_uid
from storage.connect import Connection, writing
from storage.imports import customers
from storage.imports.files import Kind, looks_like_mail, other_files, size
from storage.imports.mail import MailTaker
from storage.imports.reading import Job, MailRules, read_mails
from storage.imports.report import Problem, Progress, Report, Watch, unwatched
from storage.imports.snippets import snippet_of
from storage.imports.tables import Read, count_lines, guess, is_table, parse_map, rows
from storage.imports.tickets import ticket_of
from storage.ingest.batch import Batch
from storage.ingest.pace import Pace
from storage.ingest.recency import put_in_order
from storage.ingest.tickets import put_tickets
from storage.library import take
from storage.workspace import Workspace

# All imports are one source: the same file under another name is still the same mails.
SOURCE = "import"

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Wish:
    """What to import and how. `kind` None is guessed for each file; `mapping` is the `--map` as it was given."""

    files: Sequence[Path]
    kind: Kind | None = None
    mapping: Sequence[str] = ()
    regions: tuple[str, ...] = ()
    rules: MailRules = field(default_factory=MailRules)


def import_files(
    workspace: Workspace, connection: Connection, wish: Wish, now: int, watch: Watch = unwatched
) -> Report:
    """Take all the files in, in their order.

    Raises BadInput where a file can't be used at all: before anything is taken in where that can be told beforehand,
    else what came before it stays. What is wrong with single records stands in the report.
    """
    plans = [(path, _kind(path, wish)) for path in wish.files]
    for _, kind in plans:
        if kind is not Kind.MAIL:
            parse_map(wish.mapping, kind)
    importer = _Importer(workspace, connection, wish, now, watch, import_source(connection, now))
    for path, kind in plans:
        if kind is Kind.MAIL:
            importer.take_mails(path)
        else:
            importer.take_rows(path, kind)
    put_in_order(connection, Pace())
    return importer.report


@dataclass(slots=True)
class _Importer:
    workspace: Workspace
    connection: Connection
    wish: Wish
    now: int
    watch: Watch
    source_id: int
    report: Report = field(default_factory=Report)
    pace: Pace = field(default_factory=Pace)

    def take_mails(self, path: Path) -> None:
        """Every mail of a file or folder."""
        if path.is_dir():
            self.report.problems += [Problem(str(file), "This is no mail; left out") for file in other_files(path)]
        total = size(path) if path.exists() else 0
        rules = self.wish.rules
        found = read_mails(self.connection, Job(self.workspace, path, rules.own, self.now))
        done = 0
        for mails in self.pace.batches(found, weight=attrgetter("weight")):
            with self._batch(len(mails)) as batch:
                MailTaker(batch, mails, rules.status).take(self.report)
            # Within one file the end grows; in a folder each mail is a file of its own.
            done = done + sum(mail.end for mail in mails) if path.is_dir() else mails[-1].end
            self.watch(Progress(path.name, min(done, total), total))

    def take_rows(self, path: Path, kind: Kind) -> None:
        """Every record of a table."""
        total = count_lines(path)
        taken = 0
        for found in self.pace.batches(rows(path, kind, parse_map(self.wish.mapping, kind)), weight=_no_weight):
            self.report.read += len(found)
            self._take(kind, found)
            taken += len(found)
            self.watch(Progress(path.name, min(taken, total), total))
        if not taken:
            self.report.problems.append(Problem(str(path), "The file has no records"))

    def _take(self, kind: Kind, found: Sequence[Read | Problem]) -> None:
        match kind:
            case Kind.CUSTOMERS:
                people = self._usable(found, customers.person_of)
                with self._batch(len(people)) as batch:
                    batch.book.expect(people)
                    for person in people:
                        self.report.count(customers.take(batch.book, person))
            case Kind.TICKETS:
                tickets = self._usable(found, partial(ticket_of, now=self.now))
                with self._batch(len(tickets)) as batch:
                    for outcome in put_tickets(batch, tickets):
                        self.report.count(outcome)
            case _:
                pieces = self._usable(found, snippet_of)
                with self._batch(len(pieces)):
                    for piece in pieces:
                        self.report.count(take(self.connection, piece, self.now))

    def _usable(self, found: Sequence[Read | Problem], parse: Callable[[Read], Item]) -> list[Item]:
        """The records that make sense; the others are named in the report."""
        usable = []
        for read in found:
            try:
                if isinstance(read, Problem):
                    self._refuse(read)
                else:
                    usable.append(parse(read))
            except BadInput as error:
                self._refuse(Problem(read.where, str(error)))
        return usable

    @contextmanager
    def _batch(self, count: int) -> Iterator[Batch]:
        """One transaction for so many records, with all that follows from them."""
        begun = time.perf_counter()
        with writing(self.connection):
            batch = Batch(self.connection, self.source_id, self.wish.regions, self.now)
            yield batch
            batch.finish()
        self.pace.took(count, time.perf_counter() - begun)
        self.pace.rest()

    def _refuse(self, problem: Problem) -> None:
        self.report.unparsed += 1
        self.report.problems.append(problem)


def _kind(path: Path, wish: Wish) -> Kind:
    if not path.exists():
        raise BadInput(f"There is no file {path}", "Check the name.")
    if wish.kind is not None:
        return wish.kind
    if path.is_dir() or (not is_table(path) and looks_like_mail(path)):
        return Kind.MAIL
    if is_table(path):
        return guess(path, _pairs(wish.mapping))
    raise BadInput(
        f"{path} doesn't look like mails, CSV or JSON Lines",
        "Say what it holds with --as mail, customers, tickets or snippets.",
    )


def _pairs(mapping: Sequence[str]) -> Mapping[str, str]:
    return {name: column for name, _, column in (pair.partition("=") for pair in mapping)}


def import_source(connection: Connection, now: int) -> int:
    """The id of the source that all imported records belong to, made where it is new."""
    connection.execute(
        "INSERT OR IGNORE INTO source(uid, kind, name, settings, created_at) VALUES(?, ?, ?, '{}', ?)",
        (new_uid(), SOURCE, SOURCE, now),
    )
    return int(connection.execute("SELECT id FROM source WHERE name = ?", (SOURCE,)).fetchone()[0])


def _no_weight(read: Read | Problem) -> int:
    """Rows of a table lie in memory anyway."""
    del read
    return 0
