"""Redmine, from 4.1 on: its REST interface, by an agent's own key."""

from collections.abc import Mapping

from desk.errors import BadInput
from sync.http import Http, Site
from sync.http.addresses import site_url
from sync.kinds import Account, Kind, Question
from sync.protocol import Source
from sync.secret import without
from sync.sources.redmine.source import Redmine
from sync.sources.redmine.statuses import OPTIONS

# Each issue costs a Ruby process some 45 ms: more requests at once than it has processes only wait there.
CONNECTIONS = 2


def _open(account: Account) -> Source:
    def login() -> Mapping[str, str]:
        return {"X-Redmine-API-Key": account.secret().reveal()}

    site = Site(account.name, site_url(account.settings["url"]), account.context, CONNECTIONS)
    return Redmine(account, Http(site, login, secrets=lambda text: without(account.secret(), text)))


def _check(settings: Mapping[str, str]) -> None:
    if not settings.get("url"):
        raise BadInput("The Redmine has no address", "Give it with --url.")
    site_url(settings["url"])


KIND = Kind(
    key="redmine",
    title="Redmine",
    questions=(Question("url", "The address of your Redmine", "https://redmine.example.com"),),
    secret="API key",
    takes=frozenset({"reply", "note", "status", "priority", "assignee", "queue"}),
    tried="run against a real Redmine 5.0 in every test run",
    open=_open,
    check=_check,
    options={"customer_field": "the custom field with the customer's address", **OPTIONS},
)
