"""How a command reaches the console that runs: each has a socket of its own in the workspace's folder.

A request is one line of JSON, `{"pop": {"text", "caller", "call", "state"}}`, and so is the answer; `console.listening`
is the other end. Of several consoles of one agent the one that was used last is told, by the time of its socket;
another agent's is told nothing. The invariant: a socket that a killed console left behind is in nobody's way.
"""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from zlib import crc32

from desk.calls import Popped

FOLDER = "consoles"
# Of what Linux takes for a socket's path (107 bytes, macOS 103).
LONGEST_PATH = 100
LONGEST_LINE = 8192
# Of a number or a name; more of it is never shown.
LONGEST_TEXT = 200
# A softphone waits for the command: a console that doesn't answer in this time is left to itself.
PATIENCE = 1.0


def whose(handle: str) -> str:
    """What the sockets of one agent's consoles begin with."""
    return f"{crc32(''.join(handle.casefold().split()).encode('utf-8', 'replace')):08x}-"


@contextmanager
def within_reach(folder: Path, name: str) -> Iterator[str]:
    """A path to a socket that is short enough: where the folder's isn't, by a link from a shorter one."""
    path = str(folder / name)
    if len(os.fsencode(path)) <= LONGEST_PATH:
        yield path
        return
    # 10 ms to import, and few paths are so long.
    import tempfile

    with tempfile.TemporaryDirectory(prefix="heard") as near:
        link = Path(near) / "c"
        link.symlink_to(folder)
        yield str(link / name)


def tell(folder: Path, handle: str, popped: Popped) -> bool:
    """Tell the agent's console that was used last, of a workspace's folder; whether there was one that heard it."""
    text, caller = popped.text.strip()[:LONGEST_TEXT], popped.caller.strip()[:LONGEST_TEXT]
    line = json.dumps({"pop": {"text": text, "caller": caller, "call": popped.call_id, "state": popped.state}}).encode()
    return any(_told(path, line + b"\n") for path in consoles(folder, handle))


def consoles(folder: Path, handle: str) -> list[Path]:
    """The sockets of this agent's consoles, the one that was used last first."""
    found: list[tuple[int, Path]] = []
    with suppress(OSError):
        for path in (folder / FOLDER).glob(f"{whose(handle)}*.sock"):
            with suppress(OSError):
                found.append((path.stat().st_mtime_ns, path))
    return [path for _, path in sorted(found, reverse=True)]


def answers(path: Path) -> bool:
    """Whether a console listens there; nothing is shown."""
    return _told(path, b'{"hello": true}\n')


def _told(path: Path, line: bytes) -> bool:
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as line_to:
        line_to.settimeout(PATIENCE)
        try:
            with within_reach(path.parent, path.name) as near:
                line_to.connect(near)
            line_to.sendall(line)
            return b'"ok"' in line_to.recv(LONGEST_LINE)
        except ConnectionRefusedError:
            # Its console was killed: nobody will ever listen there again.
            path.unlink(missing_ok=True)
        except OSError:
            pass  # it has just gone, or is too busy to answer
    return False
