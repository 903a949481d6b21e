"""The files of messages, each kept once under the SHA-256 of its bytes.

The invariants: a file that lies under its final name is whole (it is written aside, synced and renamed); nothing that a
stranger named decides where a file is written; nothing is ever opened or overwritten.
"""

import hashlib
import mimetypes
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from desk.errors import BadInput, NotFound, WorkspaceError
from desk.text import clean
from desk.times import HOUR, SECOND, now
from storage.connect import Connection
from storage.workspace import Workspace

LONGEST_NAME = 120
# Of a file that nothing was added to for so long nothing more comes.
_LEFT = HOUR
_FORBIDDEN = re.compile(r'[/\\:*?"<>|\x00-\x1f]+')
# Names that Windows keeps for devices, whatever their ending.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that was taken in."""

    name: str
    type: str
    size: int
    digest: bytes


def beside(connection: Connection) -> Workspace:
    """The workspace whose database this connection has open."""
    database: str = connection.execute("PRAGMA database_list").fetchone()[2]
    return Workspace(Path(database).parent)


def path(workspace: Workspace, digest: bytes) -> Path:
    """Where the bytes of that digest lie."""
    name = digest.hex()
    return workspace.attachments / name[:2] / name


def keep(workspace: Workspace, content: bytes) -> bytes:
    """Keep the bytes and return their digest; the same bytes take no room twice."""
    digest = hashlib.sha256(content).digest()
    target = path(workspace, digest)
    if target.exists():
        return digest
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_aside(target, content)
    except OSError as error:
        raise _unwritten(target.parent, error) from error
    return digest


def keep_pieces(workspace: Workspace, pieces: Iterator[bytes]) -> tuple[bytes, int]:
    """Keep what comes piece by piece; its digest and its size. Nothing is left of it where `pieces` raises."""
    try:
        workspace.attachments.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(workspace.attachments)
        descriptor, aside = tempfile.mkstemp(dir=workspace.attachments, prefix=".", suffix=".part")
    except OSError as error:
        raise _unwritten(workspace.attachments, error) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            digest, size = _spool(file, pieces)
        target = path(workspace, digest)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        Path(aside).replace(target)
    except OSError as error:
        raise _unwritten(workspace.attachments, error) from error
    finally:
        Path(aside).unlink(missing_ok=True)
    return digest, size


def keep_file(workspace: Workspace, file: Path) -> Kept:
    """Take in a file that an agent attached."""
    try:
        content = file.expanduser().read_bytes()
    except OSError as error:
        raise BadInput(f"{file} can't be attached: {error.strerror}", "Check the path.") from error
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return Kept(safe_name(file.name), kind, len(content), keep(workspace, content))


def save_to(workspace: Workspace, digest: bytes, folder: Path, name: str) -> Path:
    """Copy a kept file into `folder` under a harmless form of `name`, with a number where that is taken."""
    try:
        content = path(workspace, digest).read_bytes()
    except OSError as error:
        raise NotFound("The bytes of this attachment aren't in the workspace", "Restore a backup.") from error
    if hashlib.sha256(content).digest() != digest:
        raise WorkspaceError(f"The attachment {name} is damaged on disk", "Restore a backup.")
    wanted = folder.expanduser() / safe_name(name)
    try:
        wanted.parent.mkdir(parents=True, exist_ok=True)
        return _write_new(wanted, content)
    except OSError as error:
        raise BadInput(f"{wanted} can't be written: {error.strerror}", "Choose another folder.") from error


def safe_name(name: str) -> str:
    """A file name without folders, control characters, hidden beginnings or device names; never empty."""
    plain = _FORBIDDEN.sub("_", clean(name, lines=False).replace("\\", "/").rpartition("/")[2]).strip(" .")
    if _DEVICE.match(plain):
        plain = f"_{plain}"
    stem, dot, ending = plain.rpartition(".")
    if dot and stem and len(ending) < LONGEST_NAME // 2:
        return f"{_cut(stem, LONGEST_NAME - len(ending) - 1)}.{ending}"
    return _cut(plain, LONGEST_NAME) or "attachment"


def _cut(text: str, length: int) -> str:
    """At most so many characters and, since file systems count bytes, at most twice as many bytes."""
    # A cut may leave half of an emoji family behind.
    return clean(text[:length].encode()[: 2 * length].decode(errors="ignore"), lines=False)


def _spool(file: BinaryIO, pieces: Iterator[bytes]) -> tuple[bytes, int]:
    hashed, size = hashlib.sha256(), 0
    for piece in pieces:
        file.write(piece)
        hashed.update(piece)
        size += len(piece)
    file.flush()
    os.fsync(file.fileno())
    return hashed.digest(), size


def _sweep(folder: Path) -> None:
    """Away with what a process left that was killed while a file came; one that still comes was written to just now."""
    for aside in folder.glob(".*.part"):
        with suppress(FileNotFoundError):
            if now() - aside.stat().st_mtime * SECOND > _LEFT:
                aside.unlink()


def _unwritten(folder: Path, error: OSError) -> WorkspaceError:
    return WorkspaceError(
        f"An attachment can't be written to {folder}: {error.strerror}", "Free some space, or check rights."
    )


def _write_aside(target: Path, content: bytes) -> None:
    descriptor, aside = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".part")  # made with 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).replace(target)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def _write_new(wanted: Path, content: bytes) -> Path:
    number = 1
    target = wanted
    while True:
        try:
            with target.open("xb") as file:
                file.write(content)
            return target
        except FileExistsError:
            number += 1
            target = wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")
