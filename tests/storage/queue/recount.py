"""What a filter means, said slowly: every ticket looked at with plain Python, to hold the SQL against."""

import unicodedata
from dataclasses import dataclass
from datetime import tzinfo

from desk.filters import Filter, Term, span
from desk.statuses import Priority, Status


@dataclass(frozen=True, slots=True)
class Made:
    """A ticket as a test made it; names instead of ids, `messages` as texts."""

    id: int
    status: int
    priority: int
    channel: str
    assignee: str | None
    team: str | None
    customer: str
    tags: frozenset[str]
    mood: int
    unread: bool
    created_at: int
    updated_at: int
    due_at: int | None
    promised_at: int | None
    snoozed_until: int | None
    messages: tuple[str, ...]


def answers(tickets: list[Made], wanted: Filter, sort: str, me: str, now: int, zone: tzinfo) -> list[int]:
    """The ids of the tickets that the filter asks for, in that order."""
    found = [each for each in tickets if _fits(each, wanted, me, now, zone)]
    return [each.id for each in sorted(found, key=lambda each: _place(each, sort))]


def _fits(ticket: Made, wanted: Filter, me: str, now: int, zone: tzinfo) -> bool:
    for group in wanted.groups():
        if not any(_holds(ticket, term, me, now, zone) != term.negated for term in group):
            return False
    asked = [*(_tokens(word) for word in wanted.words), *(_tokens(phrase) for phrase in wanted.phrases)]
    if asked and not any(all(_said(words, message) for words in asked) for message in ticket.messages):
        return False
    return not any(_said(_tokens(text), message) for text in wanted.excluded for message in ticket.messages)


def _said(words: list[str], message: str) -> bool:
    """Whether the words stand one after the other in the message; no words are never said."""
    spoken = _tokens(message)
    return bool(words) and any(spoken[at : at + len(words)] == words for at in range(len(spoken)))


def _tokens(text: str) -> list[str]:
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).lower()
    return "".join(c if c.isalnum() else " " for c in bare).split()


def _holds(ticket: Made, term: Term, me: str, now: int, zone: tzinfo) -> bool:
    match term.field:
        case "status":
            return ticket.status < 3 if term.value == "active" else ticket.status == Status[term.value.upper()]
        case "assignee":
            return ticket.assignee == {"me": me, "none": None}.get(term.value, term.value)
        case "team":
            return ticket.team == term.value
        case "channel":
            return ticket.channel == term.value
        case "tag":
            return term.value in ticket.tags
        case "customer":
            return all(any(w.startswith(v) for w in _tokens(ticket.customer)) for v in _tokens(term.value))
        case "priority":
            return _compared(ticket.priority, term.operator, Priority[term.value.upper()])
        case "snoozed":
            return (ticket.snoozed_until is not None and ticket.snoozed_until > now) == (term.value == "yes")
        case "is":
            return {
                "angry": ticket.mood >= 2, "promised": ticket.promised_at is not None, "unread": ticket.unread,
            }[term.value]  # fmt: skip
        case moment:
            at: int | None = getattr(ticket, f"{moment}_at")
            return at is None if term.value == "none" else at is not None and _inside(at, term, now, zone)


def _inside(at: int, term: Term, now: int, zone: tzinfo) -> bool:
    within = span(term, now, zone)
    return (within.start is None or at >= within.start) and (within.end is None or at < within.end)


def _compared(value: int, sign: str, other: int) -> bool:
    return {
        ":": value == other, "<": value < other, ">": value > other, "<=": value <= other, ">=": value >= other,
    }[sign]  # fmt: skip


def _place(ticket: Made, sort: str) -> tuple[float, ...]:
    never = float("inf")
    due, promised, snoozed = (
        never if at is None else at for at in (ticket.due_at, ticket.promised_at, ticket.snoozed_until)
    )
    return {
        "due": (due, ticket.id),
        "newest": (-ticket.created_at, -ticket.id),
        "oldest": (ticket.created_at, ticket.id),
        "updated": (-ticket.updated_at, -ticket.id),
        "promised": (promised, ticket.id),
        "snoozed": (snoozed, ticket.id),
        "priority": (-ticket.priority, due, ticket.id),
    }[sort]
