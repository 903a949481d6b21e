"""What logs in: whether it can be sent at all, and how it is taken out of words that the other side repeats.

The invariant: neither the header nor what it was made of stands in any text that leaves here.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping

from sync.errors import Denied
from sync.secret import HIDDEN

# A piece so short stands in many texts by chance.
_SHORTEST = 4


def sendable(headers: Mapping[str, str]) -> Mapping[str, str]:
    """The headers themselves; Denied where one can't stand in a request, as with a line end from a file."""
    if all(value.isascii() and value.isprintable() for value in headers.values()):
        return headers
    raise Denied(
        "The secret holds letters, or line ends, that no login can have", "Store it anew, without what is around it."
    )


def hidden(headers: Mapping[str, str], text: str) -> str:
    """A text without what logged in, whole or in parts."""
    for value in headers.values():
        for piece in (value, *_parts(value)):
            if len(piece) >= _SHORTEST:
                text = text.replace(piece, HIDDEN)
    return text


def _parts(value: str) -> Iterator[str]:
    """What a header was made of: the token behind its scheme, and the password within a basic login."""
    scheme, _, token = value.partition(" ")
    yield token.rpartition("=")[2].strip('"') if scheme.lower() == "token" else token
    if scheme.lower() == "basic":
        try:
            yield base64.b64decode(token, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return
