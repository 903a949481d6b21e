"""Zendesk as a kind of source: what it is asked for when it is connected, and what it takes.

Built from its published API, from what other people's clients do, and from recorded traffic of a real account, which
is imported in the tests; it was never run against the service itself.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from desk.errors import BadInput
from sync.kinds import Account, Kind, Question

if TYPE_CHECKING:
    from sync.protocol import Source


def site(settings: Mapping[str, str]) -> str:
    """The address of a Zendesk, whichever of its pages was given; BadInput where it can't be one."""
    # It brings httpx along, which listing the kinds doesn't need.
    from sync.http.addresses import site_url

    parts = urlsplit(site_url(settings.get("url", "")))
    return f"{parts.scheme}://{parts.netloc}"


def days(settings: Mapping[str, str]) -> int:
    """So many days of the past are read, 0: all of it; BadInput where it is no number."""
    told = settings.get("days", "").strip()
    if told and not told.isdecimal():
        raise BadInput(f"“{told}” is no number of days", "Write it like 365, or leave it out to read everything.")
    return int(told or "0")


def _check(settings: Mapping[str, str]) -> None:
    site(settings)
    days(settings)
    user = settings.get("user", "")
    if user and "@" not in user:
        raise BadInput(f"“{user}” is no address", "Zendesk's agents log in with their email address.")
    if settings.get("export", "no") not in ("yes", "no"):
        raise BadInput(f"export can't be “{settings['export']}”", "Write yes or no.")


def _open(account: Account) -> "Source":
    # It brings pydantic and httpx along, which asking for the settings doesn't need.
    from sync.sources.zendesk.source import Zendesk

    return Zendesk(account)


KIND = Kind(
    key="zendesk",
    title="Zendesk",
    questions=(
        Question("url", "Address of your Zendesk", "https://yourcompany.zendesk.com"),
        Question("user", "Your email address there; nothing where the secret is an OAuth token", needed=False),
    ),
    secret="API token",
    takes=frozenset(("reply", "note", "merge", "status", "priority", "assignee", "queue", "tags")),
    tried="built from its documents, and run against recorded traffic of a real account; never against the service",
    open=_open,
    check=_check,
    options={
        "days": "how many days of the past are read when it is connected; everything without it",
        "export": "yes where you are an admin there: old and deleted tickets are read by the export, which is quicker",
    },
)
