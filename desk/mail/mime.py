"""A mail's bytes taken apart into headers and parts.

The invariant: nothing raises, nothing is lost (what isn't understood stays a part), the depth is bounded, and time is
linear in the size. Line ends are left as they are, since an attached mail may be signed.
"""

import binascii
import re
from dataclasses import dataclass, replace

from desk.mail.headers import Headers, Parameters, base64_bytes, parameters

MAX_DEPTH = 25

_HEADER = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
# Headers by which a mail is known, also where junk stands before them.
KNOWN = frozenset(
    ("from", "to", "subject", "date", "message-id", "received", "return-path", "delivered-to", "mime-version")
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its headers, what it is, its raw body, and the parts inside it (of multiparts only)."""

    headers: Headers
    content: Parameters
    body: bytes
    children: tuple["Part", ...] = ()
    problem: str = ""

    @property
    def kind(self) -> str:
        """The media type in lower case; text/plain where none is given, or what is given is none."""
        return self.content.value if self.content.value.count("/") == 1 else "text/plain"


def parse(raw: bytes) -> Part:
    """Take a whole mail apart."""
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
    start = _start_of_headers(raw)
    items, body = split_head(raw[start:])
    whole = _part(items, body, 0)
    return replace(whole, problem="lines that are no headers stood before them") if raw[:start].strip() else whole


def split_head(raw: bytes) -> tuple[tuple[tuple[str, bytes], ...], bytes]:
    """The header lines, folded ones joined to their first, and what comes after the blank line.

    A line that is no header ends the head, as it does for other mail programs.
    """
    items: list[tuple[str, bytes]] = []
    place = 0
    while place < len(raw):
        line = _line_at(raw, place)
        if not line.strip(b"\r\n"):
            return tuple(items), raw[place + len(line) :]
        if line[:1] in b" \t" and items:
            name, value = items[-1]
            end = _end_of_folds(raw, place)
            items[-1] = (name, value + raw[place:end])
            place = end
            continue
        if match := _HEADER.match(line):
            items.append((match[1].decode("ascii").lower(), line[match.end() :]))
        elif not (place == 0 and line.startswith((b"From ", b">From "))):
            return tuple(items), raw[place:]
        place += len(line)
    return tuple(items), b""


def _line_at(raw: bytes, place: int) -> bytes:
    end = raw.find(b"\n", place)
    return raw[place:] if end < 0 else raw[place : end + 1]


def _end_of_folds(raw: bytes, place: int) -> int:
    """Where the run of folded lines that starts at `place` ends: joined at once, or many lines cost quadratic time."""
    while raw[place : place + 1] in (b" ", b"\t"):
        place += len(_line_at(raw, place))
    return place


def _start_of_headers(raw: bytes) -> int:
    """Where the headers begin: behind blank lines, or up to 40 lines of junk, if a known header follows at all."""
    place = 0
    for _ in range(40):
        line = _line_at(raw, place)
        if not line:
            break
        match = _HEADER.match(line)
        if match and (place == 0 or match[1].decode("ascii").lower() in KNOWN):
            return place
        if place == 0 and line.startswith((b"From ", b">From ")):
            return 0
        place += len(line)
    return 0


def _part(items: tuple[tuple[str, bytes], ...], body: bytes, depth: int) -> Part:
    headers = Headers(items)
    content = parameters(headers.raw("content-type"))
    if not content.value.startswith("multipart/"):
        return Part(headers, content, body)
    if depth >= MAX_DEPTH:
        return Part(headers, Parameters("text/plain", {}), body, problem="the parts are nested too deeply")
    pieces = _pieces(body, content.get("boundary"))
    if not pieces:
        return Part(headers, Parameters("text/plain", {}), body, problem="the parts have no boundary between them")
    digest = content.value == "multipart/digest"
    children = []
    for piece in pieces:
        inner, rest = split_head(piece)
        if digest and not any(name == "content-type" for name, _ in inner):
            inner = (*inner, ("content-type", b"message/rfc822"))
        children.append(_part(inner, rest, depth + 1))
    return Part(headers, content, body, tuple(children))


def _pieces(body: bytes, boundary: str) -> list[bytes]:
    """The parts between boundary lines; a text behind the last one is a part as well, since lists write there."""
    if not boundary:
        return []
    line = re.compile(rb"(?:\A|\r?\n)--" + re.escape(boundary.encode("utf-8", "replace")) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    pieces: list[bytes] = []
    start = -1
    for match in line.finditer(body):
        if start >= 0:
            pieces.append(_after_line_end(body, start, match.start()))
        start = match.end()
        if match[1]:
            break
    rest = _after_line_end(body, start, len(body)) if start >= 0 else b""
    if rest.strip():
        closed = body[:start].endswith(b"--")
        pieces.append(b"\n" + rest if closed else rest)
    return pieces


def _after_line_end(body: bytes, start: int, end: int) -> bytes:
    if body[start : start + 2] == b"\r\n":
        start += 2
    elif body[start : start + 1] == b"\n":
        start += 1
    return body[start:end] if start < end else b""


# ---- transfer encodings ----

_PADDED_END = re.compile(rb"=[ \t]*\r?\n\s*(?=\S)")


def content_bytes(part: Part) -> bytes:
    """The part's body without its transfer encoding."""
    encoding = part.headers.word("content-transfer-encoding")
    if encoding == "base64":
        return _base64(part.body)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(part.body)
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return uudecode(part.body)
    return part.body


def _base64(body: bytes) -> bytes:
    """Base64, and as it is what some list wrote behind its end."""
    end = _PADDED_END.search(body)
    if end is None:
        return base64_bytes(body)
    head, rest = body[: end.end()], body[end.end() :]
    first = rest.split(None, 1)[0]
    if b" " not in rest.strip() and len(first) % 4 == 0:
        return base64_bytes(head) + base64_bytes(rest)
    return base64_bytes(head) + b"\n" + rest


def uudecode(body: bytes) -> bytes:
    """The bytes between `begin` and `end`; a line that can't be read is passed over."""
    decoded = bytearray()
    for line in body.splitlines():
        if line.startswith(b"begin ") or not line.strip():
            continue
        if line.strip() == b"end":
            break
        decoded += _uu_line(line)
    return bytes(decoded)


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        pass
    # Some encoders pad the line: only as many characters as its length byte says.
    count = ((line[0] - 32) & 63) * 4 // 3 + 5
    try:
        return binascii.a2b_uu(line[:count])
    except binascii.Error:
        return b""
