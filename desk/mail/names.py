"""Names of attached files, safe to show and to write to a disk.

The invariant: `safe_name` returns one path component that no system takes for a folder, a device, an option or a
hidden file, in at most 120 bytes, with its ending kept.
"""

import re

from desk.text import clean

LONGEST = 120

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(?=\.|\Z)")


def safe_name(name: str, fallback: str = "attachment") -> str:
    """The last component of `name` without anything dangerous; `fallback` where nothing is left of it."""
    name = clean(name, lines=False).replace("\\", "/").rstrip("/ ").rpartition("/")[2]
    name = _FORBIDDEN.sub("_", name).strip(" ").lstrip(".-~ ").rstrip(". ")
    if not name.strip("_"):
        return fallback
    return _shortened(_RESERVED.sub(r"_\1", name, count=1) if _RESERVED.match(name) else name)


def _shortened(name: str) -> str:
    if len(name.encode()) <= LONGEST:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending.encode()) > 12:
        stem, dot, ending = name, "", ""
    room = LONGEST - len((dot + ending).encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ") + dot + ending
