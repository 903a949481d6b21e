"""Slate as a stage for the conformance suite: what docs/sources.md shows of testing a source."""

import ssl
from collections.abc import Sequence
from copy import deepcopy

from desk.statuses import Status
from sync.conformance import PAUSE, Deed, Said, Standing, Trouble
from sync.kinds import Account, Kind
from sync.protocol import Source
from sync.secret import Secret
from tests.servers.slate import AGENTS, TOKEN, SlateService

PATIENCE = 0.5


class SlateStage:
    """The service, its people and its weather, and the kind of source under test."""

    secret = TOKEN
    deeds = frozenset({Deed.DELETE})
    troubles = frozenset(Trouble)
    many = 23
    agents = tuple(AGENTS)
    queues: Sequence[str] = ()

    def __init__(self, service: SlateService, kind: Kind) -> None:
        self._service, self.kind = service, kind
        self._context = ssl.create_default_context()
        self._states: dict[Status, str] = {Status.OPEN: "open", Status.PENDING: "waiting", Status.SOLVED: "done"}
        self.takes = kind.takes

    def source(self) -> Source:
        settings = {"url": self._service.url, "patience": str(PATIENCE)}
        return self.kind.open(Account("slate", settings, lambda: Secret(TOKEN), self._context))

    def add_ticket(self, subject: str, body: str) -> str:
        return self._service.begin(subject, body)

    def customer_writes(self, ticket: str, body: str) -> None:
        self._service.say(ticket, "customer", body)

    def colleague_writes(self, ticket: str, body: str, *, public: bool) -> None:
        self._service.say(ticket, "agent" if public else "internal", body, agent="a2")

    def colleague_changes(self, ticket: str, status: Status, tag: str) -> None:
        self._service.change(ticket, state=self._states[status])
        self._service.tag(ticket, [tag], [])

    def delete(self, ticket: str) -> None:
        self._service.delete(ticket)

    def merge(self, ticket: str, into: str) -> None:
        raise NotImplementedError

    def hide(self, ticket: str) -> None:
        raise NotImplementedError

    def add_file(self, ticket: str, name: str, content: bytes) -> None:
        raise NotImplementedError

    def add_customer(self, name: str, email: str) -> str:
        raise NotImplementedError

    def add_checklist(self, ticket: str, items: Sequence[str]) -> None:
        raise NotImplementedError

    def ticked(self, ticket: str) -> Sequence[str]:
        raise NotImplementedError

    def said(self, ticket: str) -> Sequence[Said]:
        with self._service.turn:
            messages = list(self._service.tickets[ticket].messages)
        return [Said(each.by != "internal", each.by != "customer", each.text) for each in messages]

    def standing(self, ticket: str) -> Standing | None:
        with self._service.turn:
            there = deepcopy(self._service.tickets.get(ticket))
        if there is None:
            return None
        status = next(status for status, word in self._states.items() if word == there.state)
        return Standing(there.subject, status, there.assignee, frozenset(there.tags))

    def contents(self) -> object:
        with self._service.turn:
            return deepcopy((self._service.tickets, self._service.changes))

    def requests(self) -> int:
        return len(self._service.asked)

    def make(self, trouble: Trouble) -> None:
        faults = self._service.faults
        match trouble:
            case Trouble.CUT:
                faults.cut()
            case Trouble.UNDONE:
                faults.cut(method="POST")
            case Trouble.LOST:
                for method in ("POST", "PATCH"):
                    faults.cut(after=True, method=method)
            case Trouble.FAILS_AFTER:
                faults.fail_after(500, method="POST")
            case Trouble.FAILS:
                faults.refuse(503)
            case Trouble.BUSY:
                faults.refuse(429, retry_after=PAUSE)
            case Trouble.SLOW:
                faults.slow(PATIENCE * 3, method="POST")
            case Trouble.DENIED:
                faults.expired = True

    def calm(self) -> None:
        self._service.faults.clear()
