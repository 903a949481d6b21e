"""Who and what there is at a Help Scout besides conversations: users, inboxes, customers.

The invariant: what was asked for isn't asked for again within the hour.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from pydantic import TypeAdapter

from desk.lookup import IdentityKind
from desk.times import HOUR, MINUTE
from storage.ingest.records import CustomerRecord, IdentityRecord
from sync.http import Answer, Ask, Http
from sync.sources import own_fields
from sync.sources.helpscout import answers
from sync.sources.helpscout.answers import Customer, CustomerParts, Person, User, Value
from sync.sources.lenient import one, parted
from sync.tickets import AgentNews

T = TypeVar("T")

FRESH = HOUR
# Somebody unknown may be new; but somebody who has left stays unknown.
ASK_AGAIN = 5 * MINUTE
MOST_PAGES = 100
# So many customers are kept at hand.
MOST_CUSTOMERS = 5_000
# Where the first parts of a customer are listed by themselves.
_WAYS = ("emails", "phones")
# A property whose name says nothing of numbers is a detail; these networks' profiles are names people go by.
_NETWORKS = ("twitter", "x", "facebook", "instagram")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the service; `me` is the user that the app belongs to."""

    me: User
    users: Mapping[int, User] = field(default_factory=dict)
    mailboxes: Mapping[int, str] = field(default_factory=dict)

    def mailbox(self, name: str) -> int | None:
        """The number of the inbox of that name."""
        return next((number for number, own in self.mailboxes.items() if own == name), None)

    def told(self) -> tuple[AgentNews, ...]:
        """The users."""
        return tuple(
            AgentNews(str(user.id), f"{user.first_name} {user.last_name}".strip() or user.email, user.email)
            for user in self.users.values()
        )


class Directory:
    """Asks for what isn't known yet, and again after a while."""

    def __init__(self, http: Http, clock: Callable[[], int]) -> None:
        self._http = http
        self._clock = clock
        self._known: Known | None = None
        self._asked_at = 0
        self._customers: dict[int, tuple[int, CustomerRecord | None]] = {}

    def me(self) -> User:
        """The user that the app belongs to."""
        return self._http.ask(Ask("/users/me", what="the user")).read(answers.USER)

    def known(self, named: Iterable[int] = ()) -> Known:
        """What is known, not older than an hour; younger where one of these isn't a user that is known."""
        age = self._clock() - self._asked_at
        known = self._known
        if known is None or not 0 <= age < FRESH or (age >= ASK_AGAIN and not known.users.keys() >= set(named)):
            me = self.me()
            users = {user.id: user for user in (me, *self.everything("/users", "users", answers.USER))}
            mailboxes = self.everything("/mailboxes", "mailboxes", answers.MAILBOX)
            known = self._known = Known(me, users, {mailbox.id: mailbox.name for mailbox in mailboxes})
            self._asked_at = self._clock()
        return known

    def everything(self, path: str, name: str, adapter: TypeAdapter[T]) -> list[T]:
        """All of a list; nothing where this app may not read it."""
        found: list[T] = []
        for page in range(1, MOST_PAGES + 1):
            answer = self._http.ask(Ask(path, {"page": page}, accept=(403, 404), what=name))
            listed, told = answers.listed(answer, name)
            found += parted(listed, adapter, name)[0]
            if page >= told.total_pages:
                break
        return found

    def customers(self, wanted: Iterable[Person]) -> dict[int, CustomerRecord]:
        """These customers, with all that they are known by; as they are named where nothing more is told."""
        now = self._clock()
        if len(self._customers) > MOST_CUSTOMERS:
            self._customers.clear()
        named = {person.id: person for person in wanted if person.id}
        lacking = [number for number in sorted(named) if not self._is_at_hand(number, now)]
        if lacking:
            asks = [Ask(f"/customers/{number}", accept=(403, 404), what="a customer") for number in lacking]
            told = [one(answer, answers.CUSTOMER) for answer in self._http.ask_all(asks)]
            whole = self.reachable([each for each in told if each is not None])
            self._customers |= {number: (now, whole.get(number)) for number in lacking}
        return {number: _with_name(self._customers[number][1], person) for number, person in named.items()}

    def reachable(self, told: Sequence[Customer]) -> dict[int, CustomerRecord]:
        """These customers; how they are reached is asked for where it doesn't come with them, as it once didn't."""
        bare = [each for each in told if each.parts is None]
        asks = [
            Ask(f"/customers/{each.id}/{way}", accept=(403, 404), what="a customer") for each in bare for way in _WAYS
        ]
        listed = iter(self._http.ask_all(asks) if asks else ())
        found = {each.id: CustomerParts(*(_values(next(listed), way) for way in _WAYS)) for each in bare}
        return {each.id: customer(replace(each, parts=found.get(each.id, each.parts))) for each in told}

    def _is_at_hand(self, number: int, now: int) -> bool:
        return number in self._customers and 0 <= now - self._customers[number][0] < FRESH


def _values(answer: Answer, way: str) -> tuple[Value, ...]:
    return tuple(parted(answers.listed(answer, way)[0], answers.VALUE, way)[0])


def _with_name(record: CustomerRecord | None, person: Person) -> CustomerRecord:
    """A customer, known too by what stands on a conversation."""
    named = as_named(person)
    return own_fields.with_identities(record, named.identities) if record is not None else named


def as_named(person: Person) -> CustomerRecord:
    """A customer of whom no more is known than what stands on a conversation."""
    email = (IdentityRecord(IdentityKind.EMAIL, person.email),) if person.email else ()
    return CustomerRecord(person.name, email, external_id=str(person.id) if person.id else None)


def customer(told: Customer) -> CustomerRecord:
    """A customer, with everything that they are known by."""
    parts = told.parts or CustomerParts()
    details = own_fields.filled({each.name or each.type: each.value for each in parts.properties}, {})
    if told.job_title:
        details["Job title"] = told.job_title
    ways = [
        *((IdentityKind.EMAIL, each.value) for each in parts.emails),
        *((IdentityKind.PHONE, each.value) for each in parts.phones),
        *((IdentityKind.HANDLE, each.value) for each in parts.social_profiles if each.type.casefold() in _NETWORKS),
    ]
    known = tuple(IdentityRecord(kind, value) for kind, value in ways if isinstance(value, str) and value)
    return CustomerRecord(
        name=f"{told.first_name} {told.last_name}".strip(),
        identities=(*known, *own_fields.identities(details)),
        organization=told.organization,
        note=told.background,
        details=details,
        external_id=str(told.id),
    )
