"""add a source: a mailbox that mails come from and replies go out by

Asks for what isn't given, tries the login, the folders and the way out, and keeps nothing before all of it works. The
secret is never an argument: it comes from HEARD_<NAME>_TOKEN or another rung of the ladder, or is asked for.
"""

import argparse
from contextlib import closing
from typing import TYPE_CHECKING

from console.connecting import OPTIONS
from desk.acknowledgement import SETTINGS
from desk.times import now

if TYPE_CHECKING:
    from console.asking import Asking
    from console.credentials.ladder import Ladder
    from sync.protocol import Source, Step

# What to do here where no rung has the secret: nothing can be stored for a source that isn't there yet.
SET = "Set {variable}, or run this in a terminal and without --no-input, where it asks."
# A domain that is so like a provider's may be a slip.
LIKE_A_PROVIDER = 0.85


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("kind", choices=["mailbox"], metavar="mailbox", help="what to connect")
    parser.add_argument("--name", help="what to call it (default: what stands before the @)")
    parser.add_argument("--user", help="who logs in; the mailbox's address where --address names no other")
    parser.add_argument("--address", help="the mailbox's address")
    parser.add_argument("--imap", metavar="URL", help="imaps://HOST:PORT or imap+starttls://HOST:PORT")
    parser.add_argument("--smtp", metavar="URL", help="smtps://HOST:PORT or smtp+starttls://HOST:PORT")
    parser.add_argument(
        "--provider", metavar="KEY", help="the servers of a well-known provider, for a domain of one's own"
    )
    parser.add_argument("--ca", metavar="FILE", help="a certificate to trust beside the usual ones")
    parser.add_argument(
        "--option", action="append", default=[], metavar="KEY=VALUE", help=f"more: {', '.join(OPTIONS)}"
    )
    parser.add_argument(
        "--change", action="store_true", help=f"change a mailbox that is connected: {', '.join(SETTINGS)}"
    )
    parser.add_argument("--no-input", action="store_true", help="ask nothing")
    parser.add_argument("--test-mail", action="store_true", help="also send a mail to the mailbox itself")


def run(arguments: argparse.Namespace) -> int:
    """Connect it; Refused, with nothing kept, where a step doesn't work."""
    from console.asking import Asking
    from console.connecting import checked
    from console.credentials.ladder import Ladder
    from console.credentials.rungs import Wanted
    from console.paths import secrets_folder
    from desk.errors import Refused
    from storage import sources
    from storage.connect import writing
    from storage.workspace import locate, open_to_read, open_to_write
    from widgets.cells import harmless

    if arguments.change:
        return _change(arguments)
    asking = Asking(silent=arguments.no_input)
    settings = _settings(arguments, asking)
    checked(settings)
    name = arguments.name or settings["address"].partition("@")[0]
    wanted = Wanted(name, settings)
    ladder = Ladder(secrets_folder(), asking.secret if asking.present else None, mend=SET)
    workspace = locate(arguments.workspace)
    if workspace.exists():
        with closing(open_to_read(workspace)) as connection:
            sources.refuse_taken(connection, name)
    print(f"Trying {settings['imap']} and {settings['smtp']} …", flush=True)
    while (failed := _tried(name, settings, ladder, test_mail=arguments.test_mail)) is not None:
        # Only a password that was typed here may be another one the next time.
        question = f"{_mend(failed)} Type it once more?"
        if failed.name != "login" or not asking.has_typed or not asking.yes(harmless(question)):
            raise Refused(f"The mailbox was not connected, since its {failed.name} failed", _mend(failed))
        ladder.forget(wanted)
    with closing(open_to_write(workspace)) as connection, writing(connection):
        sources.add(connection, "mailbox", name, settings, now())
    kept = asking.offer_to_keep(ladder, wanted)
    print(f"Connected “{name}”. {kept}".rstrip())
    print("`heard sync` fetches its mails and sends what waits; so does every console while it is open.")
    return 0


def _change(arguments: argparse.Namespace) -> int:
    """Change options of a mailbox that is connected; an empty one takes it away. The sync needs no new start."""
    from console.asking import settings_of
    from desk.errors import BadInput, NotFound
    from desk.nearest import mend_name
    from storage import acknowledging
    from storage.workspace import locate, open_to_write

    changes = settings_of(arguments.option)
    for name in changes:
        if name not in SETTINGS:
            raise BadInput(f"“{name}” can't be changed in a mailbox that is connected", mend_name(name, SETTINGS))
    if not arguments.name or not changes:
        raise BadInput("Nothing says what to change", "Give --name, and --option acknowledge=12h or the like.")
    workspace = locate(arguments.workspace)
    if not workspace.exists():
        raise NotFound(f"There is no workspace at {workspace.folder}", "Connect the mailbox first.")
    with closing(open_to_write(workspace)) as connection:
        settings = acknowledging.switch(connection, arguments.name, changes, now())
    within = settings.get("acknowledge")
    what = f"acknowledges new mails from now on, with an answer within {within}" if within else "acknowledges nothing"
    print(f"“{arguments.name}” {what}.")
    return 0


def _settings(arguments: argparse.Namespace, asking: "Asking") -> dict[str, str]:
    """What was given, and what the provider's table knows for the rest."""
    from console.asking import settings_of

    address = arguments.address or (arguments.user if "@" in (arguments.user or "") else "")
    address = address or asking.line("The mailbox's address", "--address")
    if not (arguments.provider or (arguments.imap and arguments.smtp)):
        address = _without_slip(address, asking)
    settings = {"address": address, "user": arguments.user or address}
    if not (arguments.imap and arguments.smtp):
        settings |= _servers(address, arguments.provider, asking)
    given = {"imap": arguments.imap, "smtp": arguments.smtp, "ca": arguments.ca}
    return {**settings, **{key: value for key, value in given.items() if value}, **settings_of(arguments.option)}


def _without_slip(address: str, asking: "Asking") -> str:
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


def _servers(address: str, key: str | None, asking: "Asking") -> dict[str, str]:
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


def _tried(name: str, settings: dict[str, str], ladder: "Ladder", *, test_mail: bool) -> "Step | None":
    """Try all that it needs, and print it; the step that failed. Refused where the test mail didn't leave."""
    from console.connecting import open_source
    from widgets.cells import harmless

    with closing(open_source(name, settings, ladder)) as source:
        for step in source.check().steps:
            print(harmless(f"  {'✓' if step.works else '✗'} {step.name}: {step.said}"), flush=True)
            if not step.works:
                return step
        if test_mail:
            _send_to_itself(source, settings["address"])
    return None


def _mend(failed: "Step") -> str:
    """What to do about it here, where nothing is tried again by itself."""
    from sync.sources.mailbox.away import AGAIN

    return "Check its port and how it is encrypted, or try it later." if failed.mend == AGAIN else failed.mend


def _send_to_itself(source: "Source", address: str) -> None:
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
