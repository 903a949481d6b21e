"""What `heard connect mailbox` asks, and the mail by which it tries the way out.

The invariant: a provider's table only fills in what wasn't given; a slip in an address is asked about, never mended.
"""

import argparse

from console.asking import Asking, settings_of
from desk.times import now
from sync.protocol import Source, Step

# A domain that is so like a provider's may be a slip.
LIKE_A_PROVIDER = 0.85


def mailbox_settings(arguments: argparse.Namespace, asking: Asking) -> dict[str, str]:
    """What was given, and what the provider's table knows for the rest."""
    address = arguments.address or (arguments.user if "@" in (arguments.user or "") else "")
    address = address or asking.line("The mailbox's address", "--address")
    if not (arguments.provider or (arguments.imap and arguments.smtp)):
        address = _without_slip(address, asking)
    settings = {"address": address, "user": arguments.user or address}
    if not (arguments.imap and arguments.smtp):
        settings |= _servers(address, arguments.provider, asking)
    given = {"imap": arguments.imap, "smtp": arguments.smtp, "ca": arguments.ca}
    return {**settings, **{key: value for key, value in given.items() if value}, **settings_of(arguments.option)}


def _without_slip(address: str, asking: Asking) -> str:
    """The address, or the one that was meant where its domain is nearly a provider's."""
    from desk.nearest import nearest
    from desk.providers import Provider, servers_of
    from sync.sources.mailbox.providers import known_providers

    found = servers_of(address, known_providers())
    if isinstance(found, Provider) or not asking.present:
        return address
    domains = [domain for provider in known_providers() for domain in provider.domains]
    meant = nearest(found.domain, domains, LIKE_A_PROVIDER)
    instead = f"{address.rpartition('@')[0]}@{meant}"
    return instead if meant and asking.yes(f"Did you mean {instead}?") else address


def _servers(address: str, key: str | None, asking: Asking) -> dict[str, str]:
    """The servers of a well-known provider, or those that a person names."""
    from desk.providers import Provider, provider_named, servers_of
    from sync.sources.mailbox.providers import known_providers

    found = provider_named(key, known_providers()) if key else servers_of(address, known_providers())
    if not isinstance(found, Provider):
        imap = asking.line(f"The IMAP server of {found.domain} (such as {found.imap[0]})", "--imap")
        return {"imap": imap, "smtp": asking.line(f"Its SMTP server (such as {found.smtp[0]})", "--smtp")}
    print(f"{found.title}: {found.imap} and {found.smtp}, as its documents say; never tried by us.")
    for note in found.notes:
        print(f"  {note}")
    login = "token" if found.login == "oauth" else "password"
    return {
        "imap": str(found.imap), "smtp": str(found.smtp), "login": login,
        "keeps_sent": "yes" if found.keeps_sent else "no",
    }  # fmt: skip


def mend_of(failed: Step) -> str:
    """What to do about it here, where nothing is tried again by itself."""
    from sync.sources.mailbox.away import AGAIN

    return "Check its port and how it is encrypted, or try it later." if failed.mend == AGAIN else failed.mend


def send_to_itself(source: Source, address: str) -> None:
    """A mail to the mailbox itself; Refused where it didn't leave."""
    from desk.errors import Refused
    from desk.ids import new_uid
    from desk.mail.addresses import Address
    from sync.protocol import DeliverMail, Receipt
    from sync.sources.mailbox.compose import Letter, compose

    here = Address("Heard", address)
    words = "This mail was sent by heard connect, to see whether replies can leave. Nothing needs to be done."
    mail = compose(Letter(new_uid(), now(), here, (here,), "Test of the mailbox", words, automatic=True))
    wanted = DeliverMail("test", mail.message_id, mail.raw, mail.sender, mail.recipients, now())
    outcome = source.push(wanted, lambda: None)
    if not isinstance(outcome, Receipt):
        raise Refused(f"The mailbox was not connected, since its test mail didn't leave: {outcome.why}", "")
    print("  ✓ test mail: sent to the mailbox itself")
