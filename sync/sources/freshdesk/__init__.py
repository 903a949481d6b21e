"""Freshdesk as a kind of source: what it is asked for when it is connected, and what it takes.

Built from its published API (v2), from what other people's clients do, and from recorded traffic of 2021, which is
imported in the tests; it was never run against the service itself.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sync.kinds import Account, Kind, Question

if TYPE_CHECKING:
    from sync.protocol import Source


def site(settings: Mapping[str, str]) -> str:
    """The address of a Freshdesk, whichever of its pages was given; BadInput where it can't be one."""
    # It brings httpx along, which listing the kinds doesn't need.
    from sync.http.addresses import site_url

    parts = urlsplit(site_url(settings.get("url", "")))
    return f"{parts.scheme}://{parts.netloc}"


def _check(settings: Mapping[str, str]) -> None:
    site(settings)


def _open(account: Account) -> "Source":
    # It brings pydantic and httpx along, which asking for the settings doesn't need.
    from sync.sources.freshdesk.source import Freshdesk

    return Freshdesk(account)


KIND = Kind(
    key="freshdesk",
    title="Freshdesk",
    questions=(Question("url", "Address of your Freshdesk", "https://yourcompany.freshdesk.com"),),
    secret="API key",
    takes=frozenset(("reply", "note", "merge", "status", "priority", "assignee", "queue", "tags")),
    tried="built from its documents, and run against recorded traffic of 2021; never against the service itself",
    open=_open,
    check=_check,
)
