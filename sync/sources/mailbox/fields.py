"""Header fields as they are written: encoded words, mailboxes, ids, names of files.

The invariant: whatever goes in, one field comes out. No text can end its field and begin another, since every text is
cleaned into one line first, and every address that could is refused.
"""

import base64
import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from desk.errors import BadInput
from desk.mail.addresses import Address
from desk.mail.headers import one_line

_WIDTH = 76
# 39 bytes are 52 letters in base64: a word of 64, which fits behind a field's name.
_BYTES_A_WORD = 39
_LONGEST_PLAIN = 60
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_LOCAL = re.compile(r'[A-Za-z0-9!#$%&\'*+/=?^_`{|}~.\u0080-\U0010ffff-]{1,128}|"[^"\\<>]{1,126}"')
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Za-z.:]{2,60}\]")
_ID = re.compile(r"<[!-;=?-~]{1,500}>")

MOST_REFERENCES = 20
_LONGEST_REFERENCES = 4_000


def unstructured(name: str, text: str) -> str:
    """A field of free text, such as the subject."""
    text = one_line(text)
    if _is_plain(text) and all(len(word) <= _LONGEST_PLAIN for word in text.split(" ")):
        return _folded(name, text.split(" "))
    return _folded(name, _encoded(text))


def mailboxes(name: str, addresses: Iterable[Address]) -> str:
    """A field of names and addresses; raises BadInput where an address is none."""
    words: list[str] = []
    for address in addresses:
        if words:
            words[-1] += ","
        words += (*_display_name(address.name), f"<{written_address(address.address)}>")
    return _folded(name, words)


def written_address(address: str) -> str:
    """An address as it stands in fields and commands, its domain in ASCII; BadInput where it is none."""
    local, _, domain = address.strip().rpartition("@")
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            domain = ""
    if not _LOCAL.fullmatch(local) or not local.isprintable() or not _DOMAIN.fullmatch(domain):
        raise BadInput(f"“{one_line(address)}” is no mail address", "Write it like ana@example.com.")
    return f"{local}@{domain}"


def ids(name: str, given: Sequence[str]) -> str:
    """A field of message ids; empty where none of them can be written."""
    known = [each for each in given if _ID.fullmatch(each)]
    return _folded(name, known) if known else ""


def shortened(references: Sequence[str]) -> tuple[str, ...]:
    """The first of a thread and as many of its last as there is room for: what programs need to build its tree."""
    known = [each for each in dict.fromkeys(references) if _ID.fullmatch(each)]
    if not known:
        return ()
    kept: list[str] = []
    room = _LONGEST_REFERENCES - len(known[0])
    for each in reversed(known[1:]):
        room -= len(each) + 1
        if len(kept) == MOST_REFERENCES - 1 or room < 0:
            break
        kept.append(each)
    return (known[0], *reversed(kept))


def file_name(name: str) -> str:
    """The parameter that names a file (RFC 2231 where it isn't plain ASCII); `name` is a `safe_name`."""
    if name.isascii() and name.isprintable() and '"' not in name and "=?" not in name:
        return f'filename="{name}"'
    return f"filename*=utf-8''{quote(name, safe='')}"


def _display_name(name: str) -> list[str]:
    name = one_line(name)
    if not name:
        return []
    if not _is_plain(name) or len(name) > _LONGEST_PLAIN:
        return list(_encoded(name))
    if _ATOMS.fullmatch(name):
        return [name]
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return [f'"{escaped}"']


def _is_plain(text: str) -> bool:
    """Whether it may stand in a field as it is: nothing in it looks like an encoded word."""
    return text.isascii() and text.isprintable() and "=?" not in text


def _encoded(text: str) -> Iterator[str]:
    """Encoded words (RFC 2047), each of whole characters."""
    piece = b""
    for letter in text:
        raw = letter.encode("utf-8", "replace")
        if len(piece) + len(raw) > _BYTES_A_WORD:
            yield _word(piece)
            piece = b""
        piece += raw
    if piece:
        yield _word(piece)


def _word(piece: bytes) -> str:
    return f"=?utf-8?b?{base64.b64encode(piece).decode('ascii')}?="


def _folded(name: str, words: Iterable[str]) -> str:
    """One field, broken before words that would make its line too long."""
    lines = [f"{name}:"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > _WIDTH and lines[-1].strip() != f"{name}:":
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines)
