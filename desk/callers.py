"""Who is on the line: whom a number may belong to, and what is worth knowing of that person before the first word."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from desk.times import DAY

if TYPE_CHECKING:
    from desk.lookup import Hit
    from desk.records import CustomerCard, TicketRow

# Words that say nothing of what a conversation is about, and fewer letters than a topic's words have.
_EMPTY = frozenset(
    ("about", "call", "from", "have", "hello", "help", "need", "order", "please", "problem", "question", "that",
     "this", "with", "your")
)  # fmt: skip
_SHORTEST_WORD = 4

MatchKind = Literal["one", "several", "none", "withheld", "company"]


class CallerMatch(NamedTuple):
    """Whom a number belongs to.

    one        `hits` has that customer; `maybe_id` is the identity to confirm where the number was only seen somewhere
    several    `hits` has them all, the one of the last contact first
    company    a main number, or an extension of one: `hits` has those who are reached by it, `extension` what is known
    none       nobody has it
    withheld   there is no number

    `number` is its stored form ("+14155550134"), `shown` what was given.
    """

    kind: MatchKind
    shown: str
    number: str = ""
    extension: str = ""
    hits: "tuple[Hit, ...]" = ()
    maybe_id: int | None = None

    @property
    def customer_id(self) -> int | None:
        """The one customer, None where it isn't exactly one."""
        return self.hits[0].customer_id if self.kind == "one" else None


class Repeated(NamedTuple):
    """A customer who came `times` times within `days` days about the same topic; `ticket_ids` the newest first."""

    times: int
    days: int
    topic: str
    ticket_ids: tuple[int, ...]


class LastContact(NamedTuple):
    """One message between a customer and the team: `kind` is inbound, outbound or call."""

    kind: str
    channel: str
    at: int
    ticket_id: int
    ticket_number: int
    preview: str


class OpenPromise(NamedTuple):
    """Something that the customer was told, and that is not kept yet."""

    words: str
    due_at: int
    ticket_id: int
    ticket_number: int


class CallerCard(NamedTuple):
    """What an agent sees of a caller without a further key: the customer's card, and what only a call wants.

    `calls` counts those before this one, `missed` those of them of late that nobody took.
    """

    card: "CustomerCard"
    open_tickets: "tuple[TicketRow, ...]"
    contacts: tuple[LastContact, ...]
    promises: tuple[OpenPromise, ...]
    repeated: Repeated | None
    calls: int
    missed: int


# A contact's ticket, its time, that ticket's subject, and its tags joined by commas.
Contact = tuple[int, int, str, str]


def repeated(contacts: Sequence[Contact], now: int) -> Repeated | None:
    """The topic about which somebody came most often of late; None where no topic brought them twice.

    `contacts` are the newest first. Two tickets are about the same where they share a tag or half the words of the
    shorter subject.
    """
    topics: list[tuple[frozenset[str], list[Contact]]] = []
    for contact in contacts:
        marks = _marks(contact)
        for known, members in topics:
            if contact[0] in {member[0] for member in members} or _same(known, marks):
                members.append(contact)
                break
        else:
            topics.append((marks, [contact]))
    often = max((members for _, members in topics), key=len, default=[])
    if len(often) < 2:
        return None
    days = max(1, -(-(now - often[-1][1]) // DAY))
    return Repeated(len(often), days, often[0][2], tuple(dict.fromkeys(ticket for ticket, *_ in often)))


def _marks(contact: Contact) -> frozenset[str]:
    """The words of a subject and its tags, by which topics are told apart."""
    from desk.identifiers import words_of

    words = (word for word in words_of(contact[2]) if len(word) >= _SHORTEST_WORD and word not in _EMPTY)
    return frozenset((*words, *(f"#{tag}" for tag in contact[3].split(",") if tag)))


def _same(one: Iterable[str], other: Iterable[str]) -> bool:
    first, second = set(one), set(other)
    shared = first & second
    if any(mark.startswith("#") for mark in shared):
        return True
    words = [len([mark for mark in marks if not mark.startswith("#")]) for marks in (first, second)]
    return bool(shared) and 2 * len(shared) >= min(words)
