"""One sync process for each workspace, one of its kind for whatever else must be alone, and who is at a console.

They are locks of the operating system on files in the workspace, so that they end with their process, however it ends:
`sync.lock` is held by the sync process alone, `consoles.lock` is shared by every console.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from desk.errors import Refused
from storage.workspace import Workspace

SYNC = "sync.lock"
CONSOLES = "consoles.lock"
LOOKS, INSTANT = 5, 0.01
AT_ONCE = fcntl.LOCK_EX | fcntl.LOCK_NB


@contextmanager
def only_one(
    workspace: Workspace, name: str = SYNC, *, busy: str = "This workspace is being synced already"
) -> Iterator[None]:
    """Be the workspace's sync process, or the one that holds another lock; Refused, saying `busy`, where one is."""
    with ExitStack() as held:
        # Who looks whether it is held holds the lock for an instant.
        for _ in range(LOOKS):
            if held.enter_context(_locked(workspace, name, AT_ONCE)):
                yield
                return
            time.sleep(INSTANT)
    raise Refused(busy, "Leave it to the process that runs, or end that one first.")


@contextmanager
def seated(workspace: Workspace) -> Iterator[None]:
    """Be one of the workspace's consoles. Who looks whether anyone is there holds it for an instant: wait for that."""
    with _locked(workspace, CONSOLES, fcntl.LOCK_SH):
        yield


def is_synced(workspace: Workspace) -> bool:
    """Whether a sync process runs now."""
    return is_held(workspace, SYNC)


def is_held(workspace: Workspace, name: str) -> bool:
    """Whether a process holds that lock now."""
    with _locked(workspace, name, AT_ONCE) as got:
        return not got


def anyone_seated(workspace: Workspace) -> bool:
    """Whether any console is open."""
    with _locked(workspace, CONSOLES, AT_ONCE) as got:
        return not got


@contextmanager
def _locked(workspace: Workspace, name: str, how: int) -> Iterator[bool]:
    descriptor = os.open(workspace.folder / name, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, how)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
