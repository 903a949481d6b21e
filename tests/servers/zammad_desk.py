"""What a fake Zammad holds: users, tickets, articles, checklists, calls; and how each of them is told as JSON.

The invariant: whatever happens to a ticket, to its articles, tags or checklist moves its `updated_at` on, as there, and
a change that changes nothing doesn't.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.servers.service import Json

NOBODY = 1
AGENT_ROLE, CUSTOMER_ROLE = 2, 3
Told = dict[str, Json]


def written(moment: float) -> str:
    """A time as Zammad writes it: to the millisecond."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Person:
    """A user there: an agent or a customer."""

    id: int
    firstname: str
    lastname: str
    email: str
    role: int
    phone: str = ""
    mobile: str = ""
    organization_id: int | None = None
    vip: bool = False
    more: Told = field(default_factory=dict)
    updated_at: float = 0.0

    def told(self) -> Told:
        return {
            "updated_at": written(self.updated_at),
            "id": self.id, "login": self.email or f"auto-{self.id}", "firstname": self.firstname,
            "lastname": self.lastname, "email": self.email, "phone": self.phone, "mobile": self.mobile, "fax": "",
            "organization_id": self.organization_id, "vip": self.vip, "active": True, "role_ids": [self.role],
            "note": "", "department": None, "web": "", "image": None, **self.more,
        }  # fmt: skip


@dataclass
class Attached:
    """A file of an article."""

    id: int
    filename: str
    data: bytes
    preferences: Told

    def told(self) -> Told:
        return {"id": self.id, "filename": self.filename, "size": str(len(self.data)), "preferences": self.preferences}


@dataclass
class Article:
    """Something that was said. `type`: email, note, phone, web …; `sender`: Agent, Customer or System."""

    id: int
    ticket_id: int
    type: str
    sender: str
    body: str
    created_by_id: int
    at: float
    internal: bool = False
    content_type: str = "text/plain"
    origin_by_id: int | None = None
    written_from: str = ""
    to: str = ""
    cc: str = ""
    reply_to: str = ""
    subject: str = ""
    message_id: str | None = None
    in_reply_to: str | None = None
    preferences: Told = field(default_factory=dict)
    files: list[Attached] = field(default_factory=list)

    def told(self) -> Told:
        return {
            "id": self.id, "ticket_id": self.ticket_id, "type": self.type, "sender": self.sender, "body": self.body,
            "internal": self.internal, "content_type": self.content_type, "created_by_id": self.created_by_id,
            "origin_by_id": self.origin_by_id, "from": self.written_from, "to": self.to, "cc": self.cc,
            "reply_to": self.reply_to, "subject": self.subject, "message_id": self.message_id,
            "in_reply_to": self.in_reply_to, "preferences": self.preferences, "created_at": written(self.at),
            "updated_at": written(self.at), "attachments": [file.told() for file in self.files],
        }  # fmt: skip


@dataclass
class Item:
    """A step of a checklist."""

    id: int
    text: str
    checked: bool = False


@dataclass
class Checklist:
    """A ticket's checklist."""

    id: int
    name: str
    items: list[Item]

    def assets(self) -> Told:
        order: list[Json] = [str(item.id) for item in self.items]
        items: Told = {
            str(item.id): {"id": item.id, "text": item.text, "checked": item.checked, "checklist_id": self.id}
            for item in reversed(self.items)
        }
        kept: Told = {"id": self.id, "name": self.name, "sorted_item_ids": order}
        return {"Checklist": {str(self.id): kept}, "ChecklistItem": items}


@dataclass
class Case:
    """A ticket. `parent`: what it was merged into."""

    id: int
    title: str
    customer_id: int
    created_at: float
    updated_at: float
    group_id: int = 1
    state_id: int = 1
    priority_id: int = 2
    owner_id: int = NOBODY
    pending_time: str | None = None
    organization_id: int | None = None
    checklist: Checklist | None = None
    parent: int | None = None
    tags: list[str] = field(default_factory=list)
    more: Told = field(default_factory=dict)

    @property
    def number(self) -> str:
        return f"{31000 + self.id}"

    def told(self) -> Told:
        return {
            "id": self.id, "number": self.number, "title": self.title, "group_id": self.group_id,
            "state_id": self.state_id, "priority_id": self.priority_id, "owner_id": self.owner_id,
            "customer_id": self.customer_id, "organization_id": self.organization_id, "note": None,
            "pending_time": self.pending_time, "article_count": 1, "escalation_at": None, "preferences": {},
            "checklist_id": self.checklist.id if self.checklist else None, "created_by_id": 1, "updated_by_id": 1,
            "create_article_type_id": 1, "create_article_sender_id": 1, "last_contact_at": written(self.updated_at),
            "created_at": written(self.created_at), "updated_at": written(self.updated_at), **self.more,
        }  # fmt: skip


STATES: dict[int, tuple[str, str]] = {
    1: ("new", "new"),
    2: ("open", "open"),
    3: ("pending reminder", "pending reminder"),
    4: ("closed", "closed"),
    5: ("merged", "merged"),
    7: ("pending close", "pending action"),
    8: ("waiting for the workshop (on hold)", "pending reminder"),
    9: ("resolved by phone", "closed"),
}
PENDING = (3, 7, 8)
MERGED = 5


class ZammadDesk:
    """Everything that is there, and what people do there in Zammad's own pages. `now`: its clock, in seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.groups = {1: "Support", 2: "Sales::Germany"}
        # What each group's mails come from.
        self.addresses: dict[int, int | None] = {1: 1, 2: 1}
        # Which groups an agent may own tickets of; those of the token's agent are what it sees.
        self.access: dict[int, set[int]] = {3: {1, 2}, 4: {1}, 5: {1}}
        self.me = 3
        self.organizations = {1: "Harbour Bikes"}
        self.priorities = {1: "1 low", 2: "2 normal", 3: "3 high"}
        self.people: dict[int, Person] = {
            1: Person(1, "-", "", "", AGENT_ROLE),
            3: Person(3, "Ada", "Brandt", "ada@desk.example", AGENT_ROLE),
            4: Person(4, "Bo", "Lund", "bo@desk.example", AGENT_ROLE),
            5: Person(5, "Cy", "Moss", "cy@desk.example", AGENT_ROLE),
            10: Person(10, "Ana", "Ruiz", "ana@customer.example", CUSTOMER_ROLE, "+49 30 1234567", organization_id=1,
                       vip=True, more={"account_number": "A-7781"}),
            11: Person(11, "Ben", "Ode", "ben@customer.example", CUSTOMER_ROLE, mobile="+44 20 7946 0018"),
        }  # fmt: skip
        self.tickets: dict[int, Case] = {}
        self.articles: dict[int, Article] = {}
        self.calls: list[Told] = []
        self.text_modules: list[Told] = []
        self.macros: list[Told] = []
        # Mails that went out to customers: the article's id, and who got them.
        self.sent: list[tuple[int, str]] = []
        self._last = 100

    def next_id(self) -> int:
        """A new id, of whatever kind."""
        self._last += 1
        return self._last

    def of(self, ticket: int) -> list[Article]:
        """A ticket's articles, the oldest first."""
        return sorted((one for one in self.articles.values() if one.ticket_id == ticket), key=lambda one: one.id)

    def knows(self, name: str, email: str, mobile: str = "") -> Person:
        """Somebody enters a customer."""
        first, _, last = name.partition(" ")
        person = Person(self.next_id(), first, last, email, CUSTOMER_ROLE, mobile=mobile, updated_at=self.now())
        self.people[person.id] = person
        return person

    def touch(self, ticket: int) -> None:
        """A ticket's time moves on by what happened just now."""
        case = self.tickets[ticket]
        case.updated_at = max(self.now(), case.updated_at + 0.001)

    def opens(self, customer: int, title: str, body: str, *, at: float | None = None, **more: Json) -> Case:
        """A customer writes a mail that becomes a ticket."""
        moment = self.now() if at is None else at
        case = Case(self.next_id(), title, customer, moment, moment)
        case.organization_id = self.people[customer].organization_id
        case.more = more
        self.tickets[case.id] = case
        self.says(case.id, customer, body)
        case.updated_at = moment
        return case

    def says(
        self, ticket: int, who: int, body: str, *, kind: str = "email", internal: bool = False, html: bool = False
    ) -> Article:
        """Somebody writes to a ticket: a customer, an agent, or the system (1)."""
        person = self.people[who]
        sender = "System" if who == NOBODY else "Agent" if person.role == AGENT_ROLE else "Customer"
        article = Article(
            self.next_id(), ticket, kind, sender, body, who, self.now(), internal, "text/html" if html else "text/plain"
        )
        if kind == "email":
            article.written_from = f"{person.firstname} {person.lastname} <{person.email}>"
            article.to = "support@desk.example"
            article.message_id = f"<{article.id}@customer.example>"
        self.articles[article.id] = article
        self.touch(ticket)
        return article

    def attaches(self, article: Article, name: str, data: bytes, **preferences: Json) -> Attached:
        """A file comes along with an article."""
        file = Attached(self.next_id(), name, data, {key.replace("_", "-"): told for key, told in preferences.items()})
        article.files.append(file)
        return file

    def sets(self, ticket: int, **fields: int) -> None:
        """Somebody changes fields of a ticket, by their ids."""
        for name, told in fields.items():
            setattr(self.tickets[ticket], name, told)
        self.touch(ticket)

    def lists(self, ticket: int, name: str, *texts: str) -> Checklist:
        """Somebody puts a checklist on a ticket."""
        checklist = Checklist(self.next_id(), name, [Item(self.next_id(), text) for text in texts])
        self.tickets[ticket].checklist = checklist
        self.touch(ticket)
        return checklist

    def deletes(self, ticket: int) -> None:
        """An administrator deletes a ticket: nothing of it is left."""
        del self.tickets[ticket]
        for article in self.of(ticket):
            del self.articles[article.id]

    def merges(self, ticket: int, into: int) -> None:
        """A ticket's articles move to another one, and it becomes an empty one that says so."""
        for article in self.of(ticket):
            article.ticket_id = into
        case = self.tickets[ticket]
        case.state_id, case.owner_id, case.parent = MERGED, NOBODY, into
        self.says(ticket, NOBODY, "merged", kind="note")
        self.touch(into)

    def rings(self, number: str, *, answered: bool, name: str = "", out: bool = False) -> Told:
        """Somebody calls, or is called, and hangs up after two minutes."""
        moment = self.now()
        call: Told = {
            "id": self.next_id(), "direction": "out" if out else "in", "state": "hangup", "call_id": str(self._last),
            "from": "4930609811" if out else number, "to": number if out else "4930609811",
            "from_comment": "Ada Brandt" if out else name, "to_comment": name if out else "Ada Brandt",
            "initialized_at": written(moment - 150), "start_at": written(moment - 120) if answered else None,
            "end_at": written(moment), "duration_talking_time": 120 if answered else None, "preferences": {},
            "duration_waiting_time": 30 if answered else 150,
            "created_at": written(moment - 150), "updated_at": written(moment), "done": answered, "queue": "4930609811",
        }  # fmt: skip
        self.calls.insert(0, call)
        return call
