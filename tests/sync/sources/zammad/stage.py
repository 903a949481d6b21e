"""A fake Zammad as the stage of the conformance suite, and a source that is connected with it."""

import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from types import MappingProxyType

from desk import times
from desk.statuses import Status
from sync.conformance.stage import PAUSE, Deed, Said, Standing, Trouble
from sync.kinds import Account
from sync.protocol import Source
from sync.secret import Secret
from sync.sources.zammad import KIND
from sync.sources.zammad.source import Zammad
from tests.servers.zammad import TOKEN
from tests.servers.zammad import Zammad as Fake
from tests.servers.zammad_desk import AGENT_ROLE, MERGED, NOBODY, STATES
from tests.sync.sources.played import Played
from tests.sync.sources.troubles import LONG

CUSTOMER, COLLEAGUE = 10, 4
STATE_OF = {Status.OPEN: 2, Status.PENDING: 3, Status.HOLD: 8, Status.SOLVED: 4}
# What only writes go to: searches are asked by POST too.
_WRITES = (("POST", "/ticket_articles"), ("PUT", "/"), ("POST", "/tags"), ("DELETE", "/"))


@cache
def certificates() -> ssl.SSLContext:
    """The usual ones, read once: no line here is encrypted."""
    return ssl.create_default_context()


def connected(
    fake: Fake,
    settings: Mapping[str, str] = MappingProxyType({}),
    *,
    patience: float = 5.0,
    gone_every: int = 0,
    people_every: int = 0,
    clock: Callable[[], int] = times.now,
) -> Zammad:
    """A source that reads and writes this fake."""
    account = Account("Desk", {"url": fake.url, **settings}, lambda: Secret(TOKEN), certificates())
    return Zammad(account, patience=patience, gone_every=gone_every, people_every=people_every, clock=clock)


class ZammadStage(Played):
    """`sync.conformance.stage.Stage` over the fake."""

    secret = TOKEN
    takes = KIND.takes
    deeds = frozenset(Deed)
    many = 30
    agents: Sequence[str] = ("3", "4")
    queues: Sequence[str] = ("Support", "Sales::Germany")

    def __init__(self, fake: Fake) -> None:
        super().__init__(fake, "")
        self.fake = fake
        self.desk = fake.desk
        # This team has one priority more than Zammad brings along.
        self.desk.priorities[4] = "4 urgent"

    def source(self) -> Source:
        return connected(self.fake, patience=0.5)

    def add_ticket(self, subject: str, body: str) -> str:
        with self.fake.turn:
            return str(self.desk.opens(CUSTOMER, subject, body).id)

    def customer_writes(self, ticket: str, body: str) -> None:
        with self.fake.turn:
            self.desk.says(int(ticket), CUSTOMER, body)

    def colleague_writes(self, ticket: str, body: str, *, public: bool) -> None:
        with self.fake.turn:
            kind = "email" if public else "note"
            self.desk.says(int(ticket), COLLEAGUE, body, kind=kind, internal=not public)

    def colleague_changes(self, ticket: str, status: Status, tag: str) -> None:
        with self.fake.turn:
            self.desk.tickets[int(ticket)].tags.append(tag)
            self.desk.sets(int(ticket), state_id=STATE_OF[status])

    def delete(self, ticket: str) -> None:
        with self.fake.turn:
            self.desk.deletes(int(ticket))

    def merge(self, ticket: str, into: str) -> None:
        with self.fake.turn:
            self.desk.merges(int(ticket), int(into))

    def add_file(self, ticket: str, name: str, content: bytes) -> None:
        with self.fake.turn:
            article = self.desk.says(int(ticket), CUSTOMER, "Here it is.")
            self.desk.attaches(article, name, content, Content_Type="application/octet-stream")

    def add_customer(self, name: str, email: str) -> str:
        with self.fake.turn:
            return str(self.desk.knows(name, email).id)

    def add_checklist(self, ticket: str, items: Sequence[str]) -> None:
        with self.fake.turn:
            self.desk.lists(int(ticket), "Steps", *items)

    def ticked(self, ticket: str) -> Sequence[str]:
        checklist = self.desk.tickets[int(ticket)].checklist
        return [item.text for item in checklist.items if item.checked] if checklist else []

    def said(self, ticket: str) -> Sequence[Said]:
        return [
            Said(
                not one.internal and one.type != "note",
                self.desk.people[one.created_by_id].role == AGENT_ROLE,
                one.body,
                tuple(file.filename for file in one.files),
            )
            for one in self.desk.of(int(ticket))
        ]

    def standing(self, ticket: str) -> Standing | None:
        case = self.desk.tickets.get(int(ticket))
        if case is None or case.state_id == MERGED:
            return None
        kinds: Mapping[str, Status] = {"new": Status.OPEN, "open": Status.OPEN, "closed": Status.SOLVED}
        status = kinds.get(STATES[case.state_id][1], Status.PENDING)
        owner = "" if case.owner_id == NOBODY else str(case.owner_id)
        return Standing(case.title, status, owner, frozenset(case.tags), self.desk.groups[case.group_id])

    def contents(self) -> object:
        return repr(self.desk.tickets), repr(self.desk.articles), repr(self.desk.sent)

    def make(self, trouble: Trouble) -> None:
        faults = self.fake.faults
        match trouble:
            case Trouble.CUT:
                faults.cut()
            case Trouble.FAILS:
                faults.refuse(503)
            case Trouble.BUSY:
                faults.refuse(429, retry_after=PAUSE)
            case Trouble.DENIED:
                faults.expired = True
            case _:
                self._at_the_next_change(trouble)

    def _at_the_next_change(self, trouble: Trouble) -> None:
        for method, path in _WRITES:
            match trouble:
                case Trouble.UNDONE:
                    self.fake.faults.cut(method=method, path=path)
                case Trouble.LOST:
                    self.fake.faults.cut(after=True, method=method, path=path)
                case Trouble.FAILS_AFTER:
                    self.fake.faults.fail_after(method=method, path=path)
                case _:
                    self.fake.faults.slow(LONG, method=method, path=path)


@contextmanager
def stage() -> Iterator[ZammadStage]:
    """A stage with nothing on it."""
    with Fake() as fake:
        yield ZammadStage(fake)
