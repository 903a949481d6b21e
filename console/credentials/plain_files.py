"""The last rung: a file that only its owner can read. Written by an explicit command and never by itself.

The invariants: the file is 0600 from its first byte on, in a folder 0700, outside of every workspace and its backups;
one that others can read is not used.
"""

import hashlib
import os
import stat
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from console.credentials.rungs import Found, Passed, Rung, Wanted, secret_in
from desk.errors import Refused
from sync.secret import Secret

_LONGEST_NAME = 200


def file_of(wanted: Wanted, folder: Path) -> Path:
    """Where that secret lies, if it does."""
    name = quote(wanted.key, safe="@+ ")
    return folder / (name if len(name) <= _LONGEST_NAME else hashlib.sha256(wanted.key.encode()).hexdigest())


def from_file(wanted: Wanted, folder: Path) -> Found | Passed:
    """The secret of its file."""
    path = file_of(wanted, folder)
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as file:  # noqa: PTH123 - a descriptor
            about = os.fstat(file.fileno())
            content = b"" if _open_to_others(about) else file.read()
    except FileNotFoundError:
        return Passed(Rung.FILE, "there is none")
    except OSError as error:
        return Passed(Rung.FILE, f"{path} can't be read: {error.strerror}", broken=True)
    if _open_to_others(about):
        return Passed(Rung.FILE, f"{path} is open to others: run chmod 600 on it, and change the secret", broken=True)
    read = secret_in(content, str(path))
    return Found(read, str(path)) if isinstance(read, Secret) else Passed(Rung.FILE, read, broken=True)


def write_file(wanted: Wanted, secret: Secret, folder: Path) -> Path:
    """Keep it there; Refused where that can't be done."""
    path = file_of(wanted, folder)
    part = path.with_name(f"{path.name[:_LONGEST_NAME]}.part")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.write(descriptor, secret.reveal().encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        part.replace(path)
    except OSError as error:
        why = error.strerror
    else:
        return path
    raise Refused(f"The secret can't be kept at {path}: {why}", "Check who owns the folder, and the disk.")


def remove_file(wanted: Wanted, folder: Path) -> bool:
    """Take it away; whether there was one."""
    path = file_of(wanted, folder)
    with suppress(FileNotFoundError):
        path.unlink()
        return True
    return False


def _open_to_others(about: os.stat_result) -> bool:
    return bool(about.st_mode & (stat.S_IRWXG | stat.S_IRWXO)) or about.st_uid != os.geteuid()
