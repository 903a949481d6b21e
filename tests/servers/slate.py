"""Slate, the made-up helpdesk of docs/examples/slate, as a small service: tickets, numbered changes, If-Match.

The invariant: every change of a ticket raises its version and stands at the end of the list of changes.
"""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Literal

from tests.servers.service import Json, Request, Response, Service

TOKEN = "canary-slate-7e21c0"
AGENTS = {"a1": "Ana Ruiz", "a2": "Ben Ode"}
By = Literal["customer", "agent", "internal"]


@dataclass
class Message:
    id: str
    by: By
    agent: str
    at: str
    text: str
    reference: str = ""


@dataclass
class Ticket:
    id: str
    subject: str
    created: str
    changed: str
    state: str = "open"
    assignee: str = ""
    tags: list[str] = field(default_factory=list)
    name: str = "Kim Ek"
    email: str = "kim@example.com"
    version: int = 0
    messages: list[Message] = field(default_factory=list)


class SlateService(Service):
    """The service; tests are its people by `begin`, `say`, `change` and `delete`."""

    def __init__(self) -> None:
        super().__init__()
        self.tickets: dict[str, Ticket] = {}
        self.changes: list[str] = []
        self._numbers = 0

    def begin(self, subject: str, text: str) -> str:
        with self.turn:
            ticket = Ticket(self._number(), subject, self._stamp(), self._stamp())
            self.tickets[ticket.id] = ticket
            self.say(ticket.id, "customer", text)
            return ticket.id

    def say(self, ticket: str, by: By, text: str, agent: str = "", reference: str = "") -> None:
        with self.turn:
            message = Message(self._number(), by, agent, self._stamp(), text, reference)
            self.tickets[ticket].messages.append(message)
            self._changed(ticket)

    def change(self, ticket: str, state: str | None = None, assignee: str | None = None) -> None:
        with self.turn:
            there = self.tickets[ticket]
            there.state = there.state if state is None else state
            there.assignee = there.assignee if assignee is None else assignee
            self._changed(ticket)

    def tag(self, ticket: str, add: list[str], remove: list[str]) -> None:
        with self.turn:
            there = self.tickets[ticket]
            there.tags = [tag for tag in dict.fromkeys((*there.tags, *add)) if tag not in remove]
            self._changed(ticket)

    def delete(self, ticket: str) -> None:
        with self.turn:
            del self.tickets[ticket]
            self.changes.append(ticket)

    def answer(self, request: Request) -> Response:
        if self.faults.expired or request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Response.of({"error": "who are you?"}, 401)
        match request.method, request.path.strip("/").split("/")[1:]:
            case "GET", ["agents"]:
                return Response.of(
                    [{"id": key, "name": name, "email": f"{key}@desk.example"} for key, name in AGENTS.items()]
                )
            case "GET", ["changes"]:
                return self._changes(request)
            case "GET", ["tickets"]:
                newest_first = sorted(self.tickets, key=int, reverse=True)
                before = int(request.params.get("before", "1000000000"))
                older = [number for number in newest_first if int(number) < before]
                return Response.of(list(older[: int(request.params["limit"])]))
            case method, ["tickets", number, *rest] if number in self.tickets:
                return self._ticket(method, self.tickets[number], rest, request)
        return Response.of({"error": "there is nothing"}, 404)

    def _changes(self, request: Request) -> Response:
        after = int(request.params.get("after", str(len(self.changes))))
        last = min(len(self.changes), after + int(request.params["limit"]))
        tickets: list[Json] = list(dict.fromkeys(self.changes[after:last]))
        return Response.of({"tickets": tickets, "last": last, "more": last < len(self.changes)})

    def _ticket(self, method: str, ticket: Ticket, rest: list[str], request: Request) -> Response:
        if method != "GET" and request.headers.get("if-match") != str(ticket.version):
            return Response.of({"error": "it has changed"}, 412)
        fields = request.fields()
        match method, rest:
            case "GET", []:
                pass
            case "POST", ["messages"]:
                text, by = str(fields["text"]), "internal" if fields["internal"] else "agent"
                if not text.strip():
                    return Response.of({"error": "say something"}, 422)
                self.say(ticket.id, "internal" if by == "internal" else "agent", text, "a1", str(fields["reference"]))
            case "PATCH", []:
                state, assignee = fields.get("state"), fields.get("assignee")
                self.change(
                    ticket.id, None if state is None else str(state), None if assignee is None else str(assignee)
                )
                self.tag(ticket.id, _texts(fields["add_tags"]), _texts(fields["remove_tags"]))
            case _:
                return Response.of({"error": "there is nothing"}, 404)
        return Response.of(asdict(ticket))

    def _changed(self, ticket: str) -> None:
        self.tickets[ticket].version += 1
        self.tickets[ticket].changed = self._stamp()
        self.changes.append(ticket)

    def _number(self) -> str:
        self._numbers += 1
        return str(self._numbers)

    def _stamp(self) -> str:
        return datetime.fromtimestamp(self.now(), UTC).isoformat()


def _texts(value: Json) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []
