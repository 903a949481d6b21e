"""What `heard doctor` says of sources: the keyring of this machine, the rung that serves each, what one can't do.

The invariant: nobody is asked and nothing is kept; no line holds a secret.
"""

from collections.abc import Iterator
from contextlib import closing

from console.checks import Check
from console.credentials.ladder import Ladder
from console.credentials.ring import Ring, RingTrouble
from console.credentials.rungs import STORE, NoSecret, Passed, Rung, Wanted
from console.paths import secrets_folder
from desk.errors import HeardError
from storage.connect import connect
from storage.sources import MAILBOX, SourceRow, connected
from storage.workspace import Workspace


def keyring(ring: Ring | None = None) -> Check:
    """Whether there is one to keep secrets in; to have none is no fault."""
    try:
        return Check("keyring", True, (ring or Ring()).state())
    except RingTrouble as error:
        return Check("keyring", True, error.message, error.mend)


def sources(workspace: Workspace) -> Iterator[Check]:
    """What serves each connected source, and what it can't do."""
    if not workspace.exists():
        return
    try:
        with closing(connect(workspace.database, read_only=True)) as connection:
            rows = connected(connection)
    except HeardError:
        return  # the check of the database says why
    except Exception:  # noqa: BLE001 - a border: so does it where the driver raises what it likes
        return
    # What a console was given for its run, only that run knows.
    ladder = Ladder(secrets_folder(), mend=f"{STORE} Or give it to the console for each run: F6, then Ctrl+E.")
    for row in rows:
        if row.kind != MAILBOX:
            yield from _kind(row)
        yield _examined(ladder, Wanted(row.name, row.settings))
        if not row.claims:
            said = "who has a ticket is known here alone: the mail server keeps no marks of agents"
            yield Check(f"claims {row.name}", True, said)


def _examined(ladder: Ladder, wanted: Wanted) -> Check:
    name = f"source {wanted.name}"
    try:
        served = ladder.look(wanted)
    except NoSecret as error:
        return Check(name, False, f"no secret ({_words(error.passed)})", error.mend)
    detail = f"secret from {served.rung}: {served.where}"
    if served.passed:
        detail += f" ({_words(served.passed)})"
    if served.rung is Rung.FILE:
        return Check(name, True, detail, f"In plain text; `heard secret store {wanted.name}` puts it into the keyring.")
    return Check(name, True, detail)


def _kind(row: SourceRow) -> Iterator[Check]:
    """A helpdesk whose code is not there any more, or can't be loaded: nothing of it can be synced."""
    from sync.kinds import kind_named

    try:
        kind_named(row.kind)
    except HeardError as error:
        yield Check(f"kind {row.name}", False, error.message, error.mend)


def _words(passed: tuple[Passed, ...]) -> str:
    return "; ".join(f"{each.rung}: {each.why}" for each in passed)
