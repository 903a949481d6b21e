"""Folder names as they travel: IMAP's own kind of UTF-7 (RFC 3501, 5.1.3), and quoted strings.

The invariant: what a server called a folder is sent back byte by byte; only people see the decoded name.
"""

import base64
import binascii
import re

from desk.errors import BadInput

_SHIFTED = re.compile(r"&([A-Za-z0-9+,]*)-")


def decoded(name: str) -> str:
    """The name for people. What isn't well encoded stays as it is."""
    return _SHIFTED.sub(_decoded_part, name)


def quoted(name: str) -> bytes:
    """A raw name as an argument of a command. Server names are kept as latin-1, so that none is ever lost."""
    if re.search(r"[\r\n\0]", name):
        raise BadInput("A folder's name holds the end of a line", "Name the folder as your mail program shows it.")
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'.encode("latin-1", "replace")


def _decoded_part(match: re.Match[str]) -> str:
    part = match[1]
    if not part:
        return "&"
    padded = part.replace(",", "/") + "=" * (-len(part) % 4)
    try:
        return base64.b64decode(padded, validate=True).decode("utf-16-be")
    except (binascii.Error, UnicodeDecodeError):
        return match[0]
