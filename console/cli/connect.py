"""add a source: a mailbox, or a helpdesk that tickets come from and replies go back to

Asks for what isn't given, tries the login and all else that it needs, and keeps nothing before all of it works. The
secret is never an argument: it comes from HEARD_<NAME>_TOKEN or another rung of the ladder, or is asked for.
"""

import argparse
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.connecting import MAILBOX
from desk.acknowledgement import SETTINGS
from desk.times import now

if TYPE_CHECKING:
    from console.asking import Asking
    from console.credentials.ladder import Ladder
    from console.credentials.rungs import Wanted
    from sync.protocol import Step

# What to do here where no rung has the secret: nothing can be stored for a source that isn't there yet.
SET = "Set {variable}, or run this in a terminal and without --no-input, where it asks."


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be connected. `title`: what people call such a thing; `where`: what is tried."""

    kind: str
    name: str
    title: str
    where: str
    settings: Mapping[str, str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    from console.mailbox_settings import OPTIONS
    from sync.kinds import OURS

    kinds = f"{MAILBOX}, {', '.join(OURS)}, or what another package brings along"
    parser.add_argument("kind", metavar="KIND", help=f"what to connect: {kinds}")
    parser.add_argument("--name", help="what to call it (default: what stands before the @, or KIND)")
    parser.add_argument("--url", help="a helpdesk's address, as a browser shows it")
    parser.add_argument("--user", help="who logs in; the mailbox's address where --address names no other")
    parser.add_argument("--address", help="a mailbox's address")
    parser.add_argument("--imap", metavar="URL", help="imaps://HOST:PORT or imap+starttls://HOST:PORT")
    parser.add_argument("--smtp", metavar="URL", help="smtps://HOST:PORT or smtp+starttls://HOST:PORT")
    parser.add_argument(
        "--provider", metavar="KEY", help="the servers of a well-known provider, for a domain of one's own"
    )
    parser.add_argument("--ca", metavar="FILE", help="a certificate to trust beside the usual ones")
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help=f"more; a mailbox takes {', '.join(OPTIONS)}, and docs/helpdesks.md says what helpdesks take",
    )
    parser.add_argument(
        "--change", action="store_true", help=f"change a mailbox that is connected: {', '.join(SETTINGS)}"
    )
    parser.add_argument("--no-input", action="store_true", help="ask nothing, and fetch nothing yet")
    parser.add_argument("--test-mail", action="store_true", help="also send a mail to the mailbox itself")


def run(arguments: argparse.Namespace) -> int:
    """Connect it; Refused, with nothing kept, where a step doesn't work."""
    from console.connecting import check
    from console.credentials.ladder import Ladder
    from console.credentials.rungs import Wanted
    from console.paths import secrets_folder
    from storage import sources
    from storage.connect import writing
    from storage.workspace import locate, open_to_read, open_to_write

    if arguments.change:
        return _change(arguments)
    asking, wish = _asked(arguments)
    check(wish.kind, wish.settings)
    wanted = Wanted(wish.name, wish.settings)
    ladder = Ladder(secrets_folder(), asking.secret if asking.present else None, mend=SET)
    workspace = locate(arguments.workspace)
    if workspace.exists():
        with closing(open_to_read(workspace)) as connection:
            sources.refuse_taken(connection, wish.name)
    print(f"Trying {wish.where} …", flush=True)
    _try_until_it_works(wish, wanted, ladder, asking, test_mail=arguments.test_mail)
    with closing(open_to_write(workspace)) as connection, writing(connection):
        sources.add(connection, wish.kind, wish.name, wish.settings, now())
    kept = asking.offer_to_keep(ladder, wanted)
    print(f"Connected “{wish.name}”. {kept}".rstrip())
    if asking.present:
        from console.cli.first_sync import fetch_first

        fetch_first(workspace, wish.name, asking.typed)
        return 0
    what = "its mails" if wish.kind == MAILBOX else "its tickets"
    print(f"`heard sync` fetches {what} and sends what waits; so does every console while it is open.")
    return 0


def _asked(arguments: argparse.Namespace) -> "tuple[Asking, Wish]":
    """What is to be connected, with what a person says for what isn't given, and that person."""
    from console.asking import Asking

    if arguments.kind == MAILBOX:
        from console.cli.connect_mailbox import mailbox_settings

        asking = Asking(silent=arguments.no_input)
        settings = mailbox_settings(arguments, asking)
        name = arguments.name or settings["address"].partition("@")[0]
        return asking, Wish(MAILBOX, name, "mailbox", f"{settings['imap']} and {settings['smtp']}", settings)
    from console.cli.connect_helpdesk import helpdesk_settings
    from sync.kinds import kind_named

    kind = kind_named(arguments.kind)
    _refuse_mailbox_s(arguments)
    asking = Asking(silent=arguments.no_input, called=kind.secret)
    settings = helpdesk_settings(arguments, kind, asking)
    where = settings.get("url") or kind.title
    return asking, Wish(kind.key, arguments.name or kind.key, kind.title, where, settings)


def _refuse_mailbox_s(arguments: argparse.Namespace) -> None:
    """Raise BadInput where an option was given that only a mailbox has."""
    from desk.errors import BadInput

    for name in ("address", "imap", "smtp", "provider", "test_mail"):
        if getattr(arguments, name):
            raise BadInput(
                f"Only a mailbox has --{name.replace('_', '-')}", f"See docs/helpdesks.md: {arguments.kind}."
            )


def _try_until_it_works(wish: Wish, wanted: "Wanted", ladder: "Ladder", asking: "Asking", *, test_mail: bool) -> None:
    """Try it, and again with another secret as long as a person types one; Refused where it doesn't work."""
    from console.cli.connect_mailbox import mend_of
    from desk.errors import Refused
    from widgets.cells import harmless

    while (failed := _tried(wish, ladder, test_mail=test_mail)) is not None:
        # Only a password that was typed here may be another one the next time.
        question = f"{mend_of(failed)} Type it once more?"
        if failed.name.casefold() != "login" or asking.typed is None or not asking.yes(harmless(question)):
            raise Refused(
                f"The {wish.title} was not connected, since its {failed.name.lower()} failed", mend_of(failed)
            )
        ladder.forget(wanted)


def _tried(wish: Wish, ladder: "Ladder", *, test_mail: bool) -> "Step | None":
    """Try all that it needs, and print it; the step that failed. Refused where the test mail didn't leave."""
    from console.connecting import open_source
    from widgets.cells import harmless

    with closing(open_source(wish.kind, wish.name, wish.settings, ladder)) as source:
        for step in source.check().steps:
            print(harmless(f"  {'✓' if step.works else '✗'} {step.name}: {step.said}"), flush=True)
            if not step.works:
                return step
        if test_mail:
            from console.cli.connect_mailbox import send_to_itself

            send_to_itself(source, wish.settings["address"])
    return None


def _change(arguments: argparse.Namespace) -> int:
    """Change options of a mailbox that is connected; an empty one takes it away. The sync needs no new start."""
    from console.asking import settings_of
    from desk.errors import BadInput, NotFound
    from desk.nearest import mend_name
    from storage import acknowledging
    from storage.sources import source_named
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
        if arguments.kind != MAILBOX or source_named(connection, arguments.name).kind != MAILBOX:
            raise BadInput("Only a mailbox can be changed", "Helpdesks answer a customer's first mail themselves.")
        settings = acknowledging.switch(connection, arguments.name, changes, now())
    within = settings.get("acknowledge")
    what = f"acknowledges new mails from now on, with an answer within {within}" if within else "acknowledges nothing"
    print(f"“{arguments.name}” {what}.")
    return 0
