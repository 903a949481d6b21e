"""The running console's own socket: what `heard pop` and telephones tell it (`console.running` is the other end).

The invariants: only the same user gets in (0600 in a 0700 folder, and the other end's user is asked for); what comes in
is bounded in length, time and number, and cleaned; no request keeps the event loop waiting.
"""

import asyncio
import json
import os
import socket
import struct
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic

from console.running import FOLDER, LONGEST_LINE, LONGEST_TEXT, whose, within_reach
from desk.calls import CallState, Popped
from desk.text import clean
from desk.times import now
from storage.workspace import Workspace

# Whoever connects and says nothing is shown the door.
LISTENED = 2.0
AT_ONCE = 8
# More pops in a second than any telephone rings.
A_SECOND = 20


def open_socket(workspace: Workspace, handle: str) -> tuple[socket.socket, Path]:
    """A socket that listens, and where it lies. OSError where the folder can't hold one."""
    folder = workspace.folder / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    # Under another name until it listens, or it might be taken for one that was left behind.
    name = f"{whose(handle)}{os.getpid()}.sock"
    made = folder / f"{name}.new"
    made.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with within_reach(folder, made.name) as path:
            listening.bind(path)
        made.chmod(0o600)
        listening.listen(AT_ONCE)
        listening.setblocking(False)
        made.rename(folder / name)
    except OSError:
        listening.close()
        raise
    return listening, folder / name


def close_socket(listening: socket.socket, path: Path) -> None:
    """Nobody is reached there any more."""
    path.unlink(missing_ok=True)
    listening.close()


def used(path: Path) -> None:
    """The agent has just used the console whose socket this is."""
    with suppress(OSError):
        os.utime(path)


class Listening:
    """A console's own socket, from the moment at which it takes requests. Made and used on the event loop."""

    def __init__(self, listening: socket.socket, path: Path, popped: Callable[[Popped], object]) -> None:
        """`popped` is called on the loop, and must not wait for anything."""
        self._socket = listening
        self.path = path
        self._popped = popped
        self._server: asyncio.Server | None = None
        self._at_once = 0
        self._lately: deque[float] = deque(maxlen=A_SECOND)

    async def begin(self) -> None:
        """Take requests from now on."""
        self._server = await asyncio.start_unix_server(self._serve, sock=self._socket, limit=LONGEST_LINE)

    def end(self) -> None:
        """Take none any more; the socket goes."""
        # First the server: it has to give up the socket while that is still open.
        if self._server is not None:
            self._server.close()
        close_socket(self._socket, self.path)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._at_once >= AT_ONCE or not _own(writer):
            writer.close()
            return
        self._at_once += 1
        try:
            async with asyncio.timeout(LISTENED):
                writer.write(self._answer(await reader.readline()))
                await writer.drain()
        except (OSError, ValueError, TimeoutError):
            pass  # endless, silent, or gone
        finally:
            self._at_once -= 1
            writer.close()

    def _answer(self, line: bytes) -> bytes:
        popped = request(line)
        if popped is not None:
            at = monotonic()
            if len(self._lately) == A_SECOND and at - self._lately[0] < 1:
                return b'{"error": "too many at once"}\n'
            self._lately.append(at)
            self._popped(popped)
        elif not line.startswith(b'{"hello"'):
            return b'{"error": "this is no request"}\n'
        return b'{"ok": true}\n'


def request(line: bytes) -> Popped | None:
    """What a line asks for, cleaned; None where it is no request."""
    try:
        asked = json.loads(line)["pop"]
        text, caller, call_id, state = asked["text"], asked["caller"], asked["call"], CallState(asked["state"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    if not (isinstance(text, str) and isinstance(caller, str) and (call_id is None or _is_id(call_id))):
        return None
    return Popped(_plain(text), _plain(caller), call_id, state, now())


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 62


def _plain(text: str) -> str:
    return clean(text, lines=False).strip()[:LONGEST_TEXT]


def _own(writer: asyncio.StreamWriter) -> bool:
    """Whether the other end is a process of the same user; where the system can't tell, the folder's rights do."""
    peer: int | None = getattr(socket, "SO_PEERCRED", None)
    end: socket.socket = writer.get_extra_info("socket")
    if peer is None:
        return True
    _, user, _ = struct.unpack("3i", end.getsockopt(socket.SOL_SOCKET, peer, struct.calcsize("3i")))
    return bool(user == os.getuid())
