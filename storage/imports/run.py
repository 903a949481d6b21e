"""An import from beginning to end: files told apart, records taken in batches, each batch one transaction.

Stopped anywhere, a batch is there whole or not at all; the next run finds what it knows (mails by the hash of their
bytes, records by their keys) and goes on behind it. So nothing else needs to be remembered about an import.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TypeVar

from desk.errors import BadInput
from desk.ids import new_uid
from storage.connect import Connection, writing
from storage.imports import customers
from storage.imports.files import Kind, looks_like_mail, mails, other_files, size
from storage.imports.mail import MailRules, MailTaker
from storage.imports.people import CustomerBook
from storage.imports.report import Problem, Progress, Report, Watch, unwatched
from storage.imports.snippets import snippet_of
from storage.imports.tables import Read, count_lines, guess, is_table, parse_map, rows
from storage.imports.tickets import TicketTaker, ticket_of
from storage.library import take
from storage.workspace import Workspace

# As many as fit between two looks of a console at the same database: a batch holds the lock for some 100 ms.
BATCH = 200
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

    def take_mails(self, path: Path) -> None:
        """Every mail of a file or folder."""
        if path.is_dir():
            self.report.problems += [Problem(str(file), "This is no mail; left out") for file in other_files(path)]
        total = size(path) if path.exists() else 0
        done_files, done = 0, 0
        for batch in _batches(mails(path)):
            book = self._book()
            taker = MailTaker(self.workspace, self.connection, book, self.source_id, self.now, self.wish.rules)
            with writing(self.connection):
                for mail in batch:
                    self.report.read += 1
                    taker.take(mail, self.report)
                self._settle(book, taker.changed)
            for mail in batch:
                # Within one file the end grows; in a folder each mail is a file of its own.
                if path.is_dir():
                    done_files += mail.end
                else:
                    done = mail.end
            self.watch(Progress(path.name, min(done_files + done, total), total))

    def take_rows(self, path: Path, kind: Kind) -> None:
        """Every record of a table."""
        total = count_lines(path)
        taken = 0
        for batch in _batches(rows(path, kind, parse_map(self.wish.mapping, kind))):
            book = self._book()
            with writing(self.connection):
                self._settle(book, self._take_batch(kind, batch, book))
            taken += len(batch)
            self.watch(Progress(path.name, min(taken, total), total))
        if not taken:
            self.report.problems.append(Problem(str(path), "The file has no records"))

    def _take_batch(self, kind: Kind, batch: Sequence[Read | Problem], book: CustomerBook) -> set[int]:
        tickets = TicketTaker(self.connection, book, self.source_id, self.now)
        for row in batch:
            self.report.read += 1
            if isinstance(row, Problem):
                self._refuse(row)
                continue
            try:
                if kind is Kind.CUSTOMERS:
                    outcome = customers.take(book, customers.person_of(row))
                elif kind is Kind.TICKETS:
                    outcome = tickets.take(ticket_of(row))
                else:
                    outcome = take(self.connection, snippet_of(row), self.now)
            except BadInput as error:
                self._refuse(Problem(row.where, str(error)))
            else:
                self.report.count(outcome)
        return tickets.changed

    def _refuse(self, problem: Problem) -> None:
        self.report.unparsed += 1
        self.report.problems.append(problem)

    def _settle(self, book: CustomerBook, ticket_ids: set[int]) -> None:
        """What follows from a batch: the look-up knows its people, the tickets their figures."""
        from storage.inbound import after_inbound
        from storage.search.index import index_customers

        index_customers(self.connection, sorted(book.changed))
        after_inbound(self.connection, sorted(ticket_ids))

    def _book(self) -> CustomerBook:
        return CustomerBook(self.connection, self.wish.regions, self.source_id, self.now)


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


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch
