"""Slate as a source for Heard. Slate is made up: put the helpdesk that you know in its place.

The invariants are those of `sync.protocol`: reading changes nothing, everything may be told again, and a reply is
written once. Slate numbers its changes and its tickets, and refuses what was written in ignorance (If-Match).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter

from desk.errors import BadInput
from desk.lookup import IdentityKind
from desk.statuses import Status
from storage.ingest.records import CustomerRecord, IdentityRecord
from sync.errors import Broken, SourceError
from sync.http import Answer, Ask, Http, Site, site_url
from sync.kinds import Account, Kind, Question
from sync.protocol import (
    Capability,
    Conflict,
    Health,
    Operation,
    Outcome,
    Page,
    Receipt,
    Record,
    Refused,
    Role,
    Step,
    Stream,
)
from sync.sources.moments import Moment
from sync.tickets import (
    AgentNews,
    ChangeTicket,
    MessageKind,
    MessageNews,
    Passed,
    TicketGone,
    TicketNews,
    WriteMessage,
)

NEWS = Stream("news", "what is new", Role.INBOX)
PAST = Stream("past", "older tickets", Role.ALL)
AT_ONCE = 20
# What is refused for good: asked for again and again, it would hold up everything behind it.
REFUSALS = (400, 403, 413, 422)
# Slate's words for where a ticket stands; whatever it may call closed is done there.
STATES = {"open": Status.OPEN, "waiting": Status.PENDING, "parked": Status.HOLD, "done": Status.SOLVED}
WORDS = {**{status: word for word, status in STATES.items()}, Status.CLOSED: "done"}
KINDS: Mapping[str, MessageKind] = {"customer": "inbound", "agent": "outbound", "internal": "note"}


# What Slate tells, as values. pydantic makes them of its JSON, and says where that doesn't fit.
@dataclass(frozen=True, slots=True)
class Said:
    """A message. `reference` is what its writer gave along: the key of an operation of ours."""

    id: str
    by: str
    agent: str
    at: Moment
    text: str
    reference: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket with all that was said on it. `version` grows by every change, words included."""

    id: str
    subject: str
    state: str
    assignee: str
    tags: tuple[str, ...]
    name: str
    email: str
    created: Moment
    changed: Moment
    version: int
    messages: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """The tickets that have changed since a number, and the number to ask from next."""

    tickets: tuple[str, ...]
    last: int
    more: bool


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who works there."""

    id: str
    name: str
    email: str


TICKET, CHANGES = TypeAdapter(Ticket), TypeAdapter(Changes)
AGENTS, NUMBERS = TypeAdapter(tuple[Agent, ...]), TypeAdapter(tuple[str, ...])


class Slate:
    """One Slate, as `sync.protocol.Source` asks for it. Nothing is connected before it is used."""

    kind = "slate"
    capabilities = frozenset({Capability.DELIVERS, Capability.KEEPS_SENT})

    def __init__(self, account: Account) -> None:
        self.name = account.name
        url, patience = site_url(account.settings["url"]), _patience(account.settings)
        site = Site(account.name, url, account.context, patience=patience)
        self._http = Http(site, lambda: {"Authorization": f"Bearer {account.secret().reveal()}"})

    def check(self) -> Health:
        """Log in, and read what is needed."""
        try:
            agents = self._agents()
        except SourceError as error:
            return Health((Step("login", False, error.message, error.mend),))
        return Health((Step("login", True, f"{len(agents)} agents work there"),))

    def streams(self) -> tuple[Stream, ...]:
        """What is new first, so that one can work at once; then the past."""
        return NEWS, PAST

    def pull(self, stream: Stream, cursor: str) -> Page:
        """The next tickets. The news begin at the present; the past goes back from there, ticket by ticket."""
        if stream == NEWS:
            asked: dict[str, str | int] = {"after": cursor, "limit": AT_ONCE} if cursor else {"limit": 0}
            changes = self._http.ask(Ask("/api/changes", asked, what="what is new")).read(CHANGES)
            return self._page(changes.tickets, str(changes.last), changes.more)
        if cursor == "end":
            return Page((), cursor, more=False)
        asked = {"before": cursor, "limit": AT_ONCE} if cursor else {"limit": AT_ONCE}
        tickets = self._http.ask(Ask("/api/tickets", asked, what="older tickets")).read(NUMBERS)
        return self._page(tickets, tickets[-1] if tickets else "end", bool(tickets))

    def push(self, operation: Operation, hand_over: Callable[[], None]) -> Outcome:
        """Write something, or change it, once; Slate itself looks whether the ticket is still as we know it."""
        match operation:
            case WriteMessage() if not operation.body.strip():
                return Refused("There is nothing in it.", "Write something.")
            case WriteMessage() if operation.files:
                return Refused("Slate takes no files.", "Send it without.")
            case WriteMessage():
                return self._put("POST", operation, "/messages", _words(operation), hand_over)
            case ChangeTicket():
                return self._put("PATCH", operation, "", _fields(operation), hand_over)
        return Refused("Slate knows nothing of the kind.")

    def find(self, operation: Operation) -> Receipt | None:
        """Look for a message by the key that it was given."""
        if not isinstance(operation, WriteMessage):
            return None
        there = self._http.ask(Ask(f"/api/tickets/{operation.ticket}", accept=(404,)))
        said = there.read(TICKET).messages if there.status == 200 else ()
        return next((Receipt(each.id) for each in said if each.reference == operation.key), None)

    def fetch(self, file: str) -> Iterator[bytes]:
        """No message has a file here."""
        raise Broken(f"Slate has no file {file}")

    def wait(self, seconds: float) -> bool:
        """Slate tells of nothing by itself: sleep."""
        return self._http.wait(seconds)

    def wake(self) -> None:
        """End a wait."""
        self._http.wake()

    def close(self) -> None:
        """Let go of every connection."""
        self._http.close()

    def _agents(self) -> tuple[Agent, ...]:
        return self._http.ask(Ask("/api/agents", what="the agents")).read(AGENTS)

    def _page(self, tickets: tuple[str, ...], cursor: str, more: bool) -> Page:
        """These tickets as they are now, with all that was said on them; agents first, since tickets name them."""
        records: list[Record] = []
        if tickets:
            records += [AgentNews(agent.id, agent.name, agent.email) for agent in self._agents()]
            answers = self._http.ask_all([Ask(f"/api/tickets/{ticket}", accept=(404,)) for ticket in tickets])
            for ticket, answer in zip(tickets, answers, strict=True):
                records += [TicketGone(ticket)] if answer.status == 404 else self._read(ticket, answer)
        return Page(tuple(records), cursor, more, ahead=self._http.ahead)

    def _read(self, ticket: str, answer: Answer) -> Iterable[Record]:
        """A ticket's records; one that doesn't fit spoils no other."""
        try:
            return self._told(answer.read(TICKET))
        except Broken as error:
            return (Passed(f"ticket {ticket}", error.message),)

    def _told(self, ticket: Ticket) -> Iterable[Record]:
        yield TicketNews(
            ticket.id,
            ticket.subject,
            ticket.created,
            ticket.changed,
            ticket.state,
            STATES.get(ticket.state, Status.OPEN),
            number=ticket.id,
            assignee=ticket.assignee,
            customer=CustomerRecord(ticket.name, (IdentityRecord(IdentityKind.EMAIL, ticket.email),)),
            tags=ticket.tags,
            version=str(ticket.version),
            url=f"{self._http.site.url}/tickets/{ticket.id}",
        )
        for said in ticket.messages:
            kind = KINDS.get(said.by, "event")
            yield MessageNews(ticket.id, said.id, kind, said.at, said.text, agent=said.agent, operation=said.reference)

    def _put(
        self,
        method: str,
        operation: WriteMessage | ChangeTicket,
        path: str,
        fields: Mapping[str, str | bool | list[str]],
        hand_over: Callable[[], None],
    ) -> Outcome:
        known = {"If-Match": operation.version}
        place = f"/api/tickets/{operation.ticket}{path}"
        ask = Ask(place, method=method, json=fields, headers=known, accept=(404, 412, *REFUSALS))
        answer = self._http.write(ask, hand_over)
        if not isinstance(answer, Answer):
            return answer
        if answer.status == 404:
            return Refused("The ticket is there no more.")
        if answer.status == 412:
            return Conflict("The ticket has changed meanwhile.")
        if answer.status in REFUSALS:
            return Refused(f"Slate refused it (status {answer.status}).", "Change it, or drop it.")
        ticket = answer.read(TICKET)
        return Receipt(ticket.messages[-1].id if isinstance(operation, WriteMessage) else ticket.id)


def _words(message: WriteMessage) -> dict[str, str | bool | list[str]]:
    return {"text": message.body, "internal": message.kind == "note", "reference": message.key}


def _fields(change: ChangeTicket) -> dict[str, str | bool | list[str]]:
    fields: dict[str, str | bool | list[str]] = {}
    if change.status is not None:
        fields["state"] = change.label or WORDS[change.status]
    if change.assignee is not None:
        fields["assignee"] = change.assignee
    return {**fields, "add_tags": list(change.add_tags), "remove_tags": list(change.remove_tags)}


def _patience(settings: Mapping[str, str]) -> float:
    try:
        return float(settings.get("patience", "30"))
    except ValueError:
        raise BadInput("“patience” is no number of seconds", "Write it like 30.") from None


def _check(settings: Mapping[str, str]) -> None:
    site_url(settings["url"])
    _patience(settings)


KIND = Kind(
    key="slate",
    title="Slate",
    questions=(Question("url", "The address of your Slate", "https://slate.example.com"),),
    secret="token",
    takes=frozenset({"reply", "note", "status", "assignee", "tags"}),
    tried="Slate is made up: it was run against the little service in the tests.",
    open=Slate,
    check=_check,
    options={"patience": "Seconds after which a silent Slate is given up (30)"},
)
