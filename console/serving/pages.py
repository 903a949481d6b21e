"""The pages of the front, and the few files that they are made of: ours, and textual-serve's terminal.

The invariants: these files and no others are given out, from memory; the pages load nothing from anywhere else.
"""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Self

OURS = Path(__file__).parent / "web"
SCRIPT, STYLE, FONT = "text/javascript", "text/css", "font/ttf"


@dataclass(frozen=True, slots=True)
class File:
    """One file, whole."""

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Files:
    """All of them by their names; `version` changes with any of them, so that a browser may keep what it has."""

    by_name: dict[str, File]
    version: str

    @classmethod
    def read(cls) -> Self:
        """From the disk, once."""
        by_name = {name: File(path.read_bytes(), kind) for name, (path, kind) in _places().items()}
        total = sha256()
        for file in by_name.values():
            total.update(file.content)
        return cls(by_name, total.hexdigest()[:16])


def terminal_page(files: Files, *, board: bool) -> str:
    """The page with the terminal; of a `board` nothing is lost when it closes, and it begins anew by itself."""
    return _page("terminal.html", files.version).replace("{kind}", "board" if board else "console")


def entry_page(files: Files) -> str:
    """The page that takes the token."""
    return _page("entry.html", files.version)


def _page(name: str, version: str) -> str:
    return (OURS / name).read_text(encoding="utf-8").replace("{version}", version)


def _places() -> dict[str, tuple[Path, str]]:
    import textual_serve

    theirs = Path(textual_serve.__file__).parent / "static"
    return {
        "page.js": (OURS / "page.js", SCRIPT),
        "page.css": (OURS / "page.css", STYLE),
        "entry.js": (OURS / "entry.js", SCRIPT),
        "textual.js": (theirs / "js" / "textual.js", SCRIPT),
        "xterm.css": (theirs / "css" / "xterm.css", STYLE),
        "RobotoMono.ttf": (theirs / "fonts" / "RobotoMono-VariableFont_wght.ttf", FONT),
        "RobotoMono-Italic.ttf": (theirs / "fonts" / "RobotoMono-Italic-VariableFont_wght.ttf", FONT),
    }
