"""The states, priorities and channels of a ticket: their numbers, their names on screen and how they are typed.

The numbers stand in the database and in its indexes (`status < 3` is "active"), so that none may ever change.
"""

import unicodedata
from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple, TypeVar

from desk.errors import BadInput
from desk.nearest import mend_name
from desk.times import DAY, HOUR, MINUTE, SECOND

Value = TypeVar("Value")


class Status(IntEnum):
    """Where a ticket stands. Pending waits for the customer, hold waits for someone else, closed is final."""

    OPEN = 0
    PENDING = 1
    HOLD = 2
    SOLVED = 3
    CLOSED = 4

    @property
    def key(self) -> str:
        """How it is typed, in filters and commands."""
        return self.name.lower()

    @property
    def label(self) -> str:
        """How it is shown to people."""
        return "On hold" if self is Status.HOLD else self.name.capitalize()

    @property
    def active(self) -> bool:
        """Whether someone still has to do something; the database's partial indexes say `status < 3`."""
        return self < Status.SOLVED


class Priority(IntEnum):
    """How much it presses, as the agent or a rule judged it."""

    LOW = 0
    NORMAL = 1
    HIGH = 2
    URGENT = 3

    @property
    def key(self) -> str:
        """How it is typed, in filters and commands."""
        return self.name.lower()

    @property
    def label(self) -> str:
        """How it is shown to people."""
        return self.name.capitalize()


class Channel(NamedTuple):
    """One way by which customers reach the desk.

    `mark` is one cell wide in every terminal (no emoji, no icon font).
    `first_response` is the default target in microseconds.
    """

    key: str
    label: str
    mark: str
    first_response: int


CHANNELS: tuple[Channel, ...] = (
    Channel("email", "Email", "✉", DAY),
    Channel("phone", "Phone", "☎", 5 * MINUTE),
    Channel("chat", "Live chat", "❞", 30 * SECOND),
    Channel("x", "X", "x", HOUR),
    Channel("facebook", "Facebook", "f", 2 * HOUR),
    Channel("forum", "Forum", "#", DAY),
    Channel("web", "Web form", "⌂", DAY),
)

_STATUSES = {status.key: status for status in Status}
_STATUS_ALIASES = {"on hold": Status.HOLD, "on-hold": Status.HOLD, "resolved": Status.SOLVED, "new": Status.OPEN}
_PRIORITIES = {priority.key: priority for priority in Priority}
_PRIORITY_ALIASES = {"medium": Priority.NORMAL}
_CHANNELS = {channel.key: channel for channel in CHANNELS}
_CHANNEL_ALIASES = {"mail": "email", "call": "phone", "twitter": "x", "live chat": "chat", "form": "web"}


def parse_status(text: str) -> Status:
    """The status that is meant by a typed word; raises BadInput with the nearest name."""
    return _named("status", text, _STATUSES, _STATUS_ALIASES)


def parse_priority(text: str) -> Priority:
    """The priority that is meant by a typed word; raises BadInput with the nearest name."""
    return _named("priority", text, _PRIORITIES, _PRIORITY_ALIASES)


def parse_channel(text: str) -> Channel:
    """The channel that is meant by a typed word; raises BadInput with the nearest name."""
    return _named("channel", text, _CHANNELS, {alias: _CHANNELS[key] for alias, key in _CHANNEL_ALIASES.items()})


def _named(what: str, text: str, names: Mapping[str, Value], aliases: Mapping[str, Value]) -> Value:
    wanted = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    if wanted in names:
        return names[wanted]
    if wanted in aliases:
        return aliases[wanted]
    raise BadInput(f"“{text.strip()}” is no {what}", mend_name(wanted, names))
