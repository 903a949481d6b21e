"""Request Tracker 5 as a source, over REST 2: tickets, what was said on them, and what is done to them.

Run against a real RT 5.0.3. The invariant of this module: it is loaded to ask for settings, so that whatever speaks
HTTP is loaded only when a source is opened.
"""

from collections.abc import Mapping

from sync.kinds import Account, Kind, Question
from sync.protocol import Source
from sync.sources.meanings import OPTION
from sync.sources.rt.settings import read_settings


def _check(settings: Mapping[str, str]) -> None:
    read_settings(settings)


def _open(account: Account) -> Source:
    # HTTP and pydantic take a tenth of a second to load, and asking for settings needs neither.
    from sync.sources.rt.source import RequestTracker

    return RequestTracker(account)


KIND = Kind(
    key="rt",
    title="Request Tracker",
    questions=(
        Question("url", "The address of your Request Tracker", "https://rt.example.com"),
        Question("user", "Your user name there; none for a login by token", "ana", needed=False),
    ),
    secret="token or password",
    takes=frozenset(("reply", "note", "merge", "status", "priority", "assignee", "queue", "tags")),
    tried="Run against Request Tracker 5.0.3, as Debian 12 has it.",
    open=_open,
    check=_check,
    options={
        "tags": "the custom field of tickets that holds tags; “Tags” without it",
        "key": "the custom field of transactions in which replies are marked, so that a lost answer to one is found "
        "again for sure; “Heard key” without it",
        "statuses": OPTION,
        "priorities": "from which number a priority is low, normal, high and urgent; 0,50,100,150 without it",
    },
    settles=60,
)
