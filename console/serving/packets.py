"""What a tab's process and the front say to each other: textual-serve's protocol. Pure.

A letter, four bytes of length (the first one the biggest), and the payload. To the process: D what was typed, M a fact
as JSON. From it, behind one line that says that it begins: D what to draw, M a fact. The invariant: of a process's
facts only its end is heard, so that none can open an address or hand out a file.
"""

import json
from collections.abc import Iterator
from typing import NamedTuple

BEGIN = b"__GANGLION__\n"
DATA, FACT = b"D", b"M"
END = {"type": "exit"}
# One picture of a screen as large as they may be is 2 MB in the worst case.
LONGEST = 16 << 20
# Sizes in cells that a screen may have; a browser says what it likes.
SMALLEST, WIDEST, HIGHEST = 2, 600, 300


class Said(NamedTuple):
    """One thing that a tab of a browser said: typed, resize, focus or blur."""

    kind: str
    text: str = ""
    width: int = 0
    height: int = 0


def packet(kind: bytes, payload: bytes) -> bytes:
    """One packet."""
    return b"%s%s%s" % (kind, len(payload).to_bytes(4, "big"), payload)


def fact(**said: str | int) -> bytes:
    """A packet with a fact."""
    return packet(FACT, json.dumps(said).encode())


def is_end(payload: bytes) -> bool:
    """Whether a process's fact is that it ends."""
    try:
        return bool(json.loads(payload) == END)
    except ValueError:
        return False


def heard(message: str) -> Said | None:
    """What a browser's message says; None where it says nothing that is known here."""
    try:
        kind, *rest = json.loads(message)
        if kind == "stdin" and isinstance(rest[0], str):
            return Said("typed", rest[0])
        if kind == "resize":
            return Said("resize", width=_cells(rest[0]["width"], WIDEST), height=_cells(rest[0]["height"], HIGHEST))
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return Said(kind) if kind in ("focus", "blur") else None


def told(said: Said) -> bytes:
    """The packet that tells a process what its tab said."""
    if said.kind == "typed":
        return packet(DATA, said.text.encode("utf-8", "replace"))
    if said.kind == "resize":
        return fact(type="resize", width=said.width, height=said.height)
    return fact(type=said.kind)


def size(width: str, height: str) -> tuple[int, int]:
    """The cells that an address asks for; 80 by 24 where it says nothing sensible."""
    try:
        return _cells(int(width), WIDEST), _cells(int(height), HIGHEST)
    except ValueError:
        return 80, 24


def _cells(given: object, most: int) -> int:
    if not isinstance(given, int):
        raise ValueError(given)
    return min(max(given, SMALLEST), most)


class Packets:
    """Bytes into packets, however they are cut."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Each whole packet so far; ValueError where one is longer than any of ours."""
        self._held += data
        while len(self._held) >= 5:
            length = int.from_bytes(self._held[1:5], "big")
            if length > LONGEST:
                raise ValueError(length)
            if len(self._held) < 5 + length:
                return
            whole, self._held = self._held[: 5 + length], self._held[5 + length :]
            yield whole[:1], whole[5:]
