"""Zammad as a source: tickets by searches that the database answers, articles, tags, checklists, macros and calls.

Built from Zammad's own source code (5.0 to 7.0) and its API documents, never run against a real Zammad. The invariant
of this module: it is loaded to ask for settings, so that whatever speaks HTTP is loaded only when a source is opened.
"""

from collections.abc import Mapping

from desk.errors import BadInput
from sync.kinds import Account, Kind, Question
from sync.protocol import Source


def _check(settings: Mapping[str, str]) -> None:
    # It brings HTTP along, which nobody else here needs.
    from sync.sources.zammad.address import address

    address(settings.get("url", ""))
    days = settings.get("days", "")
    if days and not (days.isdecimal() and len(days) < 7):
        raise BadInput(f"“{days}” is no number of days", "Write it like 365, or leave it out to read everything.")


def _open(account: Account) -> Source:
    # HTTP and pydantic take a tenth of a second to load, and asking for settings needs neither.
    from sync.sources.zammad.source import Zammad

    return Zammad(account)


KIND = Kind(
    key="zammad",
    title="Zammad",
    questions=(Question("url", "The address of your Zammad", "https://support.example.com"),),
    secret="access token",
    takes=frozenset(("reply", "note", "merge", "tick", "status", "priority", "assignee", "queue", "tags")),
    tried="Built from Zammad's own source code and its documents, never run against a real Zammad.",
    open=_open,
    check=_check,
    options={"days": "how many days of the past are read when it is connected; everything without it"},
)
