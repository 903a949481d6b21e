"""The first sync of a mailbox as a person meets it: a console is opened on it, and everything is measured from outside.

The console starts the sync process itself. Usable is when the newest mail stands in the list and the look-up finds
whoever wrote the newest fifty; keys are pressed from then on, while the past comes in. Memory is the sync process's,
as the system counts it as resident.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from statistics import median

from benchmarks.consoles import HEARD, ROOT
from benchmarks.figures import Beside, Figure, at_most
from benchmarks.maildir import MadeMail
from benchmarks.under_load import FEWEST, MOST, RATE, Walk, p99, pressed
from desk.times import now
from storage import sources
from storage.agents import me
from storage.connect import Connection, writing
from storage.deeds.by import By
from storage.deeds.write import Outgoing, write
from storage.engine import deed_session, engine_over
from storage.search.query import Finder
from storage.workspace import Workspace, open_to_read, open_to_write
from sync.sources.mailbox.cursor import read
from sync.sources.mailbox.reading import MOST_MAILS
from tests.servers.mail import Account
from tests.servers.processes import until
from tests.terminal.term import Term

NAME = "support"
VARIABLE = "HEARD_SUPPORT_TOKEN"
USABLE, SENDERS = 10.0, 50
KEYS, NEWS = 300, 7
# The mean of a Textual console is 85; a mailbox of any size may cost no more than this.
MEMORY = 150.0
SOON = 1.5
# For a hundred thousand mails on a busy machine, in seconds.
PATIENCE = 3600.0
KILLED = 8


@dataclass(slots=True)
class _Sync:
    """The sync process of a workspace, looked at from outside. `seen`: mails done, and megabytes resident then."""

    workspace: Workspace
    connection: Connection
    seen: list[tuple[int, float]] = field(default_factory=list)
    _process: int = 0

    @property
    def source(self) -> sources.SourceRow:
        """How the sync is doing."""
        return sources.connected(self.connection)[0]

    def goes_on(self) -> bool:
        """Whether mails of the past are still to come; notes the memory."""
        row = self.source
        self.seen.append((row.done, self.megabytes("VmRSS")))
        return row.synced_at is None

    def megabytes(self, what: str) -> float:
        """VmRSS or VmHWM (the most there ever was); 0 while the process isn't there."""
        try:
            status = Path(f"/proc/{self._found()}/status").read_text()
        except FileNotFoundError:
            self._process = 0
            return 0.0
        return next((int(line.split()[1]) / 1000 for line in status.splitlines() if line.startswith(what)), 0.0)

    def when_done(self, share: float) -> float:
        """The memory when that share of all mails was done."""
        wanted = share * self.seen[-1][0]
        return next(memory for done, memory in self.seen if done >= wanted)

    def _found(self) -> int:
        if not self._process:
            words = (str(self.workspace.folder), "sync")
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                said = path.read_bytes().decode(errors="replace").split("\0")
                if all(word in said for word in words):
                    self._process = int(path.parent.name)
        return self._process


def figures(account: Account, newest: list[MadeMail], mails: int, folder: Path) -> Iterator[Figure]:
    """Of an account with so many mails, the newest of its inbox first; `folder` is for workspaces."""
    workspace = connected(account, folder / "workspace")
    with closing(open_to_read(workspace)) as connection, console(account, workspace) as term:
        sync = _Sync(workspace, connection)
        yield from _usable(term, sync, newest, mails)
        walk = Walk(term)
        busy = list(takewhile(lambda _: sync.goes_on(), pressed(walk, KEYS)))
        _until(term, lambda: not sync.goes_on())
        took = time.perf_counter() - term.started
        yield Figure(f"first sync of {mails:,} mails into tickets, a console open", mails / took, "mails/s")
        yield at_most(f"memory of the sync process, {mails:,} mails, most", sync.megabytes("VmHWM"), "MB", MEMORY)
        tenth = Beside(sync.when_done(0.1), "after a tenth")
        yield Figure("the same, when half was done", sync.when_done(0.5), "MB", tenth)
        yield Figure("the same, when all was done", sync.when_done(1.0), "MB", tenth)
        term.wait_until_quiet(1.0)
        yield from _keys(mails, busy, list(pressed(walk, KEYS)))
        yield from _news(account, term, mails)
        yield from _reply(account, workspace)


def again(account: Account, folder: Path, mails: int) -> Iterator[Figure]:
    """`kill -9` of a first sync at any moment, again and again: how much of what is there would come in again."""
    workspace = connected(account, folder / "killed")
    chance = random.Random(mails)
    twice = []
    with closing(open_to_read(workspace)) as connection:
        for _ in range(KILLED):
            with _syncing(account, workspace) as process:
                _read_some(process, MOST_MAILS)
                time.sleep(chance.random())
                process.kill()
            twice.append(_stored(connection) - _covered(connection))
    yield at_most(f"mails that come again after kill -9, most of {KILLED}", max(twice), "mails", MOST_MAILS)


def connected(account: Account, folder: Path) -> Workspace:
    """A new workspace that has this mailbox."""
    workspace = Workspace(folder)
    account.connect(workspace, NAME)
    return workspace


def console(account: Account, workspace: Workspace) -> Term:
    """A console on it, just started."""
    environment = {VARIABLE: account.password, "HEARD_WORKSPACE": str(workspace.folder), "HEARD_CONFIG": ""}
    return Term([HEARD], columns=120, rows=40, environment=environment, draw=False)


def _usable(term: Term, sync: _Sync, newest: list[MadeMail], mails: int) -> Iterator[Figure]:
    term.wait_for_raw(b"Everything", seconds=PATIENCE)
    term.press("9")
    first = term.wait_for_raw(_number(newest[0]), seconds=PATIENCE)
    yield at_most(f"the newest of {mails:,} mails in the list, from the start of heard", first, "s", USABLE)
    finder = Finder(sync.connection)
    wanted = {mail.sender for mail in newest[:SENDERS]}

    def found() -> bool:
        wanted.difference_update([each for each in wanted if finder.find(each)])
        return not wanted

    _until(term, found)
    took = time.perf_counter() - term.started
    yield at_most(f"the senders of the newest {SENDERS} found by the look-up", took, "s", USABLE)


def _keys(mails: int, busy: list[float], idle: list[float]) -> Iterator[Figure]:
    name = f"first sync of {mails:,} mails"
    if len(busy) < FEWEST:
        raise AssertionError(f"the first sync ended after {len(busy)} keys")
    yield at_most(f"a key beside the {name}, p99", p99(busy), "ms", MOST, Beside(p99(idle), "idle"))
    yield Figure(f"a key beside the {name}, p50", median(busy), "ms", Beside(median(idle), "idle"))
    yield Figure(f"a key beside the {name}, slowest of {len(busy)}", max(busy), "ms", Beside(max(idle), "idle"))


def _news(account: Account, term: Term, mails: int) -> Iterator[Figure]:
    """From the moment when the server has a mail to the frame that shows it."""
    waits = []
    for number in range(NEWS):
        start, words = len(term.raw), f"News{number}x{mails}"
        account.put(
            f"From: Nora {number} <nora{number}@example.org>\r\nTo: {account.user}\r\nSubject: {words}\r\n"
            f"Message-ID: <news{number}@example.org>\r\n\r\nHello\r\n".encode()
        )
        put = time.perf_counter()
        term.wait_for_raw(words.encode(), start)
        waits.append(term.last_read - put)
    yield at_most(f"a new mail on the screen, IDLE, slowest of {NEWS}", max(waits), "s", SOON)
    yield Figure("the same, the middle one", median(waits), "s", limit=Beside(0.5, "Dovecot gathers news"))


def _reply(account: Account, workspace: Workspace) -> Iterator[Figure]:
    """From the moment when the undo time is over to the mail at the other server."""
    waits = []
    with closing(open_to_write(workspace)) as connection:
        engine = engine_over(connection)
        with writing(connection):
            agent = me(connection, "bench", "Bench").id
        tickets = connection.execute("SELECT id FROM ticket WHERE subject LIKE 'News%' ORDER BY id").fetchall()
        for (ticket,) in tickets:
            before, asked = len(account.server.sent()), time.perf_counter()
            with deed_session(engine) as session:
                write(session, By(agent, now(), 0), ticket, Outgoing("reply", "On it.", recipients="a@example.org"))
            until(lambda before=before: len(account.server.sent()) > before, "the sending of a reply")  # type: ignore[misc]
            waits.append(time.perf_counter() - asked)
    yield at_most(f"a reply at the server, slowest of {len(waits)}", max(waits), "s", SOON)
    yield Figure("the same, the middle one of them", median(waits), "s")


def _syncing(account: Account, workspace: Workspace) -> "subprocess.Popen[str]":
    environment = {**os.environ, VARIABLE: account.password, "HEARD_WORKSPACE": str(workspace.folder)}
    command = [sys.executable, "-m", "console", "sync", "--json"]
    return subprocess.Popen(command, env=environment, cwd=ROOT, text=True, stdout=subprocess.PIPE)


def _stored(connection: Connection) -> int:
    """How many mails are there."""
    number: int = connection.execute("SELECT count(*) FROM mail_copy").fetchone()[0]
    return number


def _covered(connection: Connection) -> int:
    """How many mails the cursors say are there; no number is missing in a made-up mailbox."""
    cursors = [read(value) for (value,) in connection.execute("SELECT value FROM cursor")]
    return sum(each.upcoming - 1 - sum(last - first + 1 for first, last in each.missing) for each in cursors)


def _read_some(process: "subprocess.Popen[str]", most: int) -> None:
    """Wait until the process has told of at least so many records."""
    count = 0
    for line in process.stdout or ():
        event = json.loads(line)
        count += event["records"] if event["event"] == "page" else 0
        if count >= most:
            return
    raise AssertionError(f"the sync ended after {count} records")


def _until(term: Term, fact: Callable[[], bool]) -> None:
    """Wait, and read what the console draws meanwhile: it would stand still otherwise."""
    end = time.perf_counter() + PATIENCE
    while not fact():
        if time.perf_counter() > end:
            raise AssertionError("the first sync does not end")
        pause = time.perf_counter() + 1 / RATE
        while (left := pause - time.perf_counter()) > 0:
            term.read(left)


def _number(mail: MadeMail) -> bytes:
    """What is in its subject and in no other conversation's."""
    return mail.subject.removeprefix("Re: ").partition(",")[0].encode()
