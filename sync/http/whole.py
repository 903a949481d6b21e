"""JSON whose texts were cut in the middle of a character, as services do that count in halves or in bytes.

The invariant: such a text reads with a replacement sign in the place of what is no character; all else is untouched, so
that one title that was cut badly doesn't keep a whole page from being read.
"""

import re

# An escape of a pair of halves, of a half alone, or any other; one backslash that is escaped begins nothing.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)


def whole(body: bytes) -> bytes:
    """The same JSON with whole characters alone."""
    try:
        body.decode()
    except UnicodeDecodeError:
        body = body.decode(errors="replace").encode()
    if b"\\ud" in body or b"\\uD" in body:
        return _ESCAPE.sub(lambda found: rb"\ufffd" if found[1] else found[0], body)
    return body
