"""One source, worked: what waits goes out, what is new comes in, again and again, at the pace that the source allows.

The invariants: a page's records are in before its cursor moves; nothing leaves before what is new in the inbox was
read, so that no answer crosses with the customer's next word; nothing of a source's trouble ends the process or touches
another source, and a broken way out keeps nothing from coming in; whatever happens, the state that people see says so
in plain words.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from threading import Event
from traceback import extract_tb

from desk.errors import HeardError
from desk.times import MINUTE, SECOND
from storage import delivery, sources
from storage.connect import Connection, explain, writing
from storage.helpdesk import files
from storage.helpdesk.taking import Helpdesk
from storage.mailbox import Mailbox, own_addresses
from storage.sources import SourceRow
from storage.workspace import Workspace
from sync.ahead import Ahead
from sync.dealing import Dealing
from sync.deliverer import Deliverer
from sync.errors import Denied, Offline, SourceError, Throttled, Unreachable, Untried
from sync.fetching import Fetching
from sync.kinds import kind_named
from sync.lock import anyone_seated
from sync.mailing import Mailing
from sync.pace import Pace, after_failure, after_refusal
from sync.posting import Posting
from sync.protocol import Capability, Source
from sync.reader import Reader
from sync.tally import Tally, Tell

# A server that can't tell of news is asked this often; one that can is asked too, should its word have got lost.
ASK_EVERY = 30 * SECOND
LISTEN_FOR = 10 * MINUTE
# A server that says nothing while it is listened to is asked so often whether it lives: a line can die in silence.
ALIVE_EVERY = 90 * SECOND
# Kilobytes of the database that are kept at hand. With a console's 64 MB, 16,000 mails came in no faster, and the
# process was 47 MB larger.
CACHE = 16 << 10
# What was handed over and may have arrived is looked for so often.
DOUBT_EVERY = 10 * SECOND


@dataclass(frozen=True, slots=True)
class Desk:
    """What a worker works with: the workspace, the clock, whom it tells, and whose national phone numbers it knows."""

    workspace: Workspace
    clock: Callable[[], int]
    chance: Random
    tell: Tell
    regions: tuple[str, ...] = ()


class Worker:
    """Works one source, in one thread. `connection` is its own; `stopping` ends it between pages and in every wait."""

    def __init__(self, desk: Desk, connection: Connection, row: SourceRow, source: Source, stopping: Event) -> None:
        self._desk = desk
        self._connection = connection
        connection.execute(f"PRAGMA cache_size=-{CACHE}")
        self._row = row
        self._source = Ahead(source)
        self._stopping = stopping
        self.tally = Tally()
        self._dealing = self._deal()
        self._deliverer = Deliverer(connection, row.id, self._dealing, desk.clock)
        self._reader = Reader(connection, row, self._source, self._dealing, desk.clock, desk.tell, stopping, self.tally)
        self._fetching = Fetching(connection, desk.workspace, row.id, self._source, stopping)
        self._pace, self._way_out, self._file_pace = Pace(), Pace(), Pace()
        self._unsent: HeardError | None = None
        self._looked_at = 0
        self._answered = 0

    def may_send(self, soonest: int | None, now: int) -> bool:
        """Whether what may leave at `soonest` can be tried now; None: nothing waits."""
        return soonest is not None and soonest <= now and self._way_out.due(now, awaited=True)

    def may_fetch(self, connection: Connection, now: int) -> bool:
        """Whether somebody waits for a file that can be tried now."""
        return self._file_pace.due(now, awaited=True) and files.next_wanted(connection, self._row.id) is not None

    def round(self) -> bool:
        """Read and send once; whether all of it went well. What went wrong is told, and sets the pace."""
        try:
            self._state(state="syncing", tried_at=self._desk.clock())
            whole = self._reader.read(self._between)
            return self._done() if whole else self._broken_off()
        except Exception as error:  # noqa: BLE001 - one source's trouble, whatever it is, must not end the others
            self._pace = self._fail(in_words(error, self._desk.workspace.database), self._pace)
            self._source.close()
            return False

    def _done(self) -> bool:
        """Say how it is doing after a round that ended; whether nothing was left undone."""
        self._pace = Pace()
        self._state(synced_at=self._desk.clock())
        self._dealing.read_all()
        if self._unsent is not None and delivery.soonest(self._connection, self._row.id) is not None:
            return False
        self._unsent, self._way_out = None, Pace()
        lacking = self._reader.lacking
        said, mend = (lacking[0].message, lacking[0].mend) if lacking else ("", "")
        self._state(state="idle", said=said, mend=mend, next_at=None, failures=0)
        return not lacking

    def _broken_off(self) -> bool:
        """It was told to stop in the middle: what wasn't read is not in sync, and nothing went wrong."""
        self._state(state="idle")
        return False

    def run(self) -> None:
        """Rounds until told to stop."""
        while not self._stopping.is_set():
            asked = self._asked_at()
            if asked != self._answered:
                self._answered, self._way_out, self._file_pace = asked, Pace(), Pace()
            self.round()
            if not self._pace.failures:
                self._listen()
            if self._pace.failures:
                self._wait_out()

    def _listen(self) -> None:
        """Until there is news or something to do. As long as the server answers that there is none, all is in sync."""
        left = self._until_next()
        try:
            while not self._source.wait(min(left, ALIVE_EVERY) / SECOND):
                left -= ALIVE_EVERY
                if left <= 0 or self._is_wanted() or Capability.LIVE not in self._source.capabilities:
                    return
                self._state(synced_at=self._desk.clock())
        except SourceError as error:
            self._pace = self._fail(error, self._pace)
            self._source.close()

    def _deal(self) -> Dealing:
        """What is done with a source of this sort."""
        workspace, row, regions = self._desk.workspace, self._row, self._desk.regions
        if row.kind == sources.MAILBOX:
            box = Mailbox(workspace, row, own_addresses(row.settings), regions)
            return Mailing(self._connection, box, self._source, self._desk.clock)
        settles = kind_named(row.kind).settles * SECOND
        helpdesk = Helpdesk(workspace, row, regions)
        return Posting(self._connection, helpdesk, self._source, self._desk.clock, self._read_news, settles)

    def _read_news(self) -> None:
        self._reader.read_news()

    def _between(self) -> None:
        """What is not to wait for the past to be read: what waits to leave, once the news are known, and files."""
        if self._has_to_send():
            self._reader.read_news()
            self._deliver()
        if self.may_fetch(self._connection, self._desk.clock()):
            self._fetch()

    def _has_to_send(self) -> bool:
        now = self._desk.clock()
        in_doubt = not 0 <= now - self._looked_at < DOUBT_EVERY and delivery.in_doubt(self._connection, self._row.id)
        if in_doubt and self._way_out.due(now, awaited=True):
            return True
        soonest = delivery.soonest(self._connection, self._row.id)
        return self.may_send(soonest, now)

    def _deliver(self) -> None:
        delivered = Tally()
        self._looked_at = self._desk.clock()
        try:
            self._deliverer.deliver(self._stopping, delivered)
            self._unsent, self._way_out = None, Pace()
        except SourceError as error:
            self._unsent, self._way_out = error, self._fail(error, self._way_out)
        self.tally.add(delivered)
        if delivered != Tally():
            self._desk.tell({"event": "delivered", "source": self._row.name, **delivered.as_json()})

    def _fetch(self) -> None:
        try:
            self._fetching.fetch()
            self._file_pace = Pace()
        except SourceError as error:
            self._file_pace = self._fail(error, self._file_pace)

    def _fail(self, error: HeardError, pace: Pace) -> Pace:
        """Tell what went wrong; the pace after it."""
        now = self._desk.clock()
        denied = isinstance(error, Denied)
        offline = isinstance(error, Offline)
        asked = round(error.again_in * SECOND) if isinstance(error, Throttled) else None
        slower = (
            after_refusal(pace, now)
            if denied
            else after_failure(pace, now, self._desk.chance, offline=offline, asked=asked)
        )
        lasting = slower.away and asked is None
        state = "denied" if denied else "idle" if not lasting else "away" if isinstance(error, Unreachable) else "stuck"
        self._tell_of(error)
        # Where nothing can be written, as on a full disk, not even this can.
        with suppress(self._connection.OperationalError):
            # A process that starts anew may have what this one lacks.
            next_at = None if isinstance(error, Untried) else slower.earliest(awaited=self._is_awaited())
            self._state(state=state, said=error.message, mend=error.mend, next_at=next_at, failures=slower.failures)
        return slower

    def _tell_of(self, error: HeardError) -> None:
        self._desk.tell({"event": "error", "source": self._row.name, "what": error.message, "mend": error.mend})

    def _is_wanted(self) -> bool:
        """Whether there is something to do before the time is over."""
        return self._stopping.is_set() or self._asked_at() != self._answered or self._until_next() == 0

    def _until_next(self) -> int:
        """How long to listen: until the next thing may leave, at most until it is time to ask again."""
        longest = LISTEN_FOR if Capability.LIVE in self._source.capabilities else ASK_EVERY
        way_out = self._way_out.due(self._desk.clock(), awaited=True)
        if way_out and delivery.in_doubt(self._connection, self._row.id):
            longest = DOUBT_EVERY
        if self.may_fetch(self._connection, self._desk.clock()):
            return 0
        soonest = delivery.soonest(self._connection, self._row.id)
        if soonest is None:
            return longest
        return max(0, min(longest, max(soonest, self._way_out.awaited_at) - self._desk.clock()))

    def _wait_out(self) -> None:
        """Until the pace allows another try, or a person asks for one."""
        while not self._stopping.wait(0.2):
            now = self._desk.clock()
            if self._pace.due(now) or self._asked_at() != self._answered:
                return
            if self._pace.due(now, awaited=True) and self._is_awaited():
                return

    def _is_awaited(self) -> bool:
        """Whether somebody waits for this source: a console is open, or something is on its way out."""
        return anyone_seated(self._desk.workspace) or delivery.soonest(self._connection, self._row.id) is not None

    def _asked_at(self) -> int:
        return sources.asked_at(self._connection, self._row.id)

    def _state(self, **columns: int | str | None) -> None:
        with writing(self._connection):
            sources.tell(self._connection, self._row.id, **columns)


def in_words(error: Exception, database: Path) -> HeardError:
    """An error as a person is told of it; one that nobody foresaw says where in the program it came up."""
    if isinstance(error, HeardError):
        return error
    if type(error).__module__.partition(".")[0] in ("sqlite3", "sqlcipher3"):
        return explain(database, error)
    place = extract_tb(error.__traceback__)[-1]
    return HeardError(
        f"A fault of Heard's own: {type(error).__name__} in {Path(place.filename).name}, line {place.lineno}",
        "Please report it; it is tried again by itself.",
    )
