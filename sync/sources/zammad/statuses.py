"""Zammad's states and priorities, and our categories, both ways.

A team there makes up states as it likes, each of a type; the type decides, and a name that says “hold” does too. The
invariant: a state that is asked for by its own name is that state, whatever category it was taken for.
"""

import re
from collections.abc import Iterable, Mapping

from desk.statuses import Priority, Status
from sync.sources.zammad.answers import Named

MERGED = "merged"
# Types of states that Zammad wants a time for, until which the ticket rests.
RESTING = ("pending reminder", "pending action")
_OF_TYPE = {
    "new": Status.OPEN,
    "open": Status.OPEN,
    "pending reminder": Status.PENDING,
    "pending action": Status.PENDING,
    "closed": Status.SOLVED,
    "removed": Status.CLOSED,
}
# What a category is called there, the usual type first.
_TYPES = {
    Status.OPEN: ("open", "new"),
    Status.PENDING: ("pending reminder", "pending action"),
    Status.HOLD: ("pending reminder", "pending action"),
    Status.SOLVED: ("closed",),
    Status.CLOSED: ("closed",),
}
_HOLD = re.compile(r"\bhold\b", re.IGNORECASE)
_PRIORITIES = (
    (Priority.URGENT, re.compile(r"urgent|critical|highest|emergency|^\W*4\b", re.IGNORECASE)),
    (Priority.HIGH, re.compile(r"high", re.IGNORECASE)),
    (Priority.LOW, re.compile(r"low", re.IGNORECASE)),
)


def category(state: Named) -> Status:
    """Our category of a state."""
    plain = _OF_TYPE.get(state.state_type, Status.OPEN)
    return Status.HOLD if plain < Status.SOLVED and _HOLD.search(state.name) else plain


def wanted(states: Mapping[int, Named], status: Status, label: str) -> Named | None:
    """The state that a category becomes: the one of that name, where there is one, or the team's usual one."""
    usable = sorted((one for one in states.values() if one.active and one.state_type in _OF_TYPE), key=_usual)
    for state in usable:
        if state.name == label:
            return state
    fitting = [one for one in usable if category(one) is status]
    for kind in _TYPES[status]:
        for state in (*fitting, *usable):
            if state.state_type == kind:
                return state
    return None


def priority(name: str) -> Priority:
    """Our rank of a priority, such as “3 high”."""
    return next((rank for rank, pattern in _PRIORITIES if pattern.search(name)), Priority.NORMAL)


def wanted_priority(priorities: Iterable[Named], rank: Priority) -> Named | None:
    """The priority that comes nearest to a rank."""
    usable = sorted((one for one in priorities if one.active), key=lambda one: one.id)
    return min(usable, key=lambda one: abs(priority(one.name) - rank), default=None)


def _usual(state: Named) -> tuple[bool, int]:
    """The states that Zammad brings along are called like their type."""
    return state.name != state.state_type, state.id
