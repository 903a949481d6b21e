"""baresip's ctrl_tcp: JSON documents in netstrings (`LENGTH:DOCUMENT,`), one for each thing that happens to a call.

The parsers are pure. The invariant: whatever the bytes are and however they are cut, what is a document is found, and
nothing is kept that grows without end.
"""

import json
from collections.abc import Iterator

from desk.calls import CallEvent, CallEventKind

LARGEST = 64 * 1024
# baresip's names; of what isn't here nothing follows. Its hold and resume are those of the other side.
_KINDS: dict[str, CallEventKind] = {
    "CALL_INCOMING": "ringing",
    "CALL_OUTGOING": "ringing",
    "CALL_RINGING": "ringing",
    "CALL_PROGRESS": "ringing",
    "CALL_ANSWERED": "answered",
    "CALL_ESTABLISHED": "answered",
    "CALL_CLOSED": "ended",
}


class Garbled(Exception):
    """What came is no netstring: the line is cut and made anew."""


class Netstrings:
    """Documents out of a stream of bytes; `feed` takes what came, in any pieces. Raises Garbled."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The documents that are whole now."""
        self._rest += data
        while self._rest:
            head, colon, _ = self._rest[:8].partition(b":")
            if not head.isdigit() and head:
                raise Garbled
            if not colon:
                if len(head) >= 8:
                    raise Garbled
                return
            length = int(head or b"-1")
            if not 0 <= length <= LARGEST:
                raise Garbled
            end = len(head) + 1 + length
            if len(self._rest) <= end:
                return
            if self._rest[end : end + 1] != b",":
                raise Garbled
            document = bytes(self._rest[len(head) + 1 : end])
            del self._rest[: end + 1]
            yield document


def event_of(document: bytes, at: int) -> CallEvent | None:
    """What a document tells of a call; None where it tells of something else."""
    try:
        told = json.loads(document)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or told.get("event") is not True:
        return None
    kind = _KINDS.get(str(told.get("type")))
    name = told.get("id")
    if kind is None or not isinstance(name, str) or not name:
        return None
    number, caller = _text(told, "peeruri"), _text(told, "peerdisplayname")
    out = told.get("direction") == "outgoing"
    return CallEvent("baresip", name[:250], kind, at, number, caller, "out" if out else "in")


def _text(told: dict[str, object], key: str) -> str:
    value = told.get(key)
    return value[:500] if isinstance(value, str) else ""
