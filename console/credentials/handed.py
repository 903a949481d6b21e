"""Secrets that are kept for this run alone, on their way from a console to the sync process that it has started.

They go through the pipe that is that process's standard input. The invariants: a secret is in nobody's environment,
arguments or files; neither end ever waits for the other; a line that is none of ours is left out.
"""

import json
import os
from collections.abc import Iterator
from contextlib import closing, suppress
from threading import Thread
from typing import BinaryIO

from console.credentials.ladder import Ladder
from console.credentials.rungs import Wanted
from desk.errors import BadInput, HeardError
from desk.times import now
from storage import sources
from storage.connect import writing
from storage.workspace import Workspace, open_to_write
from sync.secret import Secret

# So much is written into a pipe whole or not at all, on every system (PIPE_BUF).
LARGEST = 4096


def as_line(name: str, secret: Secret) -> bytes:
    """A source's secret as it goes through the pipe; BadInput where it is too long for that."""
    line = json.dumps([name, secret.reveal()]).encode() + b"\n"
    if len(line) <= LARGEST:
        return line
    # Nothing of it may hang on the error's frame.
    del line
    raise BadInput("That is too long to be given here", f"Keep it with `heard secret store {name}`.")


def lines_of(pipe: BinaryIO) -> Iterator[tuple[str, Secret]]:
    """What comes through it until its other end is closed."""
    for line in pipe:
        with suppress(ValueError):
            match json.loads(line):
                case [str(name), str(secret)]:
                    yield name, Secret(secret)


def take_in(pipe: BinaryIO, ladder: Ladder, workspace: Workspace) -> None:
    """Keep what comes in its source's name, and have that source tried at once."""
    for name, secret in lines_of(pipe):
        with suppress(HeardError), closing(open_to_write(workspace)) as connection, writing(connection):
            row = sources.source_named(connection, name)
            ladder.keep(Wanted(row.name, row.settings), secret)
            sources.tell(connection, row.id, asked_at=now())


def listen(ladder: Ladder, workspace: Workspace) -> None:
    """`take_in` from standard input, beside all else, until the console that holds the other end has gone."""
    # Without a buffer of its own: the interpreter can't end while a thread waits in that of sys.stdin.
    pipe = os.fdopen(os.dup(0), "rb", buffering=0)
    Thread(target=take_in, args=(pipe, ladder, workspace), name="handed secrets", daemon=True).start()
