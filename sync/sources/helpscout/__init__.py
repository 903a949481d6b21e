"""Help Scout as a kind of source: what it is asked for when it is connected, and what it takes.

Built from its published Inbox API (v2) and from what other people's clients do; it was never run against the service
itself, and no recorded traffic of it is known here.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from desk.errors import BadInput
from sync.kinds import Account, Kind, Question

if TYPE_CHECKING:
    from sync.protocol import Source

API = "https://api.helpscout.net"


def site(settings: Mapping[str, str]) -> str:
    """Where its API is; BadInput where that can't be."""
    # It brings httpx along, which listing the kinds doesn't need.
    from sync.http.addresses import site_url

    return site_url(settings.get("url", "") or API)


def _check(settings: Mapping[str, str]) -> None:
    site(settings)
    if not settings.get("app", "").strip().isalnum():
        raise BadInput("An app's ID is of letters and digits", "Help Scout shows it under Your profile, My apps.")


def _open(account: Account) -> "Source":
    # It brings pydantic and httpx along, which asking for the settings doesn't need.
    from sync.sources.helpscout.source import HelpScout

    return HelpScout(account)


KIND = Kind(
    key="helpscout",
    title="Help Scout",
    questions=(Question("app", "App ID of an app of your own (Your profile, My apps)", "f1d2c3b4a5968778"),),
    secret="App secret",
    takes=frozenset(("reply", "note", "status", "assignee", "queue", "tags")),
    tried="built from its documents; never run against the service",
    open=_open,
    check=_check,
    options={"url": f"where its API is, if not at {API}"},
    pages=("secure.helpscout.net",),
)
