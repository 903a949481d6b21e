"""Copying out of the console: by what can be known to work, and in honest words about how.

A terminal never answers whether it took OSC 52 (GNOME Terminal and macOS Terminal don't), so "copied" is said only
where a local tool took the text, or where tmux keeps it. Everything else says what was tried, and the last resort is
a file whose path is named. A way that fails never raises: the next is tried.
"""

import base64
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from console.paths import copies_folder

# Terminals cut or drop longer OSC 52 strings; xterm's own limit is the smallest that is still usual.
OSC52_LIMIT = 74_994
TOOL_SECONDS = 2.0
# Which variable says that the tool's display is there, and how to call it.
TOOLS = (
    ("WAYLAND_DISPLAY", ("wl-copy",)),
    ("DISPLAY", ("xclip", "-selection", "clipboard", "-in")),
    ("DISPLAY", ("xsel", "--clipboard", "--input")),
)
# These have OSC 52 switched on as they come; of others nobody can know.
KNOWN_TERMINALS = ("kitty", "wezterm", "ghostty", "iterm.app", "alacritty", "foot", "contour", "rio")


class Copied(NamedTuple):
    """What became of a copy: `sure` where something said that it took it; `words` are for the person."""

    sure: bool
    words: str


def copy(
    text: str,
    write: Callable[[str], object],
    environment: Mapping[str, str] = os.environ,
    folder: Callable[[], Path] = copies_folder,
) -> Copied:
    """Copy `text` by the best way there is; `write` sends to the terminal.

    A tool may take up to `TOOL_SECONDS`, so this belongs into a worker.
    """
    tool = None if _remote(environment) else _local_tool(environment)
    if tool and _fed(tool, text):
        return Copied(True, f"copied with {tool[0]}")
    short = len(text.encode()) * 4 // 3 <= OSC52_LIMIT
    if "TMUX" in environment and _fed(("tmux", "load-buffer", "-w", "-"), text):
        return Copied(True, "copied to tmux; paste with its prefix and ]")
    if short:
        write(osc52(text, environment))
        if _known(environment):
            return Copied(False, "sent to the terminal's clipboard")
    sent = "sent to the terminal, which may not take it" if short else "too long for the terminal's clipboard"
    try:
        return Copied(False, f"{sent}; it is in {_kept(text, folder())}")
    except OSError as error:
        return Copied(False, f"{sent}, and no file could be written: {error.strerror}")


def ways(environment: Mapping[str, str] = os.environ) -> tuple[bool, str]:
    """Whether copying surely works here, and how; for `heard doctor`."""
    tool = None if _remote(environment) else _local_tool(environment)
    if tool:
        return True, f"with {tool[0]}"
    if "TMUX" in environment:
        return True, "through tmux"
    if _known(environment):
        return True, "by the terminal (OSC 52)"
    return False, "only by OSC 52, which this terminal may not take, and a file"


def osc52(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """The sequence that sets the clipboard of the terminal, wrapped for screen, which passes nothing on otherwise."""
    sequence = f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07"
    if environment.get("TERM", "").startswith("screen") and "TMUX" not in environment:
        return f"\x1bP{sequence}\x1b\\"
    return sequence


def _remote(environment: Mapping[str, str]) -> bool:
    """Over ssh a tool would fill the clipboard of the wrong machine."""
    return bool(environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"))


def _known(environment: Mapping[str, str]) -> bool:
    named = f"{environment.get('TERM', '')} {environment.get('TERM_PROGRAM', '')}".casefold()
    return "TMUX" not in environment and any(terminal in named for terminal in KNOWN_TERMINALS)


def _local_tool(environment: Mapping[str, str]) -> tuple[str, ...] | None:
    if sys.platform == "darwin":
        return ("pbcopy",)
    for variable, command in TOOLS:
        if environment.get(variable) and shutil.which(command[0], path=environment.get("PATH")):
            return command
    return None


def _fed(command: tuple[str, ...], text: str) -> bool:
    """Whether a tool took the text: it ended well, and in time."""
    try:
        ended = subprocess.run(
            command,
            input=text.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=TOOL_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ended.returncode == 0


def _kept(text: str, folder: Path) -> Path:
    """The text in a file of one's own, replaced by the next copy."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / "copied.txt"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(text)
    return file
