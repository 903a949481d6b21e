"""How an agent is named by a mark on a mail, for teams that share nothing but a mailbox.

The invariant: a mark is a keyword as every mail server takes it (ASCII, no case, at most 50 letters: RFC 9051, section
9, and Dovecot's `mail_max_keyword_length`), and whoever wrote it is known by it again.
"""

import re
from collections.abc import Iterable

from desk.text import clean

FAMILY = "heard-claim-"
LONGEST = 50
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-")
_BYTES = re.compile(r"(?:=[0-9a-f]{2})+")


def mark_of(handle: str) -> str:
    """The mark of the agent with that handle; a handle that is too long is cut."""
    mark = FAMILY
    for letter in handle:
        piece = letter if letter in _PLAIN else "".join(f"={byte:02x}" for byte in letter.encode("utf-8", "replace"))
        if len(mark) + len(piece) > LONGEST:
            break
        mark += piece
    return mark


def handle_of(mark: str) -> str:
    """The handle in a mark, as far as it fits into one; of one that Heard did not make, what it says."""
    said = mark.lower().removeprefix(FAMILY)
    handle = _BYTES.sub(lambda found: bytes.fromhex(found[0].replace("=", "")).decode("utf-8", "replace"), said)
    return handle if handle and "".join(clean(handle, lines=False).split()) == handle else said


def claimed(flags: Iterable[str]) -> str:
    """The mark among the flags of a mail, in lower case; of several, which no console sets, the first by the alphabet.

    Empty where nobody has it.
    """
    return min((flag.lower() for flag in flags if is_mark(flag)), default="")


def is_mark(flag: str) -> bool:
    """Whether a flag says who has a mail."""
    return flag.lower().startswith(FAMILY) and len(flag) > len(FAMILY)
