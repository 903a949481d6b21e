"""Zendesk's words for statuses, priorities and channels, and ours.

The invariant: a status goes there and comes back as the same category wherever the account has one for it; its own word
is kept beside it.
"""

from collections.abc import Collection, Mapping, Sequence

from desk.statuses import Priority, Status
from sync.sources.zendesk.arrangements import CustomStatus

NEW = "new"
CLOSED = "closed"
DELETED = "deleted"
# A tag that the service itself sets on what was merged into another ticket.
MERGED = "closed_by_merge"

_STATUSES: Mapping[str, Status] = {
    NEW: Status.OPEN, "open": Status.OPEN, "pending": Status.PENDING, "hold": Status.HOLD,
    "solved": Status.SOLVED, CLOSED: Status.CLOSED,
}  # fmt: skip
_LABELS = {"hold": "On-hold"}
_NAMES: Mapping[Status, str] = {
    Status.OPEN: "open", Status.PENDING: "pending", Status.HOLD: "hold", Status.SOLVED: "solved",
    Status.CLOSED: CLOSED,
}  # fmt: skip
_PRIORITIES: Mapping[str, Priority] = {
    "low": Priority.LOW, "normal": Priority.NORMAL, "high": Priority.HIGH, "urgent": Priority.URGENT,
}  # fmt: skip
# The beginnings of channels' names; whatever else there is was typed into a form of some kind.
_CHANNELS = (
    ("email", "email"), ("voice", "phone"), ("phone", "phone"), ("twitter", "x"), ("x_", "x"), ("facebook", "facebook"),
    ("instagram", "facebook"), ("chat", "chat"), ("native_messaging", "chat"), ("whatsapp", "chat"), ("sms", "chat"),
    ("messaging", "chat"), ("forum", "forum"), ("topic", "forum"), ("mail", "email"),
)  # fmt: skip


def status(name: str) -> Status:
    """The category of one of the service's own statuses; one that is not known is open, so that somebody sees it."""
    return _STATUSES.get(name, Status.OPEN)


def label(name: str) -> str:
    """How people there read a status that has no name of the team's own."""
    return _LABELS.get(name, name.capitalize())


def name_of(wanted: Status, offered: Collection[str]) -> str:
    """The service's status of a category. Where on-hold isn't switched on, pending is what comes nearest."""
    name = _NAMES[wanted]
    return "pending" if name == "hold" and offered and "hold" not in offered else name


def custom(statuses: Sequence[CustomStatus], wanted: Status, word: str) -> CustomStatus | None:
    """The team's own status of that word and category; None: the service's usual one does.

    Nothing is made new again there: whatever was, and is to be open, becomes what is usually open.
    """
    fitting = (each for each in statuses if each.active and each.agent_label == word and each.status_category != NEW)
    return next((each for each in fitting if status(each.status_category) is wanted), None)


def priority(name: str | None) -> Priority | None:
    """How much it presses; None: nobody has said."""
    return _PRIORITIES.get(name or "")


def channel(name: str | int | None) -> str:
    """By which of our channels it came."""
    word = str(name or "").lower()
    return next((ours for begin, ours in _CHANNELS if word.startswith(begin)), "web")
