"""The bytes of a file, out of the JSON that RT wraps them in, while it comes.

The invariant: no more than a piece of it is ever held, however large the file is.
"""

import base64
import binascii
import re
from collections.abc import Iterator

from sync.errors import Broken

_BEGIN = re.compile(rb'"Content"\s*:\s*"')
# Line ends within base64, as JSON has them.
_NOISE = re.compile(rb"\\n|\\r|\\(?=/)")
# The name of the field may lie on the border of two pieces.
_BORDER = 32


def bytes_of(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """What stands in `Content`, decoded; Broken where there is nothing of the kind."""
    held = b""
    for piece in pieces:
        held += piece
        begin = _BEGIN.search(held)
        if begin:
            yield from _decoded(held[begin.end() :], pieces)
            return
        held = held[-_BORDER:]
    raise Broken("Request Tracker gave no content for a file", "Look at it in the ticket's own pages.")


def _decoded(held: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    while True:
        end = held.find(b'"')
        text = held if end < 0 else held[:end]
        # An escape that is cut in two waits for its other half, and so do letters that aren't four.
        cut = len(text) - (end < 0 and text.endswith(b"\\"))
        letters = _NOISE.sub(b"", text[:cut])
        whole = len(letters) // 4 * 4 if end < 0 else len(letters)
        try:
            decoded = base64.b64decode(letters[:whole], validate=True)
        except binascii.Error:
            break
        if decoded:
            yield decoded
        if end >= 0:
            return
        piece = next(pieces, None)
        if piece is None:
            break
        held = letters[whole:] + text[cut:] + piece
    raise Broken("Request Tracker gave a file that can't be read", "Look at it in the ticket's own pages.")
