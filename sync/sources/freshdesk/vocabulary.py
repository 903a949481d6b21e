"""Freshdesk's numbers for statuses, priorities and channels, and what each of them means here.

The invariant: a number that is not known here is still something: an unknown status is open, since a ticket that is
taken for done is one that nobody looks at.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from desk.statuses import Priority, Status

# The four that every Freshdesk has, and by which name.
FIXED = {
    2: ("Open", Status.OPEN),
    3: ("Pending", Status.PENDING),
    4: ("Resolved", Status.SOLVED),
    5: ("Closed", Status.CLOSED),
}
CLOSED = 5
# What Freshdesk shows to customers of a status that waits for them, whatever agents call it.
_THEIRS = "awaiting your reply"
_WAITS = re.compile(
    r"\b(wait\w*|hold\w*|third|vendor|supplier|partner|external|blocked|paused|parked)\b", re.IGNORECASE
)
_PRIORITIES = {1: Priority.LOW, 2: Priority.NORMAL, 3: Priority.HIGH, 4: Priority.URGENT}
_PRIORITY_LABELS = {1: "Low", 2: "Medium", 3: "High", 4: "Urgent"}
PHONE, OUTBOUND_EMAIL = 3, 10
# A chat begins with its first message, and the ticket's description is that message once more.
CHATS = (7, 15)
_CHANNELS = {1: "email", 2: "web", 3: "phone", 4: "forum", 5: "x", 6: "facebook", 7: "chat", 8: "chat", 9: "web",
             10: "email", 11: "web", 12: "chat", 13: "chat", 15: "chat"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Statuses:
    """The statuses of one Freshdesk: the agents' word for each number, and its category."""

    named: Mapping[int, tuple[str, Status]] = field(default_factory=lambda: FIXED)

    def label(self, number: int) -> str:
        """What agents there call it."""
        return self.named[number][0] if number in self.named else f"Status {number}"

    def status(self, number: int) -> Status:
        """Its category."""
        return self.named[number][1] if number in self.named else Status.OPEN

    def number(self, status: Status, label: str = "") -> int:
        """Which one to set: the one of that label, else the first of the category.

        A team may have no status that waits for others; then it is Pending there, whose word is kept with ours.
        """
        for number, (name, category) in self.named.items():
            if label and name == label and category in (status, _nearest(status)):
                return number
        for wanted in (status, _nearest(status)):
            for number, (_, category) in sorted(self.named.items()):
                if category is wanted:
                    return number
        raise AssertionError("the four fixed statuses are always there")


def _nearest(status: Status) -> Status:
    return Status.PENDING if status is Status.HOLD else status


def statuses(choices: object) -> Statuses:
    """The statuses that the field of that name tells: numbers with the agents' word and the customers'."""
    named = dict(FIXED)
    if isinstance(choices, Mapping):
        for key, words in choices.items():
            told = [str(word) for word in words] if isinstance(words, list | tuple) else [str(words)]
            if str(key).isdecimal() and told:
                named[int(key)] = told[0], _category(int(key), told[0], told[-1])
    return Statuses(named)


def _category(number: int, agents: str, customers: str) -> Status:
    if number in FIXED:
        return FIXED[number][1]
    if customers.strip().casefold() == _THEIRS:
        return Status.PENDING
    return Status.HOLD if _WAITS.search(agents) else Status.OPEN


def priority(number: int) -> Priority | None:
    """What a priority means here."""
    return _PRIORITIES.get(number)


def priority_label(number: int) -> str:
    """What Freshdesk calls it."""
    return _PRIORITY_LABELS.get(number, "")


def priority_number(wanted: Priority) -> int:
    """Freshdesk's number for a priority."""
    return next(number for number, own in _PRIORITIES.items() if own is wanted)


def channel(source: int) -> str:
    """The way by which a ticket came."""
    return _CHANNELS.get(source, "email")
