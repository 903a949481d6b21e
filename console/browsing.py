"""Showing a page of the web in the browser of whoever sits here, where there is one.

The invariants: no shell ever reads an address; what is started is let go of at once, with nothing of the terminal;
where a browser would open on another machine than the person's, or none could, the address is copied instead.
"""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping

# Which variable says that there is a screen to open it on; on macOS there always is one.
SCREENS = ("WAYLAND_DISPLAY", "DISPLAY")
# An opener that found no browser has said so by then, in seconds.
TELLS_WITHIN = 1.0
REMOTE = ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT")


def browse(
    address: str,
    copy: Callable[[str], str],
    environment: Mapping[str, str] = os.environ,
    *,
    platform: str = sys.platform,
) -> str:
    """Open an address, or copy it; the answer says which, in words for the person. May take as long as a copy."""
    opener = _opener(environment, platform)
    if opener and _started((*opener, address)):
        return "opened in the browser"
    return copy(address)


def _opener(environment: Mapping[str, str], platform: str) -> tuple[str, ...]:
    """The program that opens addresses here; none over ssh, where it would open on the other machine."""
    if any(environment.get(name) for name in REMOTE):
        return ()
    if platform == "darwin":
        name = "open"
    elif any(environment.get(name) for name in SCREENS):
        name = "xdg-open"
    else:
        return ()
    found = shutil.which(name, path=environment.get("PATH"))
    return (found,) if found else ()


def _started(command: tuple[str, ...]) -> bool:
    """Whether it was opened: some openers end at once and say so, others stay as long as the browser does."""
    try:
        opener = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return opener.wait(TELLS_WITHIN) == 0
    except OSError:
        return False
    except subprocess.TimeoutExpired:
        threading.Thread(target=opener.wait, name="browser", daemon=True).start()
        return True
