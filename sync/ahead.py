"""A source whose next page can be fetched while the last one is stored: the network and the disk work side by side.

The invariants: the source is still used by one thread at a time, since everything but `wake` waits for the fetch that
is on; at most one page is fetched ahead. A page that was fetched for another question than the one asked waits for its
own, unless the answer had records in it: those are newer, and what came before them must not be told after them.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from sync.protocol import Capability, Health, Operation, Outcome, Page, Receipt, Source, Stream


@dataclass(frozen=True, slots=True)
class _Begun:
    """A page on its way: which stream it is of, behind which cursor."""

    stream: Stream
    cursor: str
    page: "Future[Page]"


class Ahead:
    """A source (`sync.protocol.Source`) that can be told what it will be asked next."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._begun: _Begun | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return self._source.name

    @property
    def kind(self) -> str:
        """Which kind of service it is."""
        return self._source.kind

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What it can do, as far as it is known."""
        self._settle()
        return self._source.capabilities

    def begin(self, stream: Stream, cursor: str) -> None:
        """Begin to fetch the page behind a cursor, where it hasn't begun yet; `pull` hands it over, or its error."""
        if self._has_begun(stream, cursor):
            return
        self.forget()
        # A thread for one page, so that none is left when there is nothing to fetch.
        thread = ThreadPoolExecutor(1)
        self._begun = _Begun(stream, cursor, thread.submit(self._source.pull, stream, cursor))
        thread.shutdown(wait=False)

    def forget(self) -> None:
        """Drop what was fetched ahead, once that has ended."""
        self._settle()
        self._begun = None

    def pull(self, stream: Stream, cursor: str) -> Page:
        """The next records after a cursor."""
        self._settle()
        if self._begun is not None and self._has_begun(stream, cursor):
            begun, self._begun = self._begun, None
            return begun.page.result()
        page = self._source.pull(stream, cursor)
        if page.records:
            self._begun = None
        return page

    def check(self) -> Health:
        """Try everything that sync needs."""
        self._settle()
        return self._source.check()

    def streams(self) -> tuple[Stream, ...]:
        """What is read, the most urgent first."""
        self._settle()
        return self._source.streams()

    def push(self, operation: Operation, hand_over: Callable[[], None]) -> Outcome:
        """Carry out an operation once."""
        self._settle()
        return self._source.push(operation, hand_over)

    def find(self, operation: Operation) -> Receipt | None:
        """Whether an operation whose end was unclear has arrived."""
        self._settle()
        return self._source.find(operation)

    def fetch(self, file: str) -> Iterator[bytes]:
        """The bytes of a file; no page may be fetched ahead while they are read."""
        self._settle()
        return self._source.fetch(file)

    def wait(self, seconds: float) -> bool:
        """Wait for news, at most so long."""
        self._settle()
        return self._source.wait(seconds)

    def wake(self) -> None:
        """End the `wait` that is on."""
        self._source.wake()

    def close(self) -> None:
        """Let go of every connection."""
        self.forget()
        self._source.close()

    def _has_begun(self, stream: Stream, cursor: str) -> bool:
        return self._begun is not None and (self._begun.stream, self._begun.cursor) == (stream, cursor)

    def _settle(self) -> None:
        if self._begun is not None:
            wait([self._begun.page])
