"""The settings of a mailbox: which there are, what can't be right, and the source that they make.

Settings are texts by name, as `heard connect` keeps them; the invariant: none of them is a secret.
"""

import ssl
from collections.abc import Mapping

from console.credentials.access import access
from console.credentials.ladder import Ladder
from console.credentials.rungs import SETTINGS, Wanted
from desk import acknowledgement
from desk.endpoints import parse_endpoint
from desk.errors import BadInput
from desk.nearest import mend_name
from sync.protocol import Source

# What `--option` may set beside the servers; each is told in docs/mailbox.md.
OPTIONS = (
    "also", "folders", "from", "signature", "quoting", "language", "zone", "keeps_sent", *SETTINGS,
    *acknowledgement.SETTINGS,
)  # fmt: skip
NEEDED = ("imap", "smtp", "user", "address")


def check_mailbox(settings: Mapping[str, str]) -> None:
    """Raise BadInput with what is wrong in the settings of a mailbox."""
    from sync.sources.mailbox.fields import written_address

    for name in NEEDED:
        if not settings.get(name):
            raise BadInput(f"The mailbox has no {name}", f"Give it with --{name}.")
    for name in settings:
        if name not in (*NEEDED, *OPTIONS, "ca", acknowledgement.SINCE):
            raise BadInput(f"A mailbox has no option “{name}”", mend_name(name, OPTIONS))
    _check_words(settings)
    written_address(settings["address"])
    parse_endpoint(settings["imap"], "imap")
    parse_endpoint(settings["smtp"], "smtp")
    acknowledgement.terms_of(settings)


def _check_words(settings: Mapping[str, str]) -> None:
    """Raise BadInput where a value is none of those that there are: the next reply would be the first to find out."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from sync.sources.mailbox.languages import languages
    from sync.sources.mailbox.wording import Quoting

    for name, known in (("language", tuple(languages())), ("quoting", tuple(Quoting))):
        if name in settings and settings[name] not in known:
            raise BadInput(f"There is no {name} “{settings[name]}”", mend_name(settings[name], known))
    try:
        ZoneInfo(settings.get("zone", "UTC"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = settings["zone"]
    else:
        return
    raise BadInput(f"There is no time zone “{zone}”", "Write it like --option zone=Europe/Berlin.")


def open_mailbox(name: str, settings: Mapping[str, str], ladder: Ladder, context: ssl.SSLContext) -> Source:
    """The mailbox of that name; it connects when it is used first."""
    from sync.sources.mailbox.smtp import MailSender
    from sync.sources.mailbox.smtp_line import Submission
    from sync.sources.mailbox.source import Account, Mailbox

    wanted = Wanted(name, settings)
    secret, token = access(ladder, wanted), wanted.is_token
    account = Account(
        name=name,
        imap=parse_endpoint(settings["imap"], "imap"),
        user=settings["user"],
        token=token,
        folders=tuple(name.strip() for name in settings.get("folders", "").split(",") if name.strip()),
        keeps_sent=settings.get("keeps_sent") == "yes",
        context=context,
    )
    submission = Submission(
        endpoint=parse_endpoint(settings["smtp"], "smtp"),
        user=settings["user"],
        secret=secret,
        login="token" if token else "password",
        context=context,
    )
    return Mailbox(account, secret, MailSender(submission))
