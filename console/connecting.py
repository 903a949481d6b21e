"""From a source's settings to the source itself: where what sync needs and what the console knows are put together.

Settings are texts by name, as `heard connect` keeps them. The invariants: none of them is a secret; a helpdesk's source
sees what its kind asks for, and nothing of where its secret comes from.
"""

import ssl
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from console.credentials.ladder import Ladder
from console.credentials.rungs import SETTINGS, Wanted
from desk.errors import BadInput
from desk.nearest import mend_name
from sync.protocol import Source

if TYPE_CHECKING:
    from sync.kinds import Kind

MAILBOX = "mailbox"
# What is kept besides a kind's own settings: certificates, what of the work that is done here the source takes, and the
# hosts of its pages.
OWN = ("ca", "takes", "pages")


def kinds() -> tuple[str, ...]:
    """All that can be connected."""
    from sync.kinds import names

    return (MAILBOX, *names())


def check(kind: str, settings: Mapping[str, str]) -> None:
    """Raise BadInput with what is wrong in the settings of such a source."""
    if kind == MAILBOX:
        from console.mailbox_settings import check_mailbox

        check_mailbox(settings)
    else:
        from sync.kinds import kind_named

        _check_helpdesk(kind_named(kind), settings)
    trusted(settings.get("ca", ""))


def open_source(kind: str, name: str, settings: Mapping[str, str], ladder: Ladder) -> Source:
    """The source of that name; it connects when it is used first. BadInput where its settings can't be used."""
    check(kind, settings)
    context = trusted(settings.get("ca", ""))
    if kind == MAILBOX:
        from console.mailbox_settings import open_mailbox

        return open_mailbox(name, settings, ladder, context)
    from console.credentials.access import access
    from sync.kinds import Account, kind_named

    found = kind_named(kind)
    return found.open(Account(name, _its_own(found, settings), access(ladder, Wanted(name, settings)), context))


def _check_helpdesk(kind: "Kind", settings: Mapping[str, str]) -> None:
    for question in kind.questions:
        if question.needed and not settings.get(question.key):
            raise BadInput(f"{question.words} is missing", f"Give it with {option_of(question.key)}.")
    allowed = (*(question.key for question in kind.questions), *kind.options, *SETTINGS)
    for name in settings:
        if name not in (*allowed, *OWN):
            raise BadInput(f"{kind.title} has no option “{name}”", mend_name(name, allowed))
    kind.check(_its_own(kind, settings))


def _its_own(kind: "Kind", settings: Mapping[str, str]) -> dict[str, str]:
    """What the source itself is to know."""
    known = {*(question.key for question in kind.questions), *kind.options}
    return {key: value for key, value in settings.items() if key in known}


def option_of(key: str) -> str:
    """How a setting is given on the command line."""
    return f"--{key}" if key in ("url", "user") else f"--option {key}=…"


@cache
def trusted(file: str) -> ssl.SSLContext:
    """The certificates that are trusted. Made once: 32 ms each time, and a source asks for three."""
    if file and not Path(file).is_file():
        raise BadInput(f"There is no certificate at {file}", "Check what --ca names.")
    try:
        context = ssl.create_default_context()
        if file:
            context.load_verify_locations(cafile=file)
        return context
    except ssl.SSLError as error:
        raise BadInput(f"{file} holds no certificate that can be used: {error.reason}", "It must be PEM.") from None
