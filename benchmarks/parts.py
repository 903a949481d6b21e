"""The parts of a run, in the order of the table: what each measures at which size, and how, in words for the page.

A part's modules are imported in its own process, so that one that doesn't even load takes nobody else's figures along.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure
from benchmarks.making import Wanted, cache_folder, copied, kept

MILLION = 1_000_000
SHARED = Path(__file__).parents[2] / "shared" / "data"
RT = SHARED / "rt-2000.tar.gz"


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of everything, and how often whatever is timed in a terminal is started."""

    wanted: Wanted
    runs: int


def _nothing() -> str:
    """All is there. A part goes to another process, and a lambda could not go along."""
    return ""


@dataclass(frozen=True, slots=True)
class Part:
    """What `--only` takes, the title in the table, and a word on how it measures.

    `needed` is data of others that it can't do without, `made` whether it works on the made-up workspace; `missing`
    says what else isn't there.
    """

    key: str
    title: str
    note: str
    measure: Callable[[Scale], Iterator[Figure]]
    needed: Path | None = None
    made: bool = True
    missing: Callable[[], str] = _nothing


def _console(scale: Scale) -> Iterator[Figure]:
    from benchmarks import terminal

    with _folder() as folder:
        yield from terminal.figures(folder, sorted({1000, scale.wanted.tickets}), scale.runs)


def _under_load(scale: Scale) -> Iterator[Figure]:
    from benchmarks import under_load

    with _folder() as folder:
        yield from under_load.figures(folder, scale.wanted.tickets)


def _popping(scale: Scale) -> Iterator[Figure]:
    from benchmarks import popping

    with _folder() as folder:
        yield from popping.figures(folder, scale.wanted.tickets, 20)


def _queue(scale: Scale) -> Iterator[Figure]:
    from benchmarks import queue
    from storage.workspace import open_to_read, open_to_write

    with closing(open_to_read(kept(scale.wanted))) as connection:
        yield from queue.figures(connection)
    with copied(scale.wanted) as workspace, closing(open_to_write(workspace)) as connection:
        yield from queue.changes(connection)


def _board(scale: Scale) -> Iterator[Figure]:
    from benchmarks import board, watching
    from storage.workspace import open_to_write

    with copied(scale.wanted) as workspace, closing(open_to_write(workspace)) as connection:
        yield from board.figures(connection)
    with _folder() as folder:
        yield from watching.figures(folder, 20)


def _ingest(scale: Scale) -> Iterator[Figure]:
    from benchmarks import ingest

    return ingest.figures(max(20_000, scale.wanted.tickets // 10), scale.wanted.customers // 5)


def _lookup(scale: Scale) -> Iterator[Figure]:
    from benchmarks import lookup
    from storage.workspace import open_to_write

    # Without tickets, so that the size of the file is the customers' alone.
    with copied(Wanted(scale.wanted.customers, 0, 0)) as workspace, closing(open_to_write(workspace)) as connection:
        yield from lookup.measure(connection)


def _customers(scale: Scale) -> Iterator[Figure]:
    from benchmarks import customers
    from storage.workspace import open_to_write

    with copied(scale.wanted) as workspace, closing(open_to_write(workspace)) as connection:
        yield from customers.figures(connection)


def _peers(scale: Scale) -> Iterator[Figure]:
    from benchmarks import peers
    from storage.workspace import open_to_read

    with closing(open_to_read(kept(scale.wanted))) as connection, _folder() as folder:
        yield from peers.figures(connection, folder / "identities.txt")


def _names(_: Scale) -> Iterator[Figure]:
    from benchmarks import febrl

    return febrl.figures()


def _mails(_: Scale) -> Iterator[Figure]:
    from benchmarks import imports, mail_accuracy

    yield from mail_accuracy.figures()
    yield from imports.figures(mail_accuracy.DATA / "easy-ham.mbox.gz")


def _replies(_: Scale) -> Iterator[Figure]:
    from benchmarks import reviewing

    return reviewing.figures()


def _mailbox(scale: Scale) -> Iterator[Figure]:
    from benchmarks import mailbox

    with _folder() as folder:
        yield from mailbox.figures(100_000 if scale.wanted.tickets >= MILLION else mailbox.MAILS, folder)


def _rt(_: Scale) -> Iterator[Figure]:
    from benchmarks import rt

    with _folder() as folder:
        yield from rt.figures(RT, folder)


def _helpdesk(_: Scale) -> Iterator[Figure]:
    from benchmarks import helpdesk

    return helpdesk.figures(10)


def _no_rt() -> str:
    from tests.servers.rt_setup import missing

    return missing()


def _answers(_: Scale) -> Iterator[Figure]:
    from benchmarks import answers

    return answers.measure()


def _no_mail_server() -> str:
    from tests.servers.mail import missing

    return missing()


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder on the disk of the made workspaces: what is copied there may be too large for memory."""
    cache_folder().mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=cache_folder(), prefix="run-") as folder:
        yield Path(folder)


PARTS = (
    Part(
        "console",
        "The console in a terminal",
        """from outside, over a pseudo-terminal of 120×40, with everything compiled; the best of the runs. The list
        holds all tickets. “Textual list” is the smallest Textual application with a list of 1,000 rows and a cursor,
        “Textual line” one with a line of text, DataTable Textual's own table with as many rows as it says
        (`benchmarks/bare.py`). The keyboard is live when the first `j`, pressed every 20 ms from the first rows on,
        has moved the cursor. Memory is what the system counts as resident when SQLModel has been imported and tickets
        were read; its own is the part that no other process shares. A cursor key's bytes don't hold the preview,
        which is drawn when the cursor rests for 80 ms.""",
        _console,
    ),
    Part(
        "load",
        "Keys while mails come in",
        """from outside, over a pseudo-terminal, 30 keys a second from the byte of the key to the frame that answers
        it, while `heard import` takes in mails at full speed into the same workspace, in its own process.""",
        _under_load,
    ),
    Part(
        "popping",
        "A caller on the screen",
        """by the clock, from outside: what a softphone runs when it rings, from its start, and the request that it
        sends to the console that runs, alone. “Python” is an interpreter that imports argparse, json and socket and
        ends. Each number is another customer's; medians of twenty.""",
        _popping,
    ),
    Part(
        "queue",
        "The queue",
        """CPU time of the process, the best of many runs, warm. The bare SQL reads the ids in their order and the
        tickets' own columns, without compiling a filter, joining names or making records; “no index” is SQLite without
        indexes, triggers or a full text. Changes are whole deeds with their history and undo.""",
        _queue,
    ),
    Part(
        "board",
        "The live board",
        """CPU time of the process, the best of some runs. Calls, checklists, promises, gestures and known answers are
        put in beside the made tickets. Bare is to fetch the facts that a first reading counts, and nothing else. A
        refresh is what an open board does after a commit: settle the tickets that have changed, and read again what
        they count for; solving and replying are whole deeds, and aren't counted themselves. Last a board
        in a terminal on a million tickets at any scale, seen from outside (`benchmarks/watching.py`).""",
        _board,
    ),
    Part(
        "lookup",
        "The look-up",
        """CPU time of the thread, warm, unless it says wall. Keystrokes are those of whole sessions of typing, seven
        in ten for a customer of the tenth that was last in contact; each is ranked and hydrated. The bare FTS and
        B-tree statements give row numbers alone. A slip is one letter changed, added, left out or swapped.""",
        _lookup,
    ),
    Part(
        "customers",
        "Customers put right and erased",
        """CPU time of the process, medians of whole deeds with their history and commit, each of other customers.
        Suggested is who may be the same, with slips in the name; finding all of somebody holds no lock. Cleaning is by
        the clock, since it is the disk's: it writes the file anew, as a bare VACUUM does.""",
        _customers,
    ),
    Part(
        "peers",
        "The look-up beside what else finds a line",
        """the same words asked of all. Heard ranks by the last contact, hydrates ten customers and forgives slips;
        ripgrep, fzf and LIKE find lines that hold the very letters. ripgrep and fzf are processes, started for each
        word over a file of all identities that lies in memory: their times are from start to end, Heard's and LIKE's
        are CPU time.""",
        _peers,
    ),
    Part(
        "ingest",
        "Taking records in",
        """rates are of CPU time, from a source's JSON on, in transactions of 500; bare is `executemany` of rows that
        are ready, with the same indexes and triggers, in transactions of as many. How long others wait is by the
        clock. The look-up beside a writer is asked while another process takes tickets in as fast as it can.""",
        _ingest,
        made=False,
    ),
    Part(
        "helpdesk",
        "A helpdesk's records taken in",
        """CPU time of the process, the median of ten pages as a source hands them over: every third message is HTML,
        and all have quotes; with people, full text and look-up. Known is a page that was told before and is told
        again. How long others wait is by the clock, beside one who saves a draft every 20 ms.""",
        _helpdesk,
        made=False,
    ),
    Part(
        "names",
        "Garbled names",
        """the questions of Febrl's third set about 2,000 people, whose names were garbled on purpose.""",
        _names,
        SHARED / "people" / "dataset3.csv",
        made=False,
    ),
    Part(
        "mails",
        "Mails read and taken in",
        """on one core, over mails of public archives; right is what Zammad reads, and what people cut off by
        hand.""",
        _mails,
        SHARED / "mail",
        made=False,
    ),
    Part(
        "answers",
        "Replies that say the same",
        """CPU time of the process, over 100,000 made-up replies of which it is known which answer each is: four in ten
        are sent once, the others are a thousand answers with words changed, sentences left out and added, greetings
        and names. Right are pairs of replies.""",
        _answers,
        made=False,
    ),
    Part(
        "replies",
        "Replies reviewed",
        """CPU time of the process, the best of many reviews, warm, of a letter of labelled sentences of which one in
        ten is marked. Right and found are counted by text and rule, over sentences and whole drafts that were labelled
        by hand (`benchmarks/labelled`): the first ones before there were rules, half of them held out; others
        afterwards, by which the rules were widened; and at last those that nothing was ever tuned to, which say the
        most about sentences yet unwritten. All are by one author, who wrote the rules as well. Rare are the rules that
        a plain mail between people has little reason to break: empty apologies and empathy, blame, policy, what was
        deliberate, features and their dates, blanks, notes, capitals, attachments, walls of text.
        `python -m benchmarks.reviewing` prints it by rule.""",
        _replies,
        made=False,
    ),
    Part(
        "mailbox",
        "A real mailbox",
        """a Dovecot and a sink on loopback, with a made-up mailbox whose mails have 5 KB in the mean and now and then a
        file. Mails read are those that the server gives, page by page and without storing them, beside a loop of
        `imaplib` that fetches as many at a time and drops them. The first sync takes them in as tickets, with people,
        threads and full text, in the process that an open console has started; times to the list and the look-up run
        from the start of `heard`. Seen again is what a new process asks where nothing is new. Keys are pressed 30
        times a second while the past comes in. A new mail's time runs from the moment when the server has it to the
        frame that shows it, a reply's from the end of the undo time to the mail at the other server.""",
        _mailbox,
        made=False,
        missing=_no_mail_server,
    ),
    Part(
        "rt",
        "A real Request Tracker",
        """a Request Tracker 5 on loopback with a made-up database of 2,000 tickets, SQLite, three workers, logins that
        cost 3 ms. The bare loop is asyncio and httpx over two connections, which asks for the same fields of the same
        things, knows how much there is, and drops what comes (`benchmarks/rt_bare.py`). The server does nearly all of
        the work: its processor time is that of all its processes. Synced into the workspace runs from the start of
        `heard sync` to its end, with people, threads and full text. Changed are twenty tickets that a colleague has
        answered, noted on and given another status and priority.""",
        _rt,
        needed=RT,
        made=False,
        missing=_no_rt,
    ),
)
