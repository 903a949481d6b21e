"""Which servers a mail address lives on: a table of well-known providers, and a guess by name for all others.

The invariant: nothing is asked of any network here; a guess says that it is one. The table is content (TOML, in
sync/sources/mailbox/), the rules are here.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from desk.endpoints import Endpoint, parse_endpoint
from desk.errors import BadInput, NotFound
from desk.nearest import mend_name
from desk.tables import Table, read_tables

# How one proves who one is: the usual password, one made for this program alone, or a token that expires.
Login = Literal["password", "app-password", "oauth"]
_LOGINS: tuple[Login, ...] = ("password", "app-password", "oauth")

_ADDRESS = re.compile(r"[^\s@<>]+@((?:[^\s@<>.]+\.)+[^\s@<>.]+)")


@dataclass(frozen=True, slots=True)
class Provider:
    """A company's mail servers. `keeps_sent`: it puts its own copy of what was sent into the folder of sent mail."""

    key: str
    title: str
    domains: tuple[str, ...]
    imap: Endpoint
    smtp: Endpoint
    login: Login
    keeps_sent: bool
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guess:
    """Servers to try in this order, where the provider isn't known."""

    domain: str
    imap: tuple[Endpoint, ...]
    smtp: tuple[Endpoint, ...]


def parse_providers(toml: str, where: str) -> tuple[Provider, ...]:
    """The table of a TOML text; `where` names it in errors."""
    whole = read_tables(toml, where)
    providers = tuple(_provider(table) for table in whole.tables("provider"))
    whole.done()
    seen: dict[str, str] = {}
    for provider in providers:
        for name in (provider.key, *provider.domains):
            if name in seen:
                raise BadInput(f"{where}: {name} stands in {seen[name]} and in {provider.key}", "Take one away.")
            seen[name] = provider.key
    return providers


def _provider(table: Table) -> Provider:
    login = table.choice("login", _LOGINS, "password")
    provider = Provider(
        key=table.text("key"),
        title=table.text("title"),
        domains=tuple(domain.lower() for domain in table.texts("domains")),
        imap=parse_endpoint(table.text("imap"), "imap"),
        smtp=parse_endpoint(table.text("smtp"), "smtp"),
        login=next(known for known in _LOGINS if known == login),
        keeps_sent=table.flag("keeps_sent", default=False),
        notes=table.texts("notes"),
    )
    table.done()
    return provider


def servers_of(address: str, providers: Iterable[Provider]) -> Provider | Guess:
    """The provider of that address by its domain, else a guess; BadInput where it is no address."""
    match = _ADDRESS.fullmatch(address.strip())
    if match is None:
        raise BadInput(f"“{address}” is no mail address", "Write it like support@example.com.")
    try:
        domain = match[1].encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise BadInput(f"“{address}” has no domain that can exist", "Check what stands after the @.") from None
    for provider in providers:
        if domain in provider.domains:
            return provider
    return Guess(
        domain,
        tuple(parse_endpoint(f"imaps://{name}", "imap") for name in (f"imap.{domain}", f"mail.{domain}", domain)),
        tuple(
            parse_endpoint(f"{scheme}://{name}", "smtp")
            for name in (f"smtp.{domain}", f"mail.{domain}", domain)
            for scheme in ("smtps", "smtp+starttls")
        ),
    )


def provider_named(key: str, providers: Iterable[Provider]) -> Provider:
    """The provider of that key, for addresses of one's own domain; NotFound with the nearest one."""
    known = {provider.key: provider for provider in providers}
    if key.strip().lower() not in known:
        raise NotFound(f"There is no provider “{key}” in the table", mend_name(key, known))
    return known[key.strip().lower()]
