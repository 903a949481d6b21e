"""Addresses out of From, To, Cc and Reply-To as people's programs write them.

The invariant: nothing raises, time is linear, and whatever holds an address yields it; encoded words are read after
the list was split, so that a comma inside a name can't split it.
"""

import re
from dataclasses import dataclass

from desk.mail.headers import decode_words, one_line


@dataclass(frozen=True, slots=True)
class Address:
    """A name as shown (may be empty) and an address as written (may be empty)."""

    name: str
    address: str


_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*)"?|<([^<>]*)>?|([,;])|([^"<>,;(]+)|(.)', re.DOTALL)
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
_BARE = re.compile(rb"[^\s@<>\"]{1,128}@[^\s@<>\"]{1,255}")
_GROUP = re.compile(rb'\A[^:@<"\[\]]*:')
_BLANKS = re.compile(r"\s+")


@dataclass(slots=True)
class _Mailbox:
    """What is known so far of the mailbox that is being read."""

    words: list[bytes]
    comments: list[bytes]
    address: bytes | None = None


def addresses(raw: bytes, hint: str = "") -> tuple[Address, ...]:
    """Every mailbox of an address header, in order; groups are opened, empty groups yield nothing."""
    found: list[Address] = []
    box = _Mailbox([], [])
    place = 0
    if raw.endswith(b";"):
        raw = _GROUP.sub(b"", raw, count=1)
    while place < len(raw):
        if raw[place] == 0x28:
            comment, place = _comment(raw, place)
            box.comments.append(comment)
            continue
        match = _TOKEN.match(raw, place)
        if match is None:  # the last alternative takes any byte
            break
        place = match.end()
        if match[3]:
            if _complete(box):
                found += _finish(box, hint)
                box = _Mailbox([], [])
            elif box.words and match[3] == b",":
                # A comma in an unquoted name: it goes on.
                box.words.append(b", ")
        elif match[2] is not None:
            if box.address:
                found += _finish(box, hint)
                box = _Mailbox([], [])
            box.address = match[2].strip()
        else:
            quoted = match[1]
            box.words.append(_ESCAPE.sub(rb"\1", quoted) if quoted is not None else match[4] or match[5])
    return tuple(found + _finish(box, hint))


def _complete(box: _Mailbox) -> bool:
    return bool(box.address) or box.address == b"" or any(b"@" in word for word in box.words)


def _comment(raw: bytes, place: int) -> tuple[bytes, int]:
    """The text in brackets from `place` on, nested ones included, and where it ends."""
    depth = 0
    for end in range(place, len(raw)):
        byte = raw[end]
        depth += (byte == 0x28) - (byte == 0x29)
        if depth == 0:
            return raw[place + 1 : end], end + 1
    return raw[place + 1 :], len(raw)


def _finish(box: _Mailbox, hint: str) -> list[Address]:
    words = b"".join(box.words).strip(b" \t\r\n,")
    if box.address is None:
        bare = _BARE.findall(words)
        if bare:
            name = b" ".join(box.comments) or words.replace(bare[-1], b"")
            return [_address(name, bare[-1], hint)]
        decoded = decode_words(words, hint) if b"=?" in words else ""
        if "@" in decoded:
            # The whole list was encoded, addresses and all.
            return list(addresses(decoded.encode("utf-8", "replace"), "utf-8"))
        commented = _BARE.findall(b" ".join(box.comments))
        if commented:
            return [_address(words, commented[0], hint)]
        if words and box.comments and b" " not in words:
            return [_address(b" ".join(box.comments), words, hint)]
        return [_address(words, b"", hint)] if words else []
    return [_address(words or b" ".join(box.comments), box.address, hint)]


def _address(name: bytes, address: bytes, hint: str) -> Address:
    shown = one_line(decode_words(name, hint)).strip("\"' \t")
    written = one_line(decode_words(address, hint))
    written = _BLANKS.sub("", written.removeprefix("mailto:")) if "@" in written else written
    return Address("" if shown == written else shown, written)
