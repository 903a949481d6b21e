"""What a Request Tracker is connected with, read once and checked: the address, names of fields, and what words mean.

The invariant: nothing of it can end a string within a query.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from desk.errors import BadInput
from desk.statuses import Priority, Status
from sync.sources.meanings import meanings

# In RT's own words for priorities 0 is low, 50 medium and 100 high; it has none above.
_PRIORITIES = "0,50,100,150"
_STATUSES = {
    "new": Status.OPEN,
    "open": Status.OPEN,
    "stalled": Status.PENDING,
    "resolved": Status.SOLVED,
    "rejected": Status.SOLVED,
}
_API = "/REST/2.0"
_UNFIT = re.compile(r"[{}'\"\\\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class Settings:
    """`url` is where people see it; `statuses` are categories by label; `priorities` the least number of each."""

    url: str
    user: str
    tags: str
    key: str
    statuses: Mapping[str, Status]
    priorities: tuple[int, ...]

    @property
    def api(self) -> str:
        """Where programs speak to it."""
        return self.url + _API

    def priority(self, number: int) -> Priority:
        """What a number means."""
        return max((each for each in Priority if self.priorities[each] <= number), default=Priority.LOW)


def read_settings(settings: Mapping[str, str]) -> Settings:
    """The settings as `heard connect` keeps them; BadInput where they can't be right."""
    return Settings(
        _url(settings.get("url", "")),
        settings.get("user", ""),
        _field(settings.get("tags") or "Tags"),
        _field(settings.get("key") or "Heard key"),
        _STATUSES | meanings(settings.get("statuses", "")),
        _priorities(settings.get("priorities") or _PRIORITIES),
    )


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise BadInput(f"“{text}” is no address of a Request Tracker", "Write it whole, like https://rt.example.com.")
    return text.rstrip("/").removesuffix(_API)


def _field(name: str) -> str:
    if _UNFIT.search(name):
        raise BadInput(f"“{name}” can't be the name of a custom field", "Write it without quotes and braces.")
    return name


def _priorities(text: str) -> tuple[int, ...]:
    numbers = [each.strip() for each in text.split(",")]
    rising = tuple(int(each) for each in numbers if each.isdecimal())
    if len(rising) != len(Priority) or len(numbers) != len(rising) or sorted(set(rising)) != list(rising):
        raise BadInput(f"“{text}” doesn't say where priorities begin", "Write four rising numbers, like 0,50,100,150.")
    return rising
