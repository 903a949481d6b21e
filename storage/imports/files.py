"""Mails out of files: mbox (also gzipped), Maildir, single mails, folders of them. Bytes only, nothing is parsed here.

An mbox is read as a stream: it may be larger than memory.
"""

import gzip
import io
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import BinaryIO, cast

from desk.errors import BadInput


class Kind(Enum):
    """What a file holds."""

    MAIL = "mail"
    CUSTOMERS = "customers"
    TICKETS = "tickets"
    SNIPPETS = "snippets"


@dataclass(frozen=True, slots=True)
class RawMail:
    """One mail as it lay in its file. `where` names it for a person; `end` is how many bytes of the file are done."""

    where: str
    raw: bytes
    end: int


# A single mail is seldom over 50 MB; what is larger is cut there, and said so by the reader of mails.
LARGEST_MAIL = 100 * 1024 * 1024
_HEADER = re.compile(rb"[!-9;-~]+[ \t]*:")
_ESCAPED = re.compile(rb"(?m)^>(>*From )")
_MAIL_NAMES = (".eml", ".mbox", ".mbx", ".box", ".msg", ".mail")


def mails(path: Path) -> Iterator[RawMail]:
    """Every mail of a file or folder, in a stable order. Raises BadInput where the file can't be read."""
    if not path.exists():
        raise BadInput(f"There is no file {path}", "Check the name; folders of mails and mbox files are taken too.")
    try:
        if path.is_dir():
            for file in mail_files(path):
                yield from mails(file)
        elif begins_as_mbox(path):
            yield from _mbox(path)
        else:
            with opened(path) as stream:
                yield RawMail(str(path), stream.read(LARGEST_MAIL), path.stat().st_size)
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(f"{path} can't be read: {error}", "Check the file; what came before it was taken in.") from error


def mail_files(folder: Path) -> list[Path]:
    """The files of a Maildir (its cur and new), or those in a plain folder that look like mails, in order of name."""
    if (folder / "cur").is_dir() or (folder / "new").is_dir():
        inside = [file for part in ("cur", "new") if (folder / part).is_dir() for file in (folder / part).iterdir()]
        return sorted((file for file in inside if file.is_file()), key=lambda file: file.name)
    return [file for file in sorted(folder.iterdir()) if file.is_file() and looks_like_mail(file)]


def other_files(folder: Path) -> list[Path]:
    """The files of a plain folder that look like no mail, so that they can be named rather than passed over."""
    taken = set(mail_files(folder))
    if (folder / "cur").is_dir() or (folder / "new").is_dir():
        return []
    return [file for file in sorted(folder.iterdir()) if file.is_file() and file not in taken]


def looks_like_mail(path: Path) -> bool:
    """By its name, or by a first line that is a header field or an mbox separator."""
    if path.name.removesuffix(".gz").lower().endswith(_MAIL_NAMES):
        return True
    if path.suffix.lower() in (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".toml", ".yml", ".yaml", ".md", ".txt"):
        return False
    first = _beginning(path)
    return first.startswith(b"From ") or _HEADER.match(first) is not None


def begins_as_mbox(path: Path) -> bool:
    """Whether the first line is an mbox separator; one mail that was cut out of an mbox counts too."""
    return _beginning(path).startswith(b"From ")


def size(path: Path) -> int:
    """Bytes on disk of a file, or of a folder's mails: what progress is measured by."""
    if path.is_dir():
        return sum(file.stat().st_size for file in mail_files(path))
    return path.stat().st_size


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file's bytes, unpacked where it is gzipped (told by its first two bytes, not by its name)."""
    with path.open("rb") as plain:
        packed = plain.read(2) == b"\x1f\x8b"
        plain.seek(0)
        yield unpacked(plain) if packed else plain


def unpacked(plain: BinaryIO) -> BinaryIO:
    """What is gzipped in there. GzipFile reads its lines one by one in Python; a buffer before it does so in C."""
    return cast(BinaryIO, io.BufferedReader(cast(io.RawIOBase, gzip.GzipFile(fileobj=plain)), 1 << 16))


def _beginning(path: Path) -> bytes:
    try:
        with opened(path) as stream:
            return stream.read(200).lstrip(b"\r\n")
    except (OSError, EOFError, zlib.error):
        return b""


def _mbox(path: Path) -> Iterator[RawMail]:
    with path.open("rb") as plain:
        packed = plain.read(2) == b"\x1f\x8b"
        plain.seek(0)
        stream: Iterable[bytes] = unpacked(plain) if packed else plain
        for place, raw in enumerate(split(stream), 1):
            # Progress is told in bytes of the file as it lies on disk, packed or not.
            yield RawMail(f"{path}, mail {place}", raw, plain.tell())


def split(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The mails between the separators of an mbox: a line that begins with "From " after an empty line or at the start.

    A separator must look like one ("From somebody date"), since careless writers leave "From " in the text unescaped.
    One level of ">From " is taken off again (the mboxrd rule).
    """
    held: list[bytes] = []
    empty, begun, held_bytes = True, False, 0
    for line in lines:
        if empty and line.startswith(b"From ") and _is_separator(line):
            if begun:
                yield _whole(held)
            held, begun, held_bytes = [], True, 0
        elif held_bytes < LARGEST_MAIL:
            held.append(line)
            held_bytes += len(line)
            begun = begun or bool(line.strip())
        # No other line is as short, so that most need not be looked at.
        empty = len(line) <= 2 and not line.strip(b"\r\n")
    if begun:
        yield _whole(held)


def _is_separator(line: bytes) -> bool:
    words = line.split()
    return len(words) >= 3 and (line.count(b":") >= 1 or words[-1].isdigit())


def _whole(lines: list[bytes]) -> bytes:
    if lines and not lines[-1].strip(b"\r\n"):
        lines = lines[:-1]
    raw = b"".join(lines)
    return _ESCAPED.sub(rb"\1", raw) if b"\n>" in raw else raw
