"""Identifiers that may travel between machines: UUIDv7, sixteen bytes, ordered by the time they were made."""

import os
import time
from collections.abc import Iterator

from desk.errors import BadInput

# The bits of a UUIDv7 that are random: all behind the time but those that tell version and variant.
_NOISE = (1 << 76) - 1 & ~(0x3 << 62)


def new_uid() -> bytes:
    """A new UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, then random bits."""
    milliseconds = time.time_ns() // 1_000_000
    noise = bytearray(os.urandom(10))
    noise[0] = 0x70 | noise[0] & 0x0F  # version 7
    noise[2] = 0x80 | noise[2] & 0x3F  # variant of RFC 9562
    return milliseconds.to_bytes(6, "big") + bytes(noise)


def new_uids() -> Iterator[bytes]:
    """As many UUIDv7 as are asked for, for many rows at a time: each takes half as long as alone."""
    while True:
        opening = time.time_ns() // 1_000_000 << 80 | 0x7 << 76 | 0x2 << 62
        noise = os.urandom(1_000)
        for place in range(0, 1_000, 10):
            yield (opening | int.from_bytes(noise[place : place + 10], "big") & _NOISE).to_bytes(16, "big")


def uid_text(uid: bytes) -> str:
    """The printed form of a uid: 32 hexadecimal digits."""
    return uid.hex()


def parse_uid(text: str) -> bytes:
    """The uid behind its printed form, hyphens allowed; BadInput where it is none."""
    try:
        uid = bytes.fromhex(text.replace("-", ""))
    except ValueError:
        uid = b""
    if len(uid) != 16:
        raise BadInput(f"{text!r} is no id", "Give the 32 hexadecimal digits that another command printed.")
    return uid
