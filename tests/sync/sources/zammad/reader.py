"""A source of a test, read to the end of its streams again and again, as the engine does."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import TypeVar

from desk.times import now
from sync.protocol import Record
from tests.servers.zammad import Zammad as Fake
from tests.sync.sources.zammad.stage import connected

R = TypeVar("R", bound=Record)


class Reader:
    """Keeps the cursors. `ahead` moves our clock on, in microseconds."""

    def __init__(self, fake: Fake, settings: Mapping[str, str]) -> None:
        self.ahead = 0
        self.source = connected(fake, settings, clock=lambda: now() + self.ahead)
        self.cursors: dict[str, str] = {}

    def read(self, *keys: str) -> list[Record]:
        """All that these streams tell until their end; without keys, every one."""
        told: list[Record] = []
        for stream in self.source.streams():
            more = not keys or stream.key in keys
            while more:
                page = self.source.pull(stream, self.cursors.get(stream.key, ""))
                self.cursors[stream.key], more = page.cursor, page.more
                told += page.records
        return told


def told(records: list[Record], kind: type[R]) -> list[R]:
    """Those of a kind."""
    return [record for record in records if isinstance(record, kind)]


@contextmanager
def desk(settings: Mapping[str, str] = MappingProxyType({})) -> Iterator[tuple[Fake, Reader]]:
    """A fake, and a reader of it."""
    with Fake() as fake:
        reader = Reader(fake, settings)
        try:
            yield fake, reader
        finally:
            reader.source.close()
