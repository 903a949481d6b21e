"""Identifiers that may travel between machines: UUIDv7, sixteen bytes, ordered by the time they were made."""

import os
import time

from desk.errors import BadInput


def new_uid() -> bytes:
    """A new UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, then random bits."""
    milliseconds = time.time_ns() // 1_000_000
    noise = bytearray(os.urandom(10))
    noise[0] = 0x70 | noise[0] & 0x0F  # version 7
    noise[2] = 0x80 | noise[2] & 0x3F  # variant of RFC 9562
    return milliseconds.to_bytes(6, "big") + bytes(noise)


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
