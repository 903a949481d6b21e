"""Redmine, from 4.1 on: its REST interface, by an agent's own key.

Run against a real Redmine 5.0. The invariant of this module: it is loaded to ask for settings, so that whatever speaks
HTTP is loaded only when a source is opened.
"""

from collections.abc import Mapping

from sync.kinds import Account, Kind, Question
from sync.protocol import Source
from sync.sources.meanings import OPTION, meanings


def _check(settings: Mapping[str, str]) -> None:
    # It brings HTTP along, which nobody else here needs.
    from sync.http.addresses import site_url

    site_url(settings.get("url", ""))
    meanings(settings.get("statuses", ""))


def _open(account: Account) -> Source:
    # HTTP and pydantic take a tenth of a second to load, and asking for settings needs neither.
    from sync.sources.redmine.source import open_redmine

    return open_redmine(account)


KIND = Kind(
    key="redmine",
    title="Redmine",
    questions=(Question("url", "The address of your Redmine", "https://redmine.example.com"),),
    secret="API key",
    takes=frozenset(("reply", "note", "status", "priority", "assignee", "queue")),
    tried="Run against Redmine 5.0.4, as Debian 12 has it.",
    open=_open,
    check=_check,
    options={
        "customer_field": "the custom field of issues with the customer's address; “Customer email” without it",
        "statuses": OPTION,
    },
)
