"""Waiting for news on the line (IDLE, RFC 2177), which no server may do silently for ever.

The invariants: an end without news is answered by a question with a time limit, so that a server that died is noticed;
nothing here runs faster than the server speaks; a wake-up call ends the wait at once.
"""

import re
import socket
import time
from collections.abc import Callable

from sync.sources.mailbox.wire import Wire

# Well below the 29 minutes of the standard, and below the patience of most routers with a silent line.
GUARD = 4 * 60.0
# How long a server may think about DONE before it counts as dead.
ANSWER = 10.0
_TAG = b"HEARD"
_NEWS = re.compile(rb"\* (\d+ (EXISTS|EXPUNGE|FETCH)|VANISHED)\b", re.IGNORECASE)


def idle(wire: Wire, seconds: float, wake: socket.socket, stopped: Callable[[], bool]) -> bool | None:
    """Whether news came within so many seconds; None where the server ends the waiting itself, again and again.

    Raises Unreachable where it is gone.
    """
    end = time.monotonic() + seconds
    slips = 0
    while not stopped() and (left := end - time.monotonic()) > 0:
        spoke = _once(wire, min(left, GUARD), wake, stopped)
        if spoke:
            return True
        slips = 0 if spoke is False else slips + 1
        if slips == 2:
            return None
    return False


def _once(wire: Wire, seconds: float, wake: socket.socket, stopped: Callable[[], bool]) -> bool | None:
    """One IDLE: True for news, False for none in the whole time, None where the server ended it early."""
    patience, wire.patience = wire.patience, ANSWER
    try:
        wire.send(_TAG + b" IDLE\r\n")
        heard = False
        while not (line := wire.readline()).startswith(b"+"):
            if line.startswith(_TAG):
                return None
            heard = heard or _NEWS.match(line) is not None
        end = time.monotonic() + seconds
        while not heard and not stopped() and (left := end - time.monotonic()) > 0:
            if wire.news(left, wake):
                line = wire.readline()
                if line.startswith(_TAG):
                    return None
                heard = _NEWS.match(line) is not None
        wire.send(b"DONE\r\n")
        while not (line := wire.readline()).startswith(_TAG):
            heard = heard or _NEWS.match(line) is not None
        return heard
    finally:
        wire.patience = patience
