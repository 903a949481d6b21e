"""keep a source's password or token in the keyring of this machine, or take it away

The secret is read without being shown, or from standard input; it is never an argument, which others could see.
`phone` stands for the telephone's, a password or a token. `heard doctor` says where each source's secret comes from.
"""

import argparse
import sys
from contextlib import closing

from console.credentials.rungs import Wanted, secret_in
from desk.errors import BadInput, HeardError
from sync.secret import Secret

_LARGEST = 64 * 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    verbs = parser.add_subparsers(dest="verb", metavar="store|remove", required=True)
    storing = verbs.add_parser("store", help="keep it, over an older one")
    storing.add_argument("source", metavar="SOURCE", help="the source's name")
    storing.add_argument(
        "--plain", action="store_true", help="in a file that only you can read, where there is no keyring"
    )
    removing = verbs.add_parser("remove", help="take it out of the keyring and out of its file")
    removing.add_argument("source", metavar="SOURCE", help="the source's name")


def run(arguments: argparse.Namespace) -> int:
    """Store or remove it."""
    from console.credentials.ladder import Ladder
    from console.paths import secrets_folder

    wanted = _wanted(arguments)
    ladder = Ladder(secrets_folder())
    if arguments.verb == "remove":
        places = ladder.remove(wanted)
        print(f"Removed from {' and '.join(places)}." if places else "There was none.")
        return 0
    secret = _given(wanted)
    if arguments.plain:
        print(f"Kept in plain text in {ladder.store_plain(wanted, secret)}.")
    else:
        try:
            place = ladder.store(wanted, secret)
        except HeardError as error:
            mend = f"{error.mend} With --plain it goes into a file that only you can read.".strip()
            raise type(error)(error.message, mend) from None
        print(f"Kept in {place}.")
    _try_it(arguments)
    return 0


def _try_it(arguments: argparse.Namespace) -> None:
    """Wherever this workspace is being synced, the new one is tried now; a refused one would be let rest for long.

    The telephone's watch tries every half minute by itself.
    """
    if _is_phone(arguments):
        return
    from desk.times import now
    from storage.connect import writing
    from storage.sources import source_named, tell
    from storage.workspace import locate, open_to_write

    with closing(open_to_write(locate(arguments.workspace))) as connection, writing(connection):
        tell(connection, source_named(connection, arguments.source).id, asked_at=now())


def _wanted(arguments: argparse.Namespace) -> Wanted:
    from storage.sources import source_named
    from storage.workspace import locate, open_to_read

    if _is_phone(arguments):
        return _phone_s()
    with closing(open_to_read(locate(arguments.workspace))) as connection:
        row = source_named(connection, arguments.source)
    return Wanted(row.name, row.settings)


def _is_phone(arguments: argparse.Namespace) -> bool:
    """Whether the telephone's is meant; a source may be called so too, and has the name then."""
    from console.telephony.settings import NAME
    from storage.sources import connected
    from storage.workspace import locate, open_to_read

    workspace, meant = locate(arguments.workspace), str(arguments.source).strip().casefold() == NAME
    if not meant or not workspace.exists():
        return meant
    with closing(open_to_read(workspace)) as connection:
        return all(row.name.casefold() != NAME for row in connected(connection))


def _phone_s() -> Wanted:
    from console.config import load

    settings = load().phone
    if settings is None or not settings.needs_secret:
        raise BadInput("No telephone is configured that wants a secret", "Name it in the table [phone] first.")
    return settings.wanted


def _given(wanted: Wanted) -> Secret:
    """What is typed without being shown, or stands in standard input."""
    if sys.stdin.isatty():
        from console.asking import typed_secret

        return typed_secret(wanted.name)
    read = secret_in(sys.stdin.buffer.read(_LARGEST), "standard input")
    if isinstance(read, Secret):
        return read
    raise BadInput(f"{read[:1].upper()}{read[1:]}", "Give the secret as one line.")
