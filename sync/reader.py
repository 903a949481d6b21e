"""What is new of one source comes in, page by page, its streams in turn.

The invariant: a page's records are in before its cursor moves, so that nothing is lost wherever a process ends, and
what comes twice is only found again.
"""

from collections import deque
from collections.abc import Callable
from threading import Event

from desk.errors import HeardError
from desk.times import SECOND
from storage import delivery, sources
from storage.connect import Connection, writing
from storage.ingest.pace import Pace as Batches
from storage.ingest.recency import put_in_order
from storage.sources import SourceRow
from sync.ahead import Ahead
from sync.dealing import Dealing
from sync.errors import PartGone
from sync.protocol import Page, Stream
from sync.tally import Tally, Tell

# So many pages of a stream are read in a row while there is much to read.
TURN = 10
# However long the past takes, news are asked for this often meanwhile.
NEWS_EVERY = 30 * SECOND


class Reader:
    """Reads one source. `pulled` counts what was new; `lacking` says which parts can't be read."""

    def __init__(
        self, connection: Connection, row: SourceRow, source: Ahead, dealing: Dealing, clock: Callable[[], int],
        tell: Tell, stopping: Event, tally: Tally,
    ) -> None:  # fmt: skip
        self._connection = connection
        self._row = row
        self._source = source
        self._dealing = dealing
        self._clock = clock
        self._tell = tell
        self._stopping = stopping
        self._tally = tally
        self._streams: tuple[Stream, ...] = ()
        self._remaining: dict[str, int] = {}
        self._news_at = 0
        self._ordered = False
        self.lacking: list[PartGone] = []

    def read(self, between: Callable[[], None]) -> bool:
        """Everything, the streams in turn, so that none has to wait for another's past; `between` is called before
        each page. Whether it was read to its end, and not stopped before.

        The newest of each comes first; later a turn is longer, since servers take long to open a large folder.
        """
        self._streams = self._source.streams()
        known = [str(error) for error in self.lacking]
        self.lacking.clear()
        self._remaining.clear()
        left = deque(self._streams)
        turn = 0
        while left and not self._stopping.is_set():
            between()
            self._ask_for_news_again(left)
            stream, turn = left[0], turn + 1
            page = self._part(stream)
            if page is None:
                left.popleft()
                turn = 0
                continue
            if not page.more:
                left.popleft()
            elif turn >= TURN or stream.key not in self._remaining:
                left.rotate(-1)
            if not left or left[0] != stream:
                turn = 0
            if left and page.records:
                following = left[0]
                self._source.begin(following, page.cursor if following == stream else self._cursor(following))
            self._keep(stream, page)
        self._source.forget()
        for error in self.lacking:
            if str(error) not in known:
                self._tell_of(error)
        self._put_in_order()
        return not left

    def read_news(self) -> None:
        """Everything in the first stream that has come since the oldest of what waits was written."""
        written_at = delivery.oldest(self._connection, self._row.id) or self._clock()
        # What was fetched ahead may be older than what is to leave.
        self._source.forget()
        while not self._stopping.is_set():
            page = self._pull(self._streams[0])
            self._keep(self._streams[0], page)
            if not page.more or self._dealing.reaches(page, written_at):
                return

    def _ask_for_news_again(self, left: "deque[Stream]") -> None:
        """Where the news were read to their end long ago, and the past still isn't: once more, and first."""
        now = self._clock()
        if self._streams[0] not in left and not 0 <= now - self._news_at < NEWS_EVERY:
            left.appendleft(self._streams[0])

    def _part(self, stream: Stream) -> Page | None:
        """The next page of a stream; None where that one alone can't be read, and the others can."""
        try:
            return self._pull(stream)
        except PartGone as error:
            if stream == self._streams[0]:
                raise
            self.lacking.append(error)
            return None

    def _pull(self, stream: Stream) -> Page:
        if stream == self._streams[0]:
            self._news_at = self._clock()
        return self._source.pull(stream, self._cursor(stream))

    def _cursor(self, stream: Stream) -> str:
        return sources.cursor(self._connection, self._row.id, stream.key)

    def _keep(self, stream: Stream, page: Page) -> None:
        """A page's records into the workspace, and then its cursor."""
        now = self._clock()
        self._tally.pulled += self._dealing.take(stream, page, now)
        self._remaining[stream.key] = self._dealing.to_come(page)
        with writing(self._connection):
            sources.keep_cursor(self._connection, self._row.id, stream.key, page.cursor, now)
            total = self._tally.pulled + sum(self._remaining.values())
            sources.tell(self._connection, self._row.id, done=self._tally.pulled, total=total)
        for what in self._dealing.unread(stream, page.records):
            self._tell({"event": "error", "source": self._row.name, "what": what, "mend": ""})
        if page.records:
            self._tell(
                {
                    "event": "page",
                    "source": self._row.name,
                    "stream": stream.name,
                    "records": len(page.records),
                    "remaining": page.remaining,
                }
            )

    def _put_in_order(self) -> None:
        """The past comes in as it lies there, not in the order in which customers wrote."""
        if self._tally.pulled and not self._ordered and not self._stopping.is_set():
            put_in_order(self._connection, Batches())
            self._ordered = True

    def _tell_of(self, error: HeardError) -> None:
        self._tell({"event": "error", "source": self._row.name, "what": error.message, "mend": error.mend})
