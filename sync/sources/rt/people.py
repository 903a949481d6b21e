"""Who is who: users that work there, and customers with all that they are known by.

The invariant: whoever may log in as one who works there (RT: privileged) is an agent, except on tickets that they asked
for themselves; each is asked for once, and told before anything names them.
"""

from collections.abc import Iterable
from urllib.parse import quote

from desk.lookup import IdentityKind
from storage.ingest.records import CustomerRecord, IdentityRecord
from sync.http import Ask, Http
from sync.sources.own_fields import filled, identities
from sync.sources.rt.answers import PEOPLE, FieldValue, Person
from sync.tickets import AgentNews

NOBODY = "Nobody"
# What RT does by itself is done by this user.
ITSELF = "RT_System"
_PLAN = ("plan", "tier", "tarif", "contract")


class People:
    """The users that were met so far, by the names that they log in with."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._agents: dict[str, AgentNews] = {}
        self._customers: dict[str, CustomerRecord] = {}
        self._untold: list[AgentNews] = []
        self._names: dict[str, str] = {}

    def meet(self, names: Iterable[str], customers: Iterable[str]) -> None:
        """Find out about those that aren't known yet; `customers` have asked for a ticket themselves."""
        known = {ITSELF, NOBODY, "", *self._agents, *self._customers, *customers}
        unknown = sorted({name for name in names if name not in known})
        # A name of digits alone would be taken for a number.
        asked = [name for name in unknown if not name.isdecimal()]
        self._customers.update((name, customer(Person(name, name))) for name in unknown if name.isdecimal())
        paths = [f"/user/{quote(name, safe='@')}" for name in asked]
        answers = self._http.ask_all([Ask(path, accept=(403, 404), what="a user") for path in paths])
        for name, answer in zip(asked, answers, strict=True):
            person = answer.read(PEOPLE) if answer.status < 300 else Person(name, name)
            if person.privileged:
                self._agents[name] = told = AgentNews(name, person.real_name or name, person.email_address, name)
                self._untold.append(told)
            else:
                self._customers[name] = customer(person)

    def numbered(self, numbers: Iterable[str]) -> dict[str, str]:
        """What people call the users with these numbers."""
        asked = sorted({number for number in numbers if number.isdecimal()} - self._names.keys())
        answers = self._http.ask_all([Ask(f"/user/{number}", accept=(403, 404), what="a user") for number in asked])
        for number, answer in zip(asked, answers, strict=True):
            person = answer.read(PEOPLE) if answer.status < 300 else Person()
            self._names[number] = person.real_name or person.name
        return self._names

    def untold(self) -> list[AgentNews]:
        """Agents that were met and not told of yet; they are, from now on."""
        told, self._untold = self._untold, []
        return told

    def works_there(self, name: str) -> bool:
        """Whether that user is an agent, as far as is known."""
        return name in self._agents

    def named(self, name: str) -> str:
        """What people call that user."""
        if name in self._agents:
            return self._agents[name].name
        return self._customers[name].name if name in self._customers else name

    def address(self, name: str) -> str:
        """Where mail reaches that user."""
        if name in self._agents:
            return self._agents[name].email
        known = self.customer(name).identities
        return next((each.value for each in known if each.kind is IdentityKind.EMAIL), "")

    def customer(self, name: str) -> CustomerRecord:
        """That user as a customer."""
        return self._customers.get(name) or customer(Person(name, name))


def customer(person: Person, order_fields: Iterable[FieldValue] = ()) -> CustomerRecord:
    """A user as a customer. `order_fields`: those of a ticket of theirs; order numbers among them are known by, too."""
    own = in_words(person.custom_fields)
    login = person.name or person.id
    address = person.email_address or (login if "@" in login else "")
    known = [IdentityRecord(IdentityKind.EMAIL, address)] if address else []
    if login and "@" not in login:
        known.append(IdentityRecord(IdentityKind.HANDLE, login))
    phones = dict.fromkeys((person.mobile_phone, person.work_phone, person.home_phone))
    known += [IdentityRecord(IdentityKind.PHONE, each) for each in phones if each]
    known += [*identities(own), *identities(in_words(order_fields))]
    plan = next((words for name, words in own.items() if name.casefold() in _PLAN), "")
    return CustomerRecord(
        name=person.real_name or address or login, identities=tuple(known), organization=person.organization,
        plan=plan, details=own, external_id=login or None,
    )  # fmt: skip


def in_words(fields: Iterable[FieldValue]) -> dict[str, str]:
    """Custom fields that have a value, by their names."""
    return filled({each.name: each.values for each in fields}, {})
