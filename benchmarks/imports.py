"""How fast mails are taken in, beside reading them alone and inserting rows alone, in the same run.

    python -m benchmarks.imports [MBOX]

Reading is desk.mail without any database, on one core: what an import can't be faster than. Inserting writes each
mail's text as one row of a bare table. Mails a second of wall time; an import reads in a process beside the one that
writes, whose start is counted.
"""

import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Beside, Figure, at_least, table
from benchmarks.mail_accuracy import DATA, mbox
from desk.mail.message import Mail, read_mail
from desk.mail.quotes import find_folds
from storage.connect import connect, writing
from storage.imports.run import Wish, import_files
from storage.workspace import Workspace, open_to_write

BATCH = 200
NOW = 1_772_442_000_000_000
GOAL = 1_000.0


def figures(path: Path) -> list[Figure]:
    """The import's rate, beside both limits."""
    raw = list(mbox(path))
    mails: list[Mail] = []

    def read() -> None:
        for each in raw:
            mail = read_mail(each)
            find_folds(mail.text)
            mails.append(mail)

    with TemporaryDirectory() as folder:
        reading = _rate(len(raw), read)
        inserting = _rate(len(raw), lambda: _insert(Path(folder) / "bare.db", mails))
        importing = _rate(len(raw), lambda: _import(Workspace(Path(folder) / "workspace"), path))
    return [
        at_least("import of mails", importing, "mails/s", GOAL, limit=Beside(reading, "reading alone")),
        Figure("import of mails", importing, "mails/s", limit=Beside(inserting, "inserting alone")),
    ]


def _import(workspace: Workspace, path: Path) -> None:
    with closing(open_to_write(workspace)) as connection:
        report = import_files(workspace, connection, Wish([path]), NOW)
    assert report.added, "nothing was imported"


def _insert(path: Path, mails: list[Mail]) -> None:
    with closing(connect(path)) as connection:
        connection.execute("CREATE TABLE mail(id INTEGER PRIMARY KEY, subject TEXT, body TEXT)")
        for first in range(0, len(mails), BATCH):
            with writing(connection):
                batch = ((mail.subject, mail.text) for mail in mails[first : first + BATCH])
                connection.executemany("INSERT INTO mail(subject, body) VALUES(?, ?)", batch)


def _rate(count: int, work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return count / (time.perf_counter() - started)


if __name__ == "__main__":
    print(table(figures(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA / "easy-ham.mbox.gz")))
