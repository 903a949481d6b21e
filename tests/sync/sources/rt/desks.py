"""A source of the run's Request Tracker, read up to now, for tests that look at what it tells of one ticket."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sync.conformance.kept import Kept
from sync.sources.rt.source import RequestTracker, line
from sync.tickets import MessageNews, TicketNews
from tests.servers.rt import RtServer
from tests.sync.sources.rt.stage import account


@dataclass
class Desk:
    """What a source has told so far."""

    source: RequestTracker
    kept: Kept = field(default_factory=Kept)

    def read(self) -> None:
        """Read what is new."""
        self.kept.read(self.source)

    def ticket(self, number: str) -> TicketNews:
        """A ticket as it was told last."""
        return self.kept.tickets[number]

    def said(self, number: str) -> list[MessageNews]:
        """What was told to stand on a ticket, events left out, the oldest first."""
        told = [each for (of, _), each in self.kept.messages.items() if of == number and each.kind != "event"]
        return sorted(told, key=lambda each: int(each.external_id))

    def events(self, number: str) -> list[str]:
        """What was told to have happened to a ticket."""
        return [each.body for (of, _), each in self.kept.messages.items() if of == number and each.kind == "event"]


@contextmanager
def desk(rt: RtServer, agent: str = "ana", *, port: int = 0, **settings: str) -> Iterator[Desk]:
    """A source of that agent's, that has read nothing yet; through another port where there is one."""
    url = f"http://127.0.0.1:{port or rt.port}"
    secret = rt.agent(agent).password if "user" in settings else rt.agent(agent).token
    opened = account(url, secret, **settings)
    source = RequestTracker(opened, line(opened, patience=60, pauses=(0.01, 0.02)), page=10)
    try:
        yield Desk(source)
    finally:
        source.close()
