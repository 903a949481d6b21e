"""Who and what there is at a Freshdesk besides tickets: agents, groups, fields, customers and their companies.

The invariant: what an agent's own key may not list is taken from the fields of tickets, which everybody may read, so
that names are there without an administrator's key.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import TypeAdapter

from desk.lookup import IdentityKind
from desk.times import HOUR, MINUTE
from storage.ingest.records import CustomerRecord, IdentityRecord
from sync.http import Answer, Ask, Http
from sync.sources import own_fields
from sync.sources.freshdesk import answers, vocabulary
from sync.sources.freshdesk.answers import Agent, Contact
from sync.sources.freshdesk.vocabulary import Statuses
from sync.sources.lenient import one
from sync.tickets import AgentNews

T = TypeVar("T")

LARGEST_PAGE = 100
# No list is read further: 10,000 agents are none of a desk.
MOST_PAGES = 100
FRESH = HOUR
# Somebody unknown may be new; but somebody who has left stays unknown.
ASK_AGAIN = 5 * MINUTE
# So many customers are kept at hand.
MOST_CUSTOMERS = 5_000


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the service. `labels`: the names of custom fields; `me`: the agent that the key belongs to."""

    agents: Mapping[int, Agent] = field(default_factory=dict)
    groups: Mapping[int, str] = field(default_factory=dict)
    statuses: Statuses = field(default_factory=Statuses)
    labels: Mapping[str, str] = field(default_factory=dict)
    me: Agent | None = None

    def group(self, name: str) -> int | None:
        """The number of the group of that name."""
        return next((number for number, own in self.groups.items() if own == name), None)

    def told(self) -> tuple[AgentNews, ...]:
        """The agents."""
        return tuple(
            AgentNews(str(agent.id), agent.contact.name or agent.contact.email, agent.contact.email)
            for agent in self.agents.values()
        )


class Directory:
    """Asks for what isn't known yet, and again after a while."""

    def __init__(self, http: Http, clock: Callable[[], int]) -> None:
        self._http = http
        self._clock = clock
        self._known: Known | None = None
        self._asked_at = 0
        self._customers: dict[int, tuple[int, CustomerRecord | None]] = {}
        self._companies: dict[int, str] = {}

    def known(self, named: Iterable[int] = ()) -> Known:
        """What is known, not older than an hour; younger where one of these isn't an agent that is known."""
        age = self._clock() - self._asked_at
        known = self._known
        if known is None or not 0 <= age < FRESH or (age >= ASK_AGAIN and not known.agents.keys() >= set(named)):
            known = self._known = self._read()
        return known

    def me(self) -> Agent:
        """The agent that the key belongs to."""
        return self._http.ask(Ask("/agents/me")).read(answers.AGENT)

    def _read(self) -> Known:
        me = self.me()
        agents = {agent.id: agent for agent in self._list("/agents", answers.AGENT)}
        groups = {group.id: group.name for group in self._list("/groups", answers.NAMED)}
        fields = self._list("/ticket_fields", answers.TICKET_FIELD)
        choices = {each.type: each.choices for each in fields}
        for name, number in _numbered(choices.get("default_agent")):
            agents.setdefault(number, Agent(number, answers.Person(name)))
        for name, number in _numbered(choices.get("default_group")):
            groups.setdefault(number, name)
        self._asked_at = self._clock()
        labels = {each.name: each.label for each in fields if each.label}
        agents.setdefault(me.id, me)
        return Known(agents, groups, vocabulary.statuses(choices.get("default_status")), labels, me)

    def _list(self, path: str, adapter: TypeAdapter[T]) -> list[T]:
        """All of a list; nothing where this key may not read it."""
        found: list[T] = []
        for page in range(1, MOST_PAGES + 1):
            answer = self._http.ask(Ask(path, {"page": page, "per_page": LARGEST_PAGE}, accept=(403, 404)))
            found += answers.readable(answer, adapter)
            if len(answers.listed(answer)) < LARGEST_PAGE:
                break
        return found

    def customers(self, wanted: Iterable[int]) -> dict[int, CustomerRecord]:
        """These customers; whoever isn't one, or isn't there any more, is missing."""
        now = self._clock()
        if len(self._customers) > MOST_CUSTOMERS:
            self._customers.clear()
        numbers = sorted(set(wanted))
        lacking = [number for number in numbers if not self._is_at_hand(number, now)]
        if lacking:
            asks = [Ask(f"/contacts/{number}", accept=(403, 404, 405), what="a customer") for number in lacking]
            self._keep(lacking, self._http.ask_all(asks), now)
        found = ((number, self._customers[number][1]) for number in numbers)
        return {number: record for number, record in found if record is not None}

    def listed(self, contacts: Sequence[Contact]) -> list[CustomerRecord]:
        """These customers, of whom a list has told."""
        companies = {contact.company_id for contact in contacts if contact.company_id is not None}
        if companies - self._companies.keys():
            # A key that may not list them leaves them without a name until one is met on a ticket.
            named = {company.id: company.name for company in self._list("/companies", answers.NAMED)}
            self._companies.update(dict.fromkeys(companies, "") | self._companies | named if named else {})
        labels = self.known().labels
        return [customer(contact, self._companies.get(contact.company_id or 0, ""), labels) for contact in contacts]

    def _is_at_hand(self, number: int, now: int) -> bool:
        return number in self._customers and 0 <= now - self._customers[number][0] < FRESH

    def _keep(self, numbers: list[int], told: list[Answer], now: int) -> None:
        found = [one(answer, answers.CONTACT) for answer in told]
        self._name_companies(contact.company_id for contact in found if contact is not None)
        labels = self.known().labels
        for number, contact in zip(numbers, found, strict=True):
            record = None
            if contact is not None:
                record = customer(contact, self._companies.get(contact.company_id or 0, ""), labels)
            self._customers[number] = now, record

    def _name_companies(self, wanted: Iterable[int | None]) -> None:
        numbers = sorted({number for number in wanted if number is not None and number not in self._companies})
        if not numbers:
            return
        asks = [Ask(f"/companies/{number}", accept=(403, 404), what="a company") for number in numbers]
        for number, answer in zip(numbers, self._http.ask_all(asks), strict=True):
            company = one(answer, answers.NAMED)
            self._companies[number] = company.name if company is not None else ""


def _numbered(choices: object) -> list[tuple[str, int]]:
    if not isinstance(choices, Mapping):
        return []
    return [(str(name), number) for name, number in choices.items() if isinstance(number, int)]


def customer(contact: Contact, company: str, labels: Mapping[str, str]) -> CustomerRecord:
    """A customer, with everything that they are known by."""
    details = own_fields.filled(contact.custom_fields, labels)
    told = [
        (IdentityKind.EMAIL, contact.email),
        *((IdentityKind.EMAIL, address) for address in contact.other_emails),
        (IdentityKind.PHONE, contact.phone),
        (IdentityKind.PHONE, contact.mobile),
        (IdentityKind.HANDLE, contact.twitter_id),
        (IdentityKind.ACCOUNT, contact.unique_external_id),
    ]
    if contact.job_title:
        details["Job title"] = contact.job_title
    if contact.address:
        details["Address"] = contact.address
    return CustomerRecord(
        name=contact.name,
        identities=(
            *(IdentityRecord(kind, value) for kind, value in told if value),
            *own_fields.identities(details),
        ),
        organization=company,
        note=contact.description,
        details=details,
        external_id=str(contact.id),
    )
