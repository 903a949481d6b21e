"""A small helpdesk in memory, and a source that works with it: what the engine does with helpdesks, without a network.

    bureau.opens("Lamp", "It flickers.")                      # a ticket: its name there
    bureau.meanwhile.append(lambda: bureau.writes("1", "…")) # right before the next operation looks at its ticket
    bureau.lost = 1                                          # the next one is done, and its answer is lost

Its versions count every change of a ticket, as those of strict services do. The invariant: whatever is asked of it is
done at once and whole, or not at all.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from threading import Event
from typing import NoReturn

from desk.lookup import IdentityKind
from desk.statuses import Priority, Status
from desk.times import MINUTE, now
from storage.ingest.records import CustomerRecord, IdentityRecord
from sync.errors import SourceError
from sync.kinds import Account, Kind
from sync.protocol import (
    Capability,
    Conflict,
    Health,
    Later,
    Operation,
    Outcome,
    Page,
    Receipt,
    Record,
    Refused,
    Role,
    Source,
    Stream,
    Unclear,
)
from sync.tickets import (
    AgentNews,
    ChangeTicket,
    FileNews,
    MergeTicket,
    MessageKind,
    MessageNews,
    Passed,
    TicketGone,
    TicketNews,
    WriteMessage,
)

NEWS = Stream("news", "News", Role.INBOX)
PAST = Stream("past", "Tickets", Role.OTHER)
SETTLES = 60
AGENT = AgentNews("a1", "Bo Lind", handle="bo")
COLLEAGUE = AgentNews("a2", "Cleo Mar", handle="cleo")
CUSTOMER = CustomerRecord("Ana", (IdentityRecord(IdentityKind.EMAIL, "ana@example.org"),))
LABELS = {Status.OPEN: "new", Status.PENDING: "waiting", Status.HOLD: "on hold", Status.SOLVED: "done"}


@dataclass
class Bureau:
    """The helpdesk.

    `lost`: so many operations are done and nobody is told. `cut`: so many are not done, and nobody is told either.
    `silent`: nothing that changes is told of. `falls`: errors for the next calls, by their names. `refuses`: what is
    answered to the next operations. `turned` is called before each page of the past.
    """

    tickets: dict[str, TicketNews] = field(default_factory=dict)
    messages: list[MessageNews] = field(default_factory=list)
    gone: dict[str, str] = field(default_factory=dict)
    files: dict[str, Iterable[bytes]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    asked: list[Operation] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    passed: list[Passed] = field(default_factory=list)
    meanwhile: list[Callable[[], object]] = field(default_factory=list)
    falls: dict[str, list[SourceError]] = field(default_factory=dict)
    refuses: list[Later | Refused] = field(default_factory=list)
    lost: int = 0
    cut: int = 0
    silent: bool = False
    page: int = 2
    turned: Callable[[], object] = lambda: None
    clock: Callable[[], int] = now

    def opens(self, subject: str, words: str) -> str:
        """A customer's new ticket: its name."""
        name = str(len(self.tickets) + 1)
        at = now() - 20 * MINUTE
        ticket = TicketNews(name, subject, at, at, "new", Status.OPEN, f"N{name}", Priority.NORMAL, customer=CUSTOMER)
        self.tickets[name] = replace(ticket, assignee="", tags=(), version="0")
        self.writes(name, words, at=at)
        return name

    def writes(
        self, ticket: str, words: str, kind: MessageKind = "inbound", *, at: int = 0, agent: str = "", key: str = "",
        files: tuple[FileNews, ...] = (),
    ) -> str:  # fmt: skip
        """Somebody says something: the message's name."""
        name = f"m{len(self.messages) + 1}"
        at = at or self.clock()
        self.messages.append(
            MessageNews(ticket, name, kind, at, words, agent=agent, operation=key, files=files,
                        sender="" if agent else "ana@example.org")
        )  # fmt: skip
        self.change(ticket)
        return name

    def change(self, ticket: str, wished: ChangeTicket | None = None) -> TicketNews:
        """A ticket changes there."""
        before = self.tickets[ticket]
        after = replace(before, updated_at=self.clock(), version=str(int(before.version) + 1))
        if wished is not None:
            after = _changed(after, wished)
        self.tickets[ticket] = after
        self.log.append(ticket)
        return after

    def merges(self, ticket: str, into: str) -> None:
        """A ticket becomes part of another one."""
        self.gone[ticket] = into
        self.messages = [replace(each, ticket=into) if each.ticket == ticket else each for each in self.messages]
        self.log += [ticket, into]

    def said(self, ticket: str) -> list[tuple[str, str]]:
        """Kind and words of all that was said on a ticket."""
        return [(each.kind, each.body) for each in self.messages if each.ticket == ticket]

    def without_key(self, message: str) -> None:
        """The service did not keep the key that a message came with."""
        self.messages = [replace(each, operation="") if each.external_id == message else each for each in self.messages]

    def count(self, call: str) -> int:
        """How often the source was called so."""
        return self.calls.count(call)


class BureauSource:
    """A source (`sync.protocol.Source`) over a bureau."""

    name = "front"
    kind = "bureau"
    capabilities = frozenset({Capability.DELIVERS, Capability.KEEPS_SENT, Capability.FILES})

    def __init__(self, bureau: Bureau) -> None:
        self._bureau = bureau
        self._woken = Event()

    def check(self) -> Health:
        return Health(())

    def streams(self) -> tuple[Stream, ...]:
        self._called("streams")
        return (NEWS, PAST)

    def pull(self, stream: Stream, cursor: str) -> Page:
        self._called(stream.key)
        bureau = self._bureau
        if stream == NEWS:
            upto = len(bureau.log)
            changed = () if not cursor or bureau.silent else bureau.log[int(cursor) :]
            told = [record for name in dict.fromkeys(changed) for record in self._told(name)]
            passed, bureau.passed = bureau.passed, []
            return Page((*told, *passed), cursor if bureau.silent and cursor else str(upto), more=False)
        bureau.turned()
        names = list(reversed(bureau.tickets))
        start = int(cursor or 0)
        told = [record for name in names[start : start + bureau.page] for record in self._told(name)]
        done = start + bureau.page
        return Page((AGENT, COLLEAGUE, *told), str(done), done < len(names), max(0, len(names) - done))

    def push(self, operation: Operation, hand_over: Callable[[], None]) -> Outcome:
        self._called("push")
        bureau = self._bureau
        bureau.asked.append(operation)
        if bureau.meanwhile:
            bureau.meanwhile.pop(0)()
        if bureau.refuses:
            return bureau.refuses.pop(0)
        if why := self._crossed(operation):
            return Conflict(why)
        hand_over()
        self._called("handed")
        if bureau.cut:
            bureau.cut -= 1
            return Unclear("the line broke")
        receipt = self._done(operation)
        if bureau.lost:
            bureau.lost -= 1
            return Unclear("the line broke")
        return receipt

    def find(self, operation: Operation) -> Receipt | None:
        self._called("find")
        assert isinstance(operation, WriteMessage), "what can be repeated isn't looked for"
        for each in self._bureau.messages:
            if each.operation == operation.key:
                return Receipt(each.external_id)
        return None

    def fetch(self, file: str) -> Iterator[bytes]:
        self._called("fetch")
        yield from self._bureau.files[file]

    def wait(self, seconds: float) -> bool:
        self._called("wait")
        self._woken.wait(seconds)
        self._woken.clear()
        return False

    def wake(self) -> None:
        self._bureau.calls.append("wake")
        self._woken.set()

    def close(self) -> None:
        pass

    def _called(self, call: str) -> None:
        self._bureau.calls.append(call)
        falling = self._bureau.falls.get(call)
        if falling:
            raise falling.pop(0)

    def _told(self, name: str) -> Iterator[Record]:
        if name in self._bureau.gone:
            yield TicketGone(name, self._bureau.gone[name])
            return
        yield self._bureau.tickets[name]
        yield from (each for each in self._bureau.messages if each.ticket == name)

    def _crossed(self, operation: Operation) -> str:
        bureau = self._bureau
        if isinstance(operation, ChangeTicket):
            return "It was changed" if bureau.tickets[operation.ticket].version != operation.version else ""
        if isinstance(operation, WriteMessage):
            newest = [each for each in bureau.messages if each.ticket == operation.ticket][-1].external_id
            return "Somebody wrote" if newest != operation.seen else ""
        return ""

    def _done(self, operation: Operation) -> Receipt:
        bureau = self._bureau
        match operation:
            case WriteMessage():
                assert operation.body.strip() or operation.files, "empty words were written"
                kind: MessageKind = "outbound" if operation.kind == "reply" else "note"
                name = bureau.writes(operation.ticket, operation.body, kind, agent="a1", key=operation.key)
                return Receipt(name, found=bureau.tickets[operation.ticket])
            case ChangeTicket():
                return Receipt(operation.ticket, found=bureau.change(operation.ticket, operation))
            case MergeTicket():
                bureau.merges(operation.ticket, operation.into)
                return Receipt(operation.into)
        raise NotImplementedError(operation)


def _changed(ticket: TicketNews, wished: ChangeTicket) -> TicketNews:
    status = ticket.status if wished.status is None else wished.status
    tags = [*(ticket.tags or ()), *wished.add_tags]
    return replace(
        ticket,
        status=status,
        label=ticket.label if wished.status is None else wished.label or LABELS[status],
        priority=ticket.priority if wished.priority is None else wished.priority,
        assignee=ticket.assignee if wished.assignee is None else wished.assignee,
        queue=ticket.queue if wished.queue is None else wished.queue,
        tags=tuple(dict.fromkeys(tag for tag in tags if tag not in wished.remove_tags)),
    )


def _not_opened(_account: Account) -> NoReturn:
    raise NotImplementedError


KIND = Kind(
    key="bureau",
    title="Bureau",
    questions=(),
    secret="token",
    takes=frozenset(["reply", "note", "merge", "tick", "status", "priority", "assignee", "queue", "tags"]),
    tried="Made for tests.",
    open=_not_opened,
    check=lambda _settings: None,
    settles=SETTLES,
)


def source_over(bureau: Bureau) -> Source:
    """A source, as the engine wants one."""
    return BureauSource(bureau)
