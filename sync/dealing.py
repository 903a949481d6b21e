"""What the worker of a source leaves to whoever knows its sort: mails, or the tickets of a helpdesk.

The invariant: nothing but this tells one sort of source from another; how often it is asked, in which order, and what
is told to people is the same for all.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

from storage.delivery import Job
from sync.protocol import Page, Record, Stream
from sync.tally import Tally


class Dealing(Protocol):
    """What comes in from one source, and what goes out to it. Methods raise SourceError where it can't be reached."""

    def take(self, stream: Stream, page: Page, now: int) -> int:
        """Take a page's records in, in their order; how many were new. Each may come again."""
        ...

    def reaches(self, page: Page, since: int) -> bool:
        """Whether a page of the first stream shows that all of its news since that moment has been read."""
        ...

    def to_come(self, page: Page) -> int:
        """How many of those that `take` counts are still to come, as far as a page tells."""
        ...

    def unread(self, stream: Stream, records: Sequence[Record]) -> Iterator[str]:
        """What of these is there and can't be read, each in words."""
        ...

    def read_all(self) -> None:
        """A round has read everything: keep what it has shown of the source itself."""
        ...

    def send(self, job: Job, tally: Tally) -> None:
        """Carry out what a row of the outbox asks for, keep what came of it, and count it.

        What can't be tried now has been put off when it raises SourceError.
        """
        ...

    def look_for(self, job: Job, tally: Tally) -> None:
        """Find out what became of something that was handed over without an answer, as far as that is known yet."""
        ...
