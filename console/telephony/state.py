"""How the watch over an agent's telephone is doing, in a small file beside the consoles' sockets, for whoever asks.

The invariant: a state is written whole or not at all, and holds no secret and nobody's number.
"""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from console.running import FOLDER, whose
from storage.workspace import Workspace

LARGEST = 4096


@dataclass(frozen=True, slots=True)
class WatchState:
    """`ok`: it hears of calls now. `said` and `mend` are for people, `since` when it came to be so, `heard_at` when it
    last heard of a call."""

    ok: bool
    said: str
    mend: str
    since: int
    heard_at: int | None = None


def lock_name(handle: str) -> str:
    """The lock that the one watch over this agent's telephone holds."""
    return f"phone-{whose(handle)[:-1]}.lock"


def write(workspace: Workspace, handle: str, state: WatchState) -> None:
    """Keep how it is doing."""
    path = _path(workspace, handle)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(json.dumps(asdict(state)), encoding="utf-8")
    new.replace(path)


def read(workspace: Workspace, handle: str) -> WatchState | None:
    """How it was doing when it last said so; None where it never did."""
    with suppress(OSError, ValueError, TypeError, RecursionError):
        return WatchState(**json.loads(_path(workspace, handle).read_text(encoding="utf-8")[:LARGEST]))
    return None


def _path(workspace: Workspace, handle: str) -> Path:
    return workspace.folder / FOLDER / f"{whose(handle)}phone.json"
